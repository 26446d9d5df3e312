"""What is worth a note about an answer, beside its pins."""

from collections.abc import Mapping

from packaging.utils import NormalizedName

from axletree.resolver.conflicts.phrases import left_out
from axletree.resolver.conflicts.unread import passed_over
from axletree.resolver.engine.checked_files import ChosenFile, unmet_requirements
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.spelling import spell_pythons
from axletree.resolver.universe.knowledge import Knowledge


def answer_notes(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    """Say what was asked for in vain, taken as false, or passed over."""
    return [
        *_for_some_pythons(knowledge, decisions),
        *_missing_extras(knowledge, decisions),
        *_undefined_markers(knowledge, decisions),
        *passed_over(knowledge, decisions.releases.values()),
        *_left_out(knowledge, decisions),
    ]


def _missing_extras(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    return [
        f"{release.label} has no extra {extra!r}; it was asked for and adds nothing"
        for name, release in decisions.releases.items()
        for extra in decisions.standings[name].extras
        if not knowledge.dependencies[release].provides(extra)
    ]


def _for_some_pythons(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    if decisions.micros == knowledge.all_micros:
        return []
    pythons = spell_pythons(knowledge.environment.pythons, decisions.micros)
    return [f"this holds for {pythons} only"]


def _left_out(knowledge: Knowledge, decisions: Decisions) -> list[str]:
    """Say what was no file of its project on the pages of those that are chosen."""
    pages = (
        releases.page
        for name in decisions.releases
        if (releases := knowledge.releases[name]) is not None
    )
    return [
        f"{page.project}{left_out([(f.name, f.reason) for f in page.excluded])}"
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
