"""Repairs of old metadata: an override for each line that no installer of today reads."""

from collections.abc import Iterator
from dataclasses import field, replace
from itertools import islice

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.old_requirements import (
    LAST_PIP,
    read_old,
)
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.foreign_text import parsed_requirement
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.requirements import Override
from axletree.resolver.repairs.costs import OVERRIDE, cost_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.universe.candidates import Release

MOST_RELEASES = 3
"""Of one project whose lines are mended, newest first."""


@dataclass(slots=True)
class OldLineRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield for each blamed project the newest release that an override mends."""
        keys = (key for core in self.prover.cores for key in core.keys)
        blamed = {
            key.project: None
            for key in keys
            if isinstance(key, FallenKey) and key.reason == "metadata"
        }
        for name in blamed:
            found = (self._mend(release) for release in self._old(name))
            yield from islice(filter(None, found), 1)

    def _old(self, name: NormalizedName) -> Iterator[Release]:
        """Yield releases that fell by their lines, as far as anybody asks for them."""
        knowledge, question = self.prover.explanation.knowledge, self.prover.question
        releases = knowledge.releases.get(name)
        if releases is None:
            return
        mask = releases.masks.all & ~releases.yanked
        for asked in (*question.roots, *question.constraints):
            if canonicalize_name(asked.requirement.name) == name:
                mask &= releases.masks.of(asked.requirement.specifier)
        fallen = (
            release
            for release in releases.all
            if mask >> release.position & 1
            and release.files
            and release.files[0] in knowledge.unusable
        )
        yield from islice(fallen, MOST_RELEASES)

    def _mend(self, release: Release) -> Repair | None:
        overrides = self._overrides(release)
        if not overrides:
            return None
        prover, question = self.prover, self.prover.question
        prover.reporter.proving(f"{release.label} with an override")
        changes = Changes(
            overrides=(*question.changes.overrides, *overrides),
            exclusions=question.changes.exclusions,
        )
        found = prover.resolve(replace(question, changes=changes))
        if not isinstance(found, Found):
            self.is_complete &= not isinstance(found, GaveUp)
            return None
        pins = {(pin.name, pin.version) for pin in found.value.pins}
        if (release.project, release.version) not in pins:
            return None
        texts = tuple(override.text for override in overrides)
        return Repair(
            kind="override",
            text=f"read old metadata of {release.label} by {_counted(texts)}",
            changes=texts,
            cost=cost_of([OVERRIDE] * len(texts)),
            claim=prover.claim(found),
            resolution=found.value,
            notes=(f"{LAST_PIP}: {release.label}", *prover.notes(found.unread)),
        )

    def _overrides(self, release: Release) -> tuple[Override, ...]:
        """Mend each line that cannot be read; none if one is beyond that."""
        file = release.files[0]
        answer = self.prover.universe.metadata([file])[file]
        if not isinstance(answer, FileMetadata):
            return ()
        found: dict[NormalizedName, Override] = {}
        for text in answer.requires_dist:
            old = None if _is_read(text) else read_old(text)
            if old is not None:
                target = canonicalize_name(old.requirement.name)
                found[target] = Override(
                    target=target,
                    specifier=old.likely,
                    requirer=release.project,
                    text=f"{release.project}:{target}{old.likely}",
                    origin=Origin(file="a repair"),
                )
        return tuple(found.values())


def _is_read(text: str) -> bool:
    try:
        parsed_requirement(text)
    except ValueError:
        return False
    return True


def _counted(texts: tuple[str, ...]) -> str:
    return f"{'an override' if len(texts) == 1 else 'overrides'}: {', '.join(texts)}"
