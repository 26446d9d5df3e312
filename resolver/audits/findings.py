"""What an audit found, gathered by cause and put into facts.

A clash far down breaks all that needs it. So that it is told once, findings are
gathered by the facts on the project over which they clash, whatever chain leads there;
each group is explained by its member with the shortest chain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, assert_never

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.audits.auditor import Auditor
from axletree.resolver.audits.pairs import Pair
from axletree.resolver.audits.queries import pin
from axletree.resolver.audits.reasons import (
    Asked,
    ProjectsAsked,
    Reasons,
    ReleasesAsked,
)
from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.facts import (
    Core,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import Release

Member = TypeVar("Member")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Generic[Member]):
    """Members that are impossible for one cause."""

    members: tuple[Member, ...]
    example: Member
    """The one that the core is about."""
    core: Core
    """Without what asks for the example: that it is asked for goes without saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All that was found in a universe for one environment; worst first."""

    environment: Environment
    projects: int
    releases: int
    unfit: int
    """Releases without a file for the environment; nothing is wrong with them."""
    broken: tuple[Finding[Release], ...]
    apart: tuple[Finding[Pair], ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was found."""
        return not self.broken and not self.apart


def audit(auditor: Auditor, projects: Sequence[NormalizedName]) -> Audit:
    """Ask for all of `projects` and explain what is impossible.

    :raises AxletreeError: whatever the universe raises.
    """
    verdicts = auditor.run(projects)
    causes = _Causes(auditor=auditor)
    known = [r for n in projects if (r := auditor.knowledge.releases[n]) is not None]
    return Audit(
        environment=auditor.environment,
        projects=len(known),
        releases=sum(len(releases.all) for releases in known),
        unfit=len(verdicts.unfit),
        broken=tuple(causes.of_releases(verdicts.broken)),
        apart=tuple(causes.of_pairs(verdicts.bases)),
    )


@dataclass(kw_only=True)
class _Causes:
    """Finds out why: where in one encoding of all, which of it in a small one."""

    auditor: Auditor
    _reasons: Reasons = field(init=False)

    def __post_init__(self) -> None:
        auditor = self.auditor
        self._reasons = Reasons(knowledge=auditor.knowledge, cones=auditor.cones)

    def of_releases(self, broken: Iterable[Release]) -> Iterator[Finding[Release]]:
        found = ((r, self._core(ReleasesAsked((r,)), [pin(r)])) for r in broken)
        for members in _gathered(found):
            example = members[0]
            core = self._explain([pin(example)])
            yield Finding(members=_in_order(members), example=example, core=core)

    def of_pairs(self, bases: Mapping[Pair, Pair]) -> Iterator[Finding[Pair]]:
        cores = {
            base: self._core(ProjectsAsked(base), _any(base))
            for base in dict.fromkeys(bases.values())
        }
        # Those that others are apart for come first, since they have short chains.
        pairs = sorted(bases, key=lambda pair: (pair not in cores, pair))
        found = ((pair, cores[bases[pair]]) for pair in pairs)
        for members in _gathered(found):
            example = members[0]
            core = self._explain(_any(example))
            yield Finding(members=tuple(sorted(members)), example=example, core=core)

    def _question(self, roots: Iterable[RootRequirement] = ()) -> Question:
        return ask(roots, self.auditor.environment, limits=self.auditor.limits)

    def _core(self, asked: Asked, roots: list[RootRequirement]) -> tuple[FactKey, ...]:
        """Return facts that make it impossible, none of them superfluous."""
        found = self._reasons.core(asked)
        # Where only a gate is in the way: those are not in that encoding.
        return self._refusal(roots)[1].keys if found is None else found

    def _refusal(self, roots: list[RootRequirement]) -> tuple[Explanation, KeyCore]:
        """Let the resolver refuse it, which shares no model with the audit."""
        universe, question = self.auditor.universe, self._question(roots)
        resolver = Resolver(universe)
        search = resolver.search(question)
        if resolver.run(search) is None:
            explanation = resolver.explanation(search)
            core = explanation.first()
            if core is not None:
                return explanation, core
        asked = ", ".join(root.text for root in roots)
        message = f"the audit refuses {asked}, which the resolver resolves"
        raise AssertionError(message)

    def _explain(self, roots: list[RootRequirement]) -> Core:
        explanation, keys = self._refusal(roots)
        core = explanation.write(keys)
        return core.telling([fact for fact in core.facts if fact.kind != "root"])


def _any(pair: Pair) -> list[RootRequirement]:
    """Require two projects, whichever releases of them."""
    return [
        RootRequirement(
            requirement=Requirement(name), text=name, origin=Origin(file="audit")
        )
        for name in pair
    ]


def _gathered(
    found: Iterable[tuple[Member, tuple[FactKey, ...]]],
) -> list[list[Member]]:
    """Gather members by cause, the largest group first, the shortest core first."""
    groups: dict[frozenset[FactKey], list[tuple[int, Member]]] = {}
    for member, core in found:
        groups.setdefault(_cause(core), []).append((len(core), member))
    ranked = sorted(groups.values(), key=len, reverse=True)
    return [[m for _, m in sorted(group, key=lambda g: g[0])] for group in ranked]


def _cause(core: Sequence[FactKey]) -> frozenset[FactKey]:
    """Return the facts on the project on which most of them bear."""
    counts: dict[NormalizedName, int] = {}
    for key in core:
        name = _project(key)
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    contended = max(sorted(counts), key=counts.__getitem__, default=None)
    bearing = frozenset(key for key in core if _project(key) == contended)
    # What is not there at all is missed by everybody, whoever asks.
    absent = frozenset(key for key in bearing if isinstance(key, AbsentKey))
    return absent or bearing


def _project(key: FactKey) -> NormalizedName | None:
    match key:
        case EdgeKey(target=target):
            return target
        case AbsentKey(project=project) | FallenKey(project=project):
            return project
        case RootKey() | ConstraintKey():
            return None
        case _:
            assert_never(key)


def _in_order(releases: Iterable[Release]) -> tuple[Release, ...]:
    return tuple(sorted(releases, key=lambda r: (r.project, r.position)))
