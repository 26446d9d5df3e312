"""What was decided, read: pins with their files, checked, and what is to be said of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.resolver.conflicts.answer_notes import (
    against_metadata,
    answer_notes,
)
from axletree.resolver.engine.checked_files import ChosenFile, violations
from axletree.resolver.engine.decisions import Decisions, Inquiry
from axletree.resolver.model.answers import Counters, Pin, Resolution, RootLag
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.origins import Origin, Requirer
from axletree.resolver.model.question import Question
from axletree.resolver.pinning.lag_notes import (
    far_behind,
    lags_of,
    left_behind,
    note,
    root_lags,
    sentence,
)
from axletree.resolver.pinning.wanted_parts import wanted_parts
from axletree.resolver.universe.candidates import Release, Releases
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits


def read_resolution(
    inquiry: Inquiry,
    decisions: Decisions,
    balanced: Callable[[], tuple[Inquiry, Decisions] | None],
    counters: Counters,
) -> Resolution:
    """Read what was decided, let the checker look at it, and say what is to be said.

    :param balanced: gives what `--prefer balanced` decides; None: it is not known.
    :raises AssertionError: the checker refuses it.
    """
    question, knowledge = inquiry.question, inquiry.knowledge
    chosen = {
        name: chosen_file(knowledge, release)
        for name, release in decisions.releases.items()
    }
    micros = decisions.pythons(question.environment)
    # Of what cannot be read only the search says that it might be right.
    if not decisions.unread:
        _refuse_wrong(question, chosen, micros)
    lags = root_lags(inquiry, decisions)
    notes = answer_notes(question, knowledge, decisions)
    if question.prefer == "balanced":
        notes += map(sentence, lags)
    elif far := far_behind(lags, question):
        others = _lags_of(balanced())
        notes += [note(lag, inquiry, decisions, others) for lag in far]
    notes += left_behind(inquiry, decisions)
    parts = wanted_parts(question, knowledge, decisions)
    answer = Resolution(
        environment=question.environment.limited_to(micros),
        pins=tuple(
            replace(
                _pin(knowledge, decisions, name), parts=parts.get(name, frozenset())
            )
            for name in sorted(chosen)
        ),
        lags=lags,
        has_skipped=question.limits.skip_unbuildable,
        notes=tuple(notes),
        counters=counters,
    )
    if not question.changes:
        return answer
    against = against_metadata(answer, chosen)
    return replace(answer, notes=(*answer.notes, *against))


def chosen_file(knowledge: Knowledge, release: Release) -> ChosenFile:
    """Give what the checker wants to know of a release, which was read.

    :raises TypeError: its metadata is not valid.
    """
    file = knowledge.file_of(release)
    is_unread = file in knowledge.unread
    metadata = (
        FileMetadata() if is_unread else knowledge.universe.metadata([file])[file]
    )
    releases = knowledge.releases[release.project]
    if not isinstance(metadata, FileMetadata) or releases is None:
        message = f"{release.label} was decided without valid metadata"
        raise TypeError(message)
    gates = knowledge.gates(releases)
    return ChosenFile(
        version=release.version,
        file=file,
        metadata=metadata,
        finals=tuple(_spellings(releases, gates.finals)),
        unyanked=tuple(_spellings(releases, gates.unyanked)),
    )


def _lags_of(
    balanced: tuple[Inquiry, Decisions] | None,
) -> dict[NormalizedName, RootLag | Release] | None:
    if balanced is None:
        return None
    inquiry, decisions = balanced
    behind = {lag.name: lag for lag in root_lags(inquiry, decisions)}
    names = map(NormalizedName, lags_of(inquiry).projects)
    return {name: behind.get(name, decisions.releases[name]) for name in names}


def _pin(knowledge: Knowledge, decisions: Decisions, name: NormalizedName) -> Pin:
    release = decisions.releases[name]
    standing = decisions.standings[name]
    return Pin(
        name=name,
        version=release.version,
        extras=tuple(sorted(standing.extras)),
        file=knowledge.file_of(release),
        files=knowledge.usable_files(release),
        requested_by=tuple(
            asker
            if isinstance(asker, Origin)
            else Requirer(asker, str(decisions.releases[asker].version))
            for asker in standing.requested_by
        ),
    )


def _refuse_wrong(
    question: Question,
    chosen: Mapping[NormalizedName, ChosenFile],
    micros: tuple[int, ...],
) -> None:
    """Look at an answer at both ends of the patch releases that it is to hold for."""
    is_for_all = micros == question.environment.micros
    for micro in dict.fromkeys((micros[-1], micros[-1] if is_for_all else micros[0])):
        if wrong := violations(question, chosen, micro):
            message = f"the checker refuses the search's answer: {'; '.join(wrong)}"
            raise AssertionError(message)


def _spellings(releases: Releases, mask: int) -> Iterator[str]:
    return (releases.all[position].files[0].version for position in bits(mask))
