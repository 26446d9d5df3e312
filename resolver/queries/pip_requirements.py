"""What pip is asked for: nodes with their extras, and the ranges on them.

Source: pip 26.3, `resolution/resolvelib/factory.py` and `candidates.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipCandidate:
    """A release, with the extras that pip makes a node of its own for.

    Compared by identity: there is one object for each (`PipIndex.candidate`).
    """

    release: Release
    extras: frozenset[NormalizedName] = frozenset()
    identifier: str
    """The node's name: `ray`, or `ray[default,serve]`."""

    @property
    def project(self) -> NormalizedName:
        """Return whose release it is."""
        return self.release.project


@dataclass(frozen=True, slots=True, eq=False)
class PipRange:
    """Some specifiers, with what is asked of them by the hundred thousand."""

    specifiers: frozenset[Specifier] = frozenset()
    is_pin: bool = False
    is_bounded_above: bool = False
    _fitting: dict[Release, bool] = field(default_factory=dict)

    def admits(self, release: Release) -> bool:
        """Tell whether a release is in the range; gates play no part."""
        found = self._fitting.get(release)
        if found is None:
            found = self._fitting[release] = all(
                s.contains(release.version, prereleases=True) for s in self.specifiers
            )
        return found


_ANYTHING = PipRange()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipRequirement:
    """One demand on a node: a range, or exactly one candidate."""

    identifier: str
    project: NormalizedName
    extras: frozenset[NormalizedName] = frozenset()
    range: PipRange = _ANYTHING
    candidate: PipCandidate | None = None
    """The base that an extra's node pins; None for a range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipRoots:
    """What the user asks of pip."""

    requirements: tuple[PipRequirement, ...]
    constraints: Mapping[NormalizedName, frozenset[Specifier]]
    order: Mapping[str, int]
    """Node -> where the user named it first."""


def collect_roots(
    roots: Sequence[RootRequirement],
    constraints: Sequence[RootRequirement],
    knowledge: Knowledge,
) -> PipRoots:
    """Turn what the user wrote into requirements, those with extras last."""
    requirements: list[PipRequirement] = []
    order: dict[str, int] = {}
    for index, root in enumerate(roots):
        if not _applies(root, knowledge):
            continue
        requirement = root.requirement
        made = require(
            canonicalize_name(requirement.name),
            frozenset(map(canonicalize_name, requirement.extras)),
            _versions_of(root, knowledge),
        )
        order.setdefault(made[0].identifier, index)
        requirements += made
    requirements.sort(key=lambda requirement: bool(requirement.extras))
    limits: defaultdict[NormalizedName, frozenset[Specifier]] = defaultdict(frozenset)
    for constraint in constraints:
        if _applies(constraint, knowledge):
            name = canonicalize_name(constraint.requirement.name)
            limits[name] |= frozenset(_versions_of(constraint, knowledge))
    return PipRoots(
        requirements=tuple(requirements), constraints=dict(limits), order=order
    )


def _versions_of(root: RootRequirement, knowledge: Knowledge) -> SpecifierSet:
    """Return the versions that a line admits: of an address the one that is there."""
    address = root.address_in_force
    if address is None:
        return root.requirement.specifier
    name = canonicalize_name(root.requirement.name)
    knowledge.read_pages([name])
    page = knowledge.releases[name]
    there = 0 if page is None else page.at(address.url)
    versions = [] if page is None else [page.all[at].version for at in bits(there)]
    return SpecifierSet("".join(f"=={version}" for version in versions[:1]))


def require(
    project: NormalizedName,
    extras: frozenset[NormalizedName],
    specifier: SpecifierSet,
) -> list[PipRequirement]:
    """Ask for a project; a range on extras is also asked of the base, and first."""
    range_ = _range(str(specifier))
    asked = PipRequirement(
        identifier=with_extras(project, sorted(extras)),
        project=project,
        extras=extras,
        range=range_,
    )
    if not extras or not range_.specifiers:
        return [asked]
    base = PipRequirement(identifier=project, project=project, range=range_)
    return [base, asked]


@cache
def _range(text: str) -> PipRange:
    """Give equal ranges as one object, so that they share what they know."""
    specifiers = frozenset(SpecifierSet(text))
    return PipRange(
        specifiers,
        is_pin=any(s.operator[:2] == "==" and "*" not in s.version for s in specifiers),
        is_bounded_above=any(map(_is_bounded_above, specifiers)),
    )


def _applies(root: RootRequirement, knowledge: Knowledge) -> bool:
    marker = root.requirement.marker
    if marker is None:
        return True
    micros = knowledge.evaluator.micros(marker, str(marker))
    return bool(micros & newest_python(knowledge))


def newest_python(knowledge: Knowledge) -> int:
    """Return the mask of the patch release that a pip of today would run on."""
    return (knowledge.all_micros + 1) >> 1


def is_pin(specifier: Specifier) -> bool:
    """Tell whether it admits one version alone."""
    if specifier.operator == "===":
        return True
    return specifier.operator == "==" and not specifier.version.endswith(".*")


def _is_bounded_above(specifier: Specifier) -> bool:
    is_prefix = specifier.operator == "==" and "*" in specifier.version
    return is_prefix or specifier.operator in {"<", "<=", "~="}
