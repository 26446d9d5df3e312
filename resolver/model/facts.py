"""The words of an explanation: facts, their evidence, cores, the picture.

docs/schema/ has their JSON form. Like `axletree.resolver.universe.tables`, this
imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.model.origins import Value

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal, TypeAlias

    from packaging.utils import NormalizedName

    from axletree.resolver.model.distribution import ObservedKind

    Claim: TypeAlias = Literal["cause", "irreducible", "smallest"]
    EvidenceKind: TypeAlias = Literal[
        "requirement-line", "metadata", "index-page", "policy"
    ]
    FactKind: TypeAlias = Literal[
        "root", "constraint", "edge", "unknown-project", "no-release", "fallen"
    ]


class Evidence(Value):
    """Where a fact can be looked up."""

    __slots__ = ("field", "file", "filename", "kind", "line", "project", "sha256")

    def __init__(  # noqa: PLR0913  one argument for each part
        self,
        *,
        kind: EvidenceKind,
        file: str | None = None,
        line: int | None = None,
        filename: str | None = None,
        sha256: str | None = None,
        field: str | None = None,
        project: NormalizedName | None = None,
    ) -> None:
        self.kind: EvidenceKind = kind
        self.file = file
        """Of a requirement line or policy."""
        self.line = line
        self.filename = filename
        """Of the distribution file whose metadata says so."""
        self.sha256 = sha256
        self.field = field
        """The metadata line, such as `Requires-Dist: kubernetes==10.0.1`."""
        self.project = project


class Opener(Value):
    """A release that would open a gate, were it chosen."""

    __slots__ = ("because", "project", "requirement", "version")

    def __init__(
        self, *, project: str, version: str, requirement: str, because: str
    ) -> None:
        self.project = project
        self.version = version
        self.requirement = requirement
        """By which it asks for what is behind the gate."""
        self.because = because
        """Why it cannot be chosen, as the end of a sentence about it."""


class Fact(Value):
    """One true sentence of an explanation (RESOLVING.md 4)."""

    __slots__ = (
        "count",
        "evidence",
        "kind",
        "observed",
        "openers",
        "project",
        "requirement",
        "target",
        "text",
        "versions",
    )

    def __init__(  # noqa: PLR0913  one argument for each part
        self,
        *,
        kind: FactKind,
        text: str,
        project: NormalizedName,
        versions: Sequence[str] = (),
        count: int | None = None,
        target: NormalizedName | None = None,
        requirement: str | None = None,
        evidence: Sequence[Evidence] = (),
        observed: ObservedKind | None = None,
        openers: Sequence[Opener] = (),
    ) -> None:
        self.kind: FactKind = kind
        self.text = text
        """A whole clause: `kfserving 0.6.1 requires kubernetes>=12.0.0`."""
        self.project = project
        """The project that demands, or of which files fell away."""
        self.versions = tuple(versions)
        """Versions of `project` that the fact is about; empty for a root."""
        self.count = len(self.versions) if count is None else count
        """How many of them `text` counts: no pre-release that is not let in."""
        self.target = target
        """The project demanded, of roots, constraints and edges."""
        self.requirement = requirement
        """The requirement on `target`, of roots and of edges with just one."""
        self.evidence = tuple(evidence)
        self.observed: ObservedKind | None = observed
        """Set if it is true on this machine, or within these limits, only."""
        self.openers = tuple(openers)
        """Of a shut gate: who would open it, and cannot be chosen with these facts."""

    def found_at(self, evidence: Sequence[Evidence]) -> Fact:
        """Give the same fact with other places."""
        return self.told(self.text, evidence)

    def told(self, text: str, evidence: Sequence[Evidence] | None = None) -> Fact:
        """Give the same fact in other words, perhaps with other places."""
        return Fact(
            kind=self.kind,
            text=text,
            project=self.project,
            versions=self.versions,
            count=self.count,
            target=self.target,
            requirement=self.requirement,
            evidence=self.evidence if evidence is None else evidence,
            observed=self.observed,
            openers=self.openers,
        )


class ContendedRow(Value):
    """One line of the picture: who allows which versions of the contended project."""

    __slots__ = ("allowed", "label")

    def __init__(self, *, label: str, allowed: Sequence[bool]) -> None:
        self.label = label
        self.allowed = tuple(allowed)
        """One for each version of `Picture.versions`."""


class Picture(Value):
    """The contended project's versions on a line, one row for each requirement."""

    __slots__ = ("project", "rows", "versions")

    def __init__(
        self,
        *,
        project: NormalizedName,
        versions: Sequence[str],
        rows: Sequence[ContendedRow],
    ) -> None:
        self.project = project
        self.versions = tuple(versions)
        """Oldest first."""
        self.rows = tuple(rows)


class Core(Value):
    """Facts that cannot hold together."""

    __slots__ = ("claim", "facts", "picture", "upstream", "verdict")

    def __init__(
        self,
        *,
        facts: Sequence[Fact],
        claim: Claim,
        verdict: str = "",
        upstream: str = "",
        picture: Picture | None = None,
    ) -> None:
        self.facts = tuple(facts)
        self.claim: Claim = claim
        self.verdict = verdict
        """What they come to, in one sentence; empty where one fact says it."""
        self.upstream = upstream
        """Which release of whom would mend it; empty where none is known."""
        self.picture = picture

    def telling(self, facts: Sequence[Fact]) -> Core:
        """Give the same core with its facts told otherwise."""
        return Core(
            facts=facts,
            claim=self.claim,
            verdict=self.verdict,
            upstream=self.upstream,
            picture=self.picture,
        )

    @property
    def holds_here_only(self) -> bool:
        """Tell whether it rests on what this machine could not read."""
        return any(fact.observed is not None for fact in self.facts)
