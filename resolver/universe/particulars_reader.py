"""The particulars of releases, of what a knowledge has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axletree.resolver.model.limits import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from axletree.resolver.universe.candidates import Release
    from axletree.resolver.universe.dependencies import ParsedLine
    from axletree.resolver.universe.knowledge import Knowledge
    from axletree.resolver.universe.table_types import (
        Broken,
        FallenFiles,
        ParticularsTable,
        Refusals,
        Texts,
    )


def particulars_of(
    knowledge: Knowledge, release: Release, lines: Sequence[ParsedLine]
) -> ParticularsTable:
    """Gather what is to be told of a release.

    :param lines: those of its table; none while it is not read.
    """
    file = knowledge.file_of(release)
    is_yanked = file.yanked is not None
    return (
        (
            str(file.filename),
            file.hashes.get("sha256"),
            is_yanked,
            knowledge.is_split(release),
        ),
        tuple((line.text, line.requirement.url or "") for line in lines),
        (
            _fallen(knowledge, release),
            _unique(knowledge.python_of(file) for file in release.candidate_files),
            _unique(file.yanked for file in release.files),
            _refusals(knowledge, release),
            _broken(knowledge, release),
        ),
    )


def _unique(texts: Iterable[str | None]) -> Texts:
    return tuple(dict.fromkeys(text for text in texts if text))


def _fallen(knowledge: Knowledge, release: Release) -> FallenFiles:
    if not knowledge.is_fallen(release):
        return ()
    found = (
        (file.tag, tuple(sorted(reasons)))
        for file, reasons in knowledge.reasons(release).items()
    )
    return tuple(dict.fromkeys(found))


def _refusals(knowledge: Knowledge, release: Release) -> Refusals:
    """Name what a policy refuses of a release, and what it shows of it as yanked."""
    policy, version = knowledge.limits.policy, release.version
    files = ((file, version) for file in release.candidate_files)
    found = [(each.reason, each.origin) for each in refusals(policy, files)]
    warnings = (policy.shown_yank(file, version) for file in release.files)
    found += [(each.reason, each.origin) for each in warnings if each is not None]
    places = ((why, origin.file, origin.line) for why, origin in found)
    return tuple(dict.fromkeys(places))


def _broken(knowledge: Knowledge, release: Release) -> Broken:
    return tuple(
        (knowledge.unusable[file], knowledge.observed.get(file))
        for file in release.candidate_files
        if file in knowledge.unusable and file not in knowledge.misfits
    )
