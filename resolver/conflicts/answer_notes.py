"""What is worth a note about an answer, beside its pins."""

from collections.abc import Iterator, Mapping

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.conflicts.phrases import left_out
from axletree.resolver.engine.checked_files import ChosenFile, unmet_requirements
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.limits import FileLimits
from axletree.resolver.model.question import Question
from axletree.resolver.model.spelling import in_brackets
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge

_MOST_NAMED = 5


def answer_notes(
    question: Question, knowledge: Knowledge, decisions: Decisions
) -> list[str]:
    """Say what was asked for in vain, taken as false, passed over, or is yanked."""
    return [
        *_for_some_pythons(knowledge, decisions),
        *_missing_extras(knowledge, decisions),
        *_undefined_markers(knowledge, decisions),
        *_yanked(knowledge, decisions),
        *_passed_over(question, knowledge, decisions),
        *_not_held(knowledge, decisions),
        *_left_out(knowledge, decisions),
    ]


def _missing_extras(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    return [
        f"{release.label} has no extra {extra!r}; it was asked for and adds nothing"
        for name, release in decisions.releases.items()
        for extra in decisions.standings[name].extras
        if not knowledge.dependencies[release].provides(extra)
    ]


def _yanked(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    yanks = (
        (release, knowledge.file_of(release).yanked)
        for release in decisions.releases.values()
    )
    return [
        f"{release.label} is yanked{in_brackets(why)}; it was taken "
        "because a pin asks for it"
        for release, why in yanks
        if why is not None
    ]


def _passed_over(
    question: Question, knowledge: Knowledge, decisions: Decisions
) -> list[str]:
    """Say which newer releases would have been taken if their metadata were of use.

    Whatever is named here was read on the way, in every run.
    """
    notes = [
        f"{newer.label} {_unusable(knowledge, newer)}, so {release.label} was taken"
        for release in decisions.releases.values()
        for newer in _newer(question, knowledge, decisions, release)
    ]
    if len(notes) > _MOST_NAMED:
        more = f"{len(notes) - _MOST_NAMED} more could not be used, or read here"
        return [*notes[:_MOST_NAMED], f"and {more}"]
    return notes


def _newer(
    question: Question, knowledge: Knowledge, decisions: Decisions, chosen: Release
) -> Iterator[Release]:
    """Yield the newer releases that fell by their metadata alone, and fit else."""
    releases = knowledge.releases[chosen.project]
    if releases is None:
        return
    fallen = [
        release
        for release in releases.all[: chosen.position]
        if release.files and knowledge.is_fallen(release)
    ]
    if not fallen:
        return
    fitting = releases.masks.all & ~releases.yanked
    if not decisions.standings[chosen.project].prereleases_open:
        fitting &= ~releases.prereleases
    for specifier in _specifiers_on(chosen.project, question, knowledge, decisions):
        fitting &= releases.masks.of(specifier)
    yield from (release for release in fallen if fitting >> release.position & 1)


def _specifiers_on(
    name: NormalizedName,
    question: Question,
    knowledge: Knowledge,
    decisions: Decisions,
) -> Iterator[SpecifierSet]:
    for asked in (*question.roots, *question.constraints):
        if canonicalize_name(asked.requirement.name) == name:
            yield asked.requirement.specifier
    for requirer, release in decisions.releases.items():
        extras = frozenset(decisions.standings[requirer].extras)
        for line in knowledge.dependencies[release].lines(
            extras, among=1 << decisions.python
        ):
            if line.target == name:
                yield line.specifier


def _unusable(knowledge: Knowledge, release: Release) -> str:
    [first, *_] = (f for f in release.candidate_files if f in knowledge.unusable)
    is_observed = first in knowledge.observed
    how = "could not be read here" if is_observed else "cannot be used"
    return f"{how} ({knowledge.unusable[first]})"


def _for_some_pythons(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    if decisions.micros == knowledge.all_micros:
        return []
    environment = knowledge.environment
    held = environment.limited_to(decisions.pythons(environment))
    return [f"this holds only for {held.micros_label}"]


def _not_held(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    """Say which files have hashes of kinds that were not looked at."""
    limits = FileLimits(knowledge.limits.hashes, knowledge.limits.policy)
    files = list(map(knowledge.file_of, decisions.releases.values()))
    unknown = [file for file in files if limits.unknown_hashes(file)]
    answers = knowledge.universe.metadata(unknown) if unknown else {}
    return [
        f"{file.filename} was not checked against the hashes that you give: the "
        "index has none of that kind, and the file itself is not here"
        for file, answer in answers.items()
        if isinstance(answer, FileMetadata) and not answer.is_held
    ]


def _left_out(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    """Say what was no file of its project on the pages of those that are chosen."""
    pages = (
        releases.page
        for name in decisions.releases
        if (releases := knowledge.releases[name]) is not None
    )
    return [
        f"{page.project}: "
        + left_out([(f.name, f.reason) for f in page.excluded]).removeprefix("; ")
        for page in pages
        if page.excluded
    ]


def _undefined_markers(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    return [
        f"{release.label} requires {line.text}: its marker compares what has no "
        "defined order, which counts as false"
        for release in decisions.releases.values()
        for line in knowledge.dependencies[release].all_lines
        if line.marker_text in knowledge.evaluator.undefined
    ]


def against_metadata(
    answer: Resolution, chosen: Mapping[NormalizedName, ChosenFile]
) -> list[str]:
    """Say what an installer would refuse, since it knows of no override."""
    unmet = [
        f"{pin.name} {pin.version} requires {text}"
        for pin in answer.pins
        for text in unmet_requirements(chosen[pin.name].metadata, pin.extras, answer)
    ]
    if not unmet:
        return []
    note = (
        "by your overrides or exclusions, these pins contradict metadata, which pip "
        f"refuses: install with --no-deps ({'; '.join(unmet)})"
    )
    return [note]
