"""What pip is asked for: nodes with their extras, and the ranges on them.

Source: pip 26.3, `resolution/resolvelib/factory.py` and `candidates.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits

IS_RANGED, IS_PINNED, IS_BOUNDED, IS_DIRECT = 1, 2, 4, 8
"""What a requirement is, as pip's order of preference tells it: bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipCandidate:
    """A release, with the extras that pip makes a node of its own for.

    Compared by identity: there is one object for each (`PipIndex.candidate`).
    """

    project: NormalizedName
    position: int
    """Of the release, among those of its project."""
    version: Version
    extras: frozenset[NormalizedName] = frozenset()
    identifier: str
    """The node's name: `ray`, or `ray[default,serve]`."""


@dataclass(frozen=True, slots=True, eq=False)
class PipRange:
    """Some specifiers, with what is asked of them by the hundred thousand.

    Compared by identity: there is one object for each text (`PipIndex.range`).
    """

    specifiers: frozenset[Specifier] = frozenset()
    what: int = 0
    """Bits: `IS_RANGED`, `IS_PINNED`, `IS_BOUNDED`."""
    fitting: dict[PipCandidate, bool] = field(default_factory=dict)
    """Of candidates that were looked at: whether they are in the range."""

    @classmethod
    def of(cls, text: str) -> "PipRange":
        """Parse specifiers."""
        specifiers = frozenset(SpecifierSet(text))
        what = IS_RANGED if specifiers else 0
        if any(s.operator[:2] == "==" and "*" not in s.version for s in specifiers):
            what |= IS_PINNED
        if any(map(_is_bounded_above, specifiers)):
            what |= IS_BOUNDED
        return cls(specifiers, what)

    def __str__(self) -> str:
        """Spell the specifiers, in one order."""
        return ",".join(sorted(map(str, self.specifiers)))

    def admits(self, candidate: PipCandidate) -> bool:
        """Tell whether a candidate is in the range; gates play no part."""
        found = self.fitting.get(candidate)
        if found is None:
            found = self.fitting[candidate] = all(
                s.contains(candidate.version, prereleases=True) for s in self.specifiers
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
    what: int
    """Those of the range, or `IS_DIRECT`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipRoots:
    """What the user asks of pip."""

    requirements: tuple[PipRequirement, ...]
    constraints: Mapping[NormalizedName, PipRange]
    order: Mapping[str, int]
    """Node -> where the user named it first."""


def collect_roots(
    roots: Sequence[RootRequirement],
    constraints: Sequence[RootRequirement],
    knowledge: Knowledge,
    range_of: Callable[[str], PipRange],
) -> PipRoots:
    """Turn what the user wrote into requirements, those with extras last.

    :param range_of: gives one object for each text of specifiers.
    """
    requirements: list[PipRequirement] = []
    order: dict[str, int] = {}
    for index, root in enumerate(roots):
        if not _applies(root, knowledge):
            continue
        requirement = root.requirement
        made = require(
            canonicalize_name(requirement.name),
            frozenset(map(canonicalize_name, requirement.extras)),
            range_of(str(_versions_of(root, knowledge))),
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
        requirements=tuple(requirements),
        constraints={name: PipRange(limit) for name, limit in limits.items()},
        order=order,
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
    project: NormalizedName, extras: frozenset[NormalizedName], range_: PipRange
) -> list[PipRequirement]:
    """Ask for a project; a range on extras is also asked of the base, and first."""
    asked = PipRequirement(
        identifier=with_extras(project, sorted(extras)),
        project=project,
        extras=extras,
        range=range_,
        what=range_.what,
    )
    if not extras or not range_.specifiers:
        return [asked]
    base = PipRequirement(
        identifier=project, project=project, range=range_, what=range_.what
    )
    return [base, asked]


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
