"""Gates: what lets a pre-release or a yanked file in, and the founded check of it.

Admission is a least fixed point (RESOLVING.md 1): roots and constraints first, then a
chosen release is admitted when a root or an admitted release requires it and, if it
is gated, when roots, constraints and releases admitted before it open its gate. So
no release can let itself in by a detour.

What is said against a shut gate refuses no more than it must, and always the very
choice that was looked at, superfluous releases included: else a solver could answer
with the same decisions again and again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.knowledge import (
    Gates,
    Knowledge,
)
from axletree.resolver.universe.release_sets import (
    bits,
    names_prerelease,
)
from tests.property.reference.objection import Objection
from tests.property.reference.rule import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class MustRead:
    """What to read before a gate may be called shut."""

    releases: tuple[Release, ...] = ()
    pages: tuple[NormalizedName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShutGate:
    """Why a chosen release is not admitted; the first reason, if it has several."""

    release: Release
    gate: Literal["pre-release", "yanked"]
    holder: Release | None
    """The release that keeps it shut by fitting; None: there is no pin."""

    @property
    def fact(self) -> FallenKey:
        """Name the fact that a shut gate is."""
        return FallenKey(self.release.project, self.gate)


@dataclass(kw_only=True)
class Admission:
    """The least fixed point over one choice of releases.

    In an explanation the choice may lack what is required, since facts are left out.
    """

    knowledge: Knowledge
    question: Question
    chosen: dict[NormalizedName, Release]
    waived: frozenset[FallenKey] = frozenset()
    """Gates that are left out."""
    admitted: dict[NormalizedName, None] = field(default_factory=dict)
    required: dict[NormalizedName, None] = field(default_factory=dict)
    _standings: dict[NormalizedName, Standing] = field(default_factory=dict)

    def verdict(self) -> Objection | MustRead | None:
        """Run to the fixed point; None if every required release is admitted."""
        for constraint in self.question.constraints:
            self._limit(constraint)
        for root in self.question.roots:
            name = self._limit(root)
            self.required[name] = None
            extras = map(canonicalize_name, root.requirement.extras)
            self._standing(name).extras.update(dict.fromkeys(extras))
        while self._admit_more():
            pass
        blocked = [
            self.chosen[name]
            for name in self.required
            if name in self.chosen and name not in self.admitted
        ]
        return self._object(blocked) if blocked else None

    def _admit_more(self) -> bool:
        before = self._progress()
        for name in [name for name in self.required if name in self.chosen]:
            release = self.chosen[name]
            if name in self.admitted or self._is_open(release):
                self.admitted[name] = None
                for line in self._lines(release):
                    self._take(line)
        return before != self._progress()

    def _progress(self) -> tuple[int, int, list[tuple[int, int, bool, int]]]:
        said = [standing.said for standing in self._standings.values()]
        return len(self.admitted), len(self.required), said

    def _lines(self, release: Release) -> tuple[ParsedLine, ...]:
        """Return the true lines, with the extras asked for by what is admitted."""
        found = self.knowledge.dependencies.get(release)
        if found is None:
            return ()
        return found.lines(frozenset(self._standing(release.project).extras))

    def _take(self, line: ParsedLine) -> None:
        self.required[line.target] = None
        self._admit(line.target, line.specifier)
        self._standing(line.target).extras.update(dict.fromkeys(line.extras))

    def _limit(self, root: RootRequirement) -> NormalizedName:
        name = canonicalize_name(root.requirement.name)
        self._admit(name, root.requirement.specifier)
        return name

    def _admit(self, name: NormalizedName, specifier: SpecifierSet) -> None:
        releases = self.knowledge.releases.get(name)
        if releases is not None:
            self._standing(name).admit(releases, specifier)

    def _standing(self, name: NormalizedName) -> Standing:
        found = self._standings.get(name)
        if found is None:
            releases = self.knowledge.releases.get(name)
            found = self._standings[name] = Standing(
                allowed=0 if releases is None else releases.masks.all,
                prereleases_open=self.question.limits.allow_prereleases,
            )
        return found

    def _is_open(self, release: Release) -> bool:
        return next(self._shut_gates(release), None) is None

    def _shut_gates(self, release: Release) -> Iterator[_ShutGate]:
        standing = self._standing(release.project)
        gates = self._gates(release.project)
        bit = 1 << release.position
        if standing.shut_yanks(gates) & bit:
            has_pin = standing.pinned & bit
            fitting = standing.allowed & gates.unyanked if has_pin else 0
            gate = _ShutGate(
                release=release,
                gate="yanked",
                holder=self._holder(release.project, fitting),
            )
            if gate.fact not in self.waived:
                yield gate
        if standing.shut_prereleases(gates) & bit:
            gate = _ShutGate(
                release=release,
                gate="pre-release",
                holder=self._holder(release.project, standing.allowed & gates.finals),
            )
            if gate.fact not in self.waived:
                yield gate

    def _holder(self, name: NormalizedName, fitting: int) -> Release | None:
        """Return the release that keeps a gate shut, one that is read if possible."""
        listed = [self._releases(name).all[position] for position in bits(fitting)]
        read = (release for release in listed if self.knowledge.is_read(release))
        return next(read, listed[0] if listed else None)

    def _gates(self, name: NormalizedName) -> Gates:
        return self.knowledge.gates(self._releases(name))

    def _releases(self, name: NormalizedName) -> Releases:
        releases = self.knowledge.releases[name]
        if releases is None:  # pragma: no cover  a chosen release has a page
            message = f"{name} is chosen but has no page"
            raise AssertionError(message)
        return releases

    # What to say against shut gates.

    def _object(self, blocked: list[Release]) -> Objection | MustRead:
        gates = [next(self._shut_gates(release)) for release in blocked]
        reading = self._unread(gates)
        if reading.releases or reading.pages:
            return reading
        against = _Against(admission=self, gates=gates)
        return Objection(
            refused=tuple(blocked),
            admitted=tuple(against.ways_out()),
            required=tuple(against.ways_out_by_demand()),
            facts=tuple(dict.fromkeys(gate.fact for gate in gates)),
        )

    def _unread(self, gates: list[_ShutGate]) -> MustRead:
        """List what could still open a gate although it is chosen, or required."""
        looked_at = [self.chosen[name] for name in self.admitted]
        looked_at += [gate.holder for gate in gates if gate.holder is not None]
        return MustRead(
            releases=tuple(r for r in looked_at if not self.knowledge.is_read(r)),
            pages=tuple(n for n in self.required if n not in self.knowledge.releases),
        )


@dataclass(kw_only=True)
class _Against:
    """The ways out of some shut gates: what a true solution with them must have.

    Take any choice with the same blocked releases in which all goes in order. The
    first of its releases (or extras) to be admitted that the choice looked at did
    not admit, and that can lead to a blocked project, is required by another release
    of a project admitted here. If there is none, then one of those opens a gate.
    """

    admission: Admission
    gates: list[_ShutGate]

    def ways_out(self) -> Iterator[Release]:
        """List the releases one of which must be chosen, unless a gate's is not."""
        knowledge, chosen = self.admission.knowledge, self.admission.chosen
        for name in self.admission.admitted:
            if name not in self._leading:
                continue
            for release in self.admission._releases(name).all:  # noqa: SLF001  one topic, two classes
                is_read = knowledge.is_read(release)
                if release is not chosen[name] and (
                    not is_read or self._leads_out(release)
                ):
                    yield release

    def ways_out_by_demand(self) -> Iterator[NormalizedName]:
        """List the projects that are required but, for facts left out, not chosen."""
        for name in self.admission.required:
            releases = self.admission.knowledge.releases[name]
            if name not in self.admission.chosen and releases and releases.all:
                yield name

    def _leads_out(self, release: Release) -> bool:
        lines = self.admission._lines(release)  # noqa: SLF001  as above
        return any(map(self._is_way_out, lines))

    def _is_way_out(self, line: ParsedLine) -> bool:
        gates = [g for g in self.gates if g.release.project == line.target]
        if gates:
            return any(self._opens(line, gate) for gate in gates)
        if line.target not in self._leading:
            return False
        asked = self.admission._standing(line.target).extras  # noqa: SLF001  as above
        is_admitted = line.target in self.admission.admitted
        return not is_admitted or any(extra not in asked for extra in line.extras)

    def _opens(self, line: ParsedLine, gate: _ShutGate) -> bool:
        masks = self.admission._releases(line.target).masks  # noqa: SLF001  as above
        if gate.holder is None:
            return bool(masks.exact(line.specifier) >> gate.release.position & 1)
        shuts_out = not masks.of(line.specifier) >> gate.holder.position & 1
        return shuts_out or (
            gate.gate == "pre-release" and names_prerelease(line.specifier)
        )

    @cached_property
    def _leading(self) -> set[NormalizedName]:
        """Collect the projects whose releases can lead to a blocked project."""
        knowledge = self.admission.knowledge
        waiting = [gate.release.project for gate in self.gates]
        waiting += [
            name
            for name, releases in knowledge.releases.items()
            if releases is not None and not all(map(knowledge.is_read, releases.all))
        ]
        found: set[NormalizedName] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += knowledge.requirers[name]
        return found
