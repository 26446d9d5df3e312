"""The releases of a project above the one that an answer has, and what bars them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from packaging.version import Version

from axletree.resolver.engine.decisions import Standing
from axletree.resolver.model.answers import Pin
from axletree.resolver.model.distribution import Reason
from axletree.resolver.model.question import Question
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import Universe

Bar: TypeAlias = Reason | Literal["metadata", "unread", "pre-release", "yanked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """Newer releases that are no candidates, for one reason."""

    bar: Bar
    versions: tuple[str, ...]
    """Newest first."""


@dataclass(frozen=True)
class NewerReleases:
    """Looks at what is newer than one pin."""

    knowledge: Knowledge
    """With the releases that fell away."""
    pin: Pin
    standing: Standing
    """What the answer's requirements on the project say."""

    @classmethod
    def than(
        cls, pin: Pin, standing: Standing, universe: Universe, question: Question
    ) -> "NewerReleases":
        """Read the project's page, which an answer with the pin has read too."""
        knowledge = Knowledge(universe, question.environment, question.limits)
        knowledge.read_pages([pin.name])
        return cls(knowledge, pin, standing)

    def newest(self) -> Release | None:
        """Return the newest candidate that is above the pin and behind no gate.

        What has to be read to know that it is one is read.
        """
        for release in self._above(self.pin.version):
            if next(self._bars(release), None) is None:
                self.knowledge.read_metadata([release], through=True)
                if next(self._bars(release), None) is None:
                    return release
        return None

    def barred(self, newest: Release | None) -> tuple[Barred, ...]:
        """Gather what is above the newest candidate (or the pin), by its reasons."""
        found: dict[Bar, list[str]] = {}
        for release in self._above(newest.version if newest else self.pin.version):
            for bar in sorted(set(self._bars(release))):
                found.setdefault(bar, []).append(str(release.version))
        return tuple(
            Barred(bar=bar, versions=tuple(versions)) for bar, versions in found.items()
        )

    def _above(self, version: Version) -> list[Release]:
        releases = self.knowledge.releases[self.pin.name]
        listed = releases.all if releases is not None else ()
        newer = [release for release in listed if release.version > version]
        return sorted(newer, key=lambda release: release.version, reverse=True)

    def _bars(self, release: Release) -> Iterator[Bar]:
        if self.knowledge.is_fallen(release):
            for file, reasons in self.knowledge.reasons(release).items():
                is_unread = file in self.knowledge.observed
                yield from (reasons - {"metadata"} if is_unread else reasons)
                if is_unread:
                    yield "unread"
            return
        if self.knowledge.is_unread(release):
            yield "unread"
        if self.knowledge.file_of(release).yanked is not None:
            yield "yanked"
        if release.version.is_prerelease and not self.standing.prereleases_open:
            yield "pre-release"
