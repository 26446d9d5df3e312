"""Gates: what lets a pre-release or a yanked file in, and the founded check of it.

Admission is a least fixed point (RESOLVING.md 1): roots and constraints first, then a
chosen release is admitted when a root or an admitted release requires it and, if it
is gated, when roots, constraints and releases admitted before it open its gate. So
no release can let itself in by a detour.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.candidates import Release, Releases
from axletree.resolver.dependencies import ParsedLine
from axletree.resolver.encoding import FallenKey, Objection
from axletree.resolver.knowledge import Knowledge
from axletree.resolver.masks import bits, lowest, names_prerelease
from axletree.resolver.model import RootRequirement
from axletree.resolver.question import Question
from axletree.resolver.rule import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class MustRead:
    """Releases to read before a gate may be called shut."""

    releases: tuple[Release, ...]


@dataclass(slots=True)
class Admission:
    """The least fixed point over one choice of releases, all of them read."""

    knowledge: Knowledge
    question: Question
    chosen: dict[NormalizedName, Release]
    admitted: dict[NormalizedName, None] = field(default_factory=dict)
    _standings: dict[NormalizedName, Standing] = field(default_factory=dict)

    def verdict(self) -> Objection | MustRead | None:
        """Run to the fixed point; None if every chosen release is admitted."""
        for constraint in self.question.constraints:
            self._limit(constraint)
        required: dict[NormalizedName, None] = {}
        for root in self.question.roots:
            self._limit(root)
            name = canonicalize_name(root.requirement.name)
            required[name] = None
            extras = map(canonicalize_name, root.requirement.extras)
            self._standing(name).extras.update(dict.fromkeys(extras))
        while self._admit_more(required):
            pass
        blocked = [name for name in required if name not in self.admitted]
        return self._object(self.chosen[blocked[0]]) if blocked else None

    def _admit_more(self, required: dict[NormalizedName, None]) -> bool:
        before = (len(self.admitted), len(required), self._extra_count())
        for name in list(required):
            release = self.chosen[name]
            if name in self.admitted or self._is_open(release):
                self.admitted[name] = None
                self._take_lines(release, required)
        return before != (len(self.admitted), len(required), self._extra_count())

    def _extra_count(self) -> int:
        return sum(len(standing.extras) for standing in self._standings.values())

    def _take_lines(
        self, release: Release, required: dict[NormalizedName, None]
    ) -> None:
        extras = frozenset(self._standing(release.project).extras)
        for line in self.knowledge.dependencies[release].lines(extras):
            required[line.target] = None
            standing = self._standing(line.target)
            standing.admit(self._releases(line.target), line.specifier)
            standing.extras.update(dict.fromkeys(line.extras))

    def _limit(self, root: RootRequirement) -> None:
        name = canonicalize_name(root.requirement.name)
        if name in self.chosen:
            standing = self._standing(name)
            standing.admit(self._releases(name), root.requirement.specifier)

    def _standing(self, name: NormalizedName) -> Standing:
        found = self._standings.get(name)
        if found is None:
            alive = self._releases(name).masks.all & ~self.knowledge.dead.get(name, 0)
            found = self._standings[name] = Standing(
                allowed=alive,
                prereleases_open=self.question.limits.allow_prereleases,
            )
        return found

    def _releases(self, name: NormalizedName) -> Releases:
        releases = self.knowledge.releases[name]
        if releases is None:  # pragma: no cover  a chosen release has a page
            message = f"{name} is chosen but has no page"
            raise AssertionError(message)
        return releases

    def _is_open(self, release: Release) -> bool:
        shut = self._standing(release.project).shut(self._releases(release.project))
        return not shut >> release.position & 1

    # What to say against a shut gate.

    def _object(self, release: Release) -> Objection | MustRead:
        standing = self._standing(release.project)
        releases = self._releases(release.project)
        if release.is_yanked and not standing.pinned >> release.position & 1:
            openers = self._openers(release, holder=None)
            return self._clause(release, openers, "yanked")
        finals = standing.allowed & releases.finals
        holders = [releases.all[position] for position in bits(finals)]
        read = [holder for holder in holders if self.knowledge.is_read(holder)]
        if not read:
            return MustRead(releases=(releases.all[lowest(finals)],))
        openers = self._openers(release, holder=read[0])
        return self._clause(release, openers, "pre-release")

    def _openers(self, release: Release, holder: Release | None) -> list[Release]:
        """List the read releases that could open the gate of `release`.

        :param holder: the final release that keeps it shut, of a pre-release.
        """
        masks = self._releases(release.project).masks

        def opens(line: ParsedLine) -> bool:
            if line.target != release.project:
                return False
            if holder is None:
                return bool(masks.exact(line.specifier) >> release.position & 1)
            shuts_out = not masks.of(line.specifier) >> holder.position & 1
            return shuts_out or names_prerelease(line.specifier)

        return [
            other
            for other, found in self.knowledge.dependencies.items()
            if any(map(opens, found.all_lines))
        ]

    def _clause(self, release: Release, openers: list[Release], gate: str) -> Objection:
        if any(self.chosen.get(opener.project) is opener for opener in openers):
            # Something chosen could open it, but is not admitted itself or asks
            # through an extra that nobody wants: refuse just this choice.
            return self._refuse_choice()
        unread = self._unread()
        return Objection(
            refused=(release,),
            admitted=(*openers, *unread),
            required=tuple(self._unread_pages()),
            fact=FallenKey(
                release.project, "yanked" if gate == "yanked" else "pre-release"
            ),
        )

    def _refuse_choice(self) -> Objection:
        named = {
            line.target
            for release in self.chosen.values()
            for line in self.knowledge.dependencies[release].all_lines
        }
        return Objection(
            refused=tuple(self.chosen.values()),
            admitted=(),
            required=tuple(sorted(named - self.chosen.keys())),
            fact=None,
        )

    def _unread(self) -> Iterable[Release]:
        return [
            release
            for releases in self.knowledge.releases.values()
            if releases is not None
            for release in releases.all
            if not self.knowledge.is_read(release)
        ]

    def _unread_pages(self) -> Iterable[NormalizedName]:
        return {
            line.target: None
            for found in self.knowledge.dependencies.values()
            for line in found.all_lines
            if line.target not in self.knowledge.releases
        }
