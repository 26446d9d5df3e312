"""Which features of a random universe play a part in its outcome.

That a universe has extras says little when nobody asks for them. So each feature can
be taken away, and it plays a part when the outcome, which is the answer or else the
facts of the first core, is another one then.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.fact_keys import EdgeKey
from axletree.resolver.model.limits import FormatControl, Policy
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.metadata_wheel import PURE
from tests.property.brute_force import World, true_lines
from tests.property.case import Case, root

CYCLES = "cycles"
Change: TypeAlias = Callable[[Case], Case]
_Edges: TypeAlias = Collection[tuple[str, str]]
"""Pairs of projects of which the first requires the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a universe was good for."""

    has_answer: bool
    present: frozenset[str]
    """Features that are there."""
    playing: frozenset[str]
    """Those without which the outcome is another one."""


def parts(case: Case) -> Parts:
    """Take each feature away in turn."""
    found = _resolve(case)
    without = {name: change(case) for name, change in WITHOUT.items()}
    spelled = _spelled(case)
    present = {name for name, other in without.items() if _spelled(other) != spelled}
    playing = {n for n in present if _said(_resolve(without[n])) != _said(found)}
    if _is_cyclic(_all_edges(case)):
        present.add(CYCLES)
    if _is_cyclic(_edges_of(found, case)):
        playing.add(CYCLES)
    return Parts(
        has_answer=isinstance(found, Resolution),
        present=frozenset(present),
        playing=frozenset(playing),
    )


def _resolve(case: Case) -> Resolution | Refusal:
    return Resolver(MemoUniverse(case.universe)).resolve(case.question)


def _said(found: Resolution | Refusal) -> object:
    if isinstance(found, Refusal):
        return frozenset(map(repr, found.cores[0].keys))
    return frozenset((pin.file.filename, pin.extras) for pin in found.pins)


def _spelled(case: Case) -> object:
    """Spell all that a change may change."""
    question = case.question
    pages = case.universe.page_of.values()
    return (
        [
            (asked.text, asked.hashes)
            for asked in (*question.roots, *question.constraints)
        ],
        len(question.constraints),
        question.changes,
        question.limits,
        [
            (f.filename, f.tag, f.requires_python, f.yanked)
            for p in pages
            for f in p.files
        ],
        case.universe.metadata_of,
    )


# Cycles, which cannot be taken away one at a time.


def _all_edges(case: Case) -> _Edges:
    world = World(case.universe, case.question)
    return {
        (candidate.project, canonicalize_name(line.name))
        for candidates in world.candidates.values()
        for candidate in candidates
        for line in candidate.lines
    }


def _edges_of(found: Resolution | Refusal, case: Case) -> _Edges:
    """Collect who requires whom in an answer, or in the first core."""
    if isinstance(found, Refusal):
        keys = found.cores[0].keys
        return {(k.project, k.target) for k in keys if isinstance(k, EdgeKey)}
    world = World(case.universe, case.question)
    return {
        (pin.name, canonicalize_name(line.name))
        for pin in found.pins
        for candidate in world.candidates[pin.name]
        if candidate.file is pin.file
        for line in true_lines(candidate, pin.extras, world)
    }


def _is_cyclic(edges: _Edges) -> bool:
    """Tell whether some project requires itself, perhaps by others."""
    left = set(edges)
    while left:
        requirers = {requirer for requirer, _ in left}
        fewer = {edge for edge in left if edge[1] in requirers}
        if fewer == left:
            return True
        left = fewer
    return False


# Changes.


def _in_lines(change: Callable[[str], str], case: Case) -> Case:
    """Change each requirement line, of roots and constraints as well."""
    metadata = {
        name: replace(answer, requires_dist=tuple(map(change, answer.requires_dist)))
        if isinstance(answer, FileMetadata)
        else answer
        for name, answer in case.universe.metadata_of.items()
    }
    question = case.question
    return Case(
        universe=replace(case.universe, metadata_of=metadata),
        question=ask(
            [root(change(r.text), *r.hashes) for r in question.roots],
            question.environment,
            constraints=[root(change(c.text)) for c in question.constraints],
            limits=question.limits,
            changes=question.changes,
        ),
    )


def _in_pages(
    change: Callable[[Sequence[DistributionFile]], Iterable[DistributionFile]],
    case: Case,
) -> Case:
    """Change the files of each project."""
    pages = {
        name: replace(page, files=tuple(change(page.files)))
        for name, page in case.universe.page_of.items()
    }
    return replace(case, universe=replace(case.universe, page_of=pages))


def _in_question(change: Callable[[Question], Question], case: Case) -> Case:
    return replace(case, question=change(case.question))


def _no_python(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    for file in files:
        yield replace(file, requires_python=None)


def _without_pythons(case: Case) -> Case:
    metadata = {
        name: replace(answer, requires_python=None)
        if isinstance(answer, FileMetadata)
        else answer
        for name, answer in case.universe.metadata_of.items()
    }
    changed = replace(case, universe=replace(case.universe, metadata_of=metadata))
    return _in_pages(_no_python, changed)


def _unyanked(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    for file in files:
        yield replace(file, yanked=None)


def _for_all(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    for file in files:
        yield replace(file, tag=PURE if file.tag else "")


def _first_ones(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    """Leave one file of each release, that of the page's first place."""
    seen: set[str] = set()
    for file in files:
        if file.version not in seen:
            seen.add(file.version)
            yield file


def _finals(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    return (file for file in files if not Version(file.version).is_prerelease)


def _without_local(files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
    return (file for file in files if Version(file.version).local is None)


def _readable(case: Case) -> Case:
    """Give an empty METADATA to each file that has none, and drop bad lines."""
    metadata = {
        name: replace(
            answer,
            requires_dist=tuple(
                x for x in answer.requires_dist if not x.endswith("==")
            ),
        )
        if isinstance(answer, FileMetadata)
        else FileMetadata()
        for name, answer in case.universe.metadata_of.items()
    }
    return replace(case, universe=replace(case.universe, metadata_of=metadata))


def _without_marker(line: str) -> str:
    demand, _, marker = line.partition(";")
    return line if "extra" in marker else demand


def _without_extras(line: str) -> str:
    demand, semicolon, marker = line.partition(";")
    return re.sub(r"\[.*?\]", "", demand) + semicolon + marker


def _loosely(line: str) -> str:
    demand, semicolon, marker = line.partition(";")
    return demand.replace("===", "==") + semicolon + marker


def _without_hashes(question: Question) -> Question:
    return replace(question, limits=replace(question.limits, hashes=()))


def _without_dates(question: Question) -> Question:
    return replace(question, limits=replace(question.limits, exclude_newer=None))


def _without_policy(question: Question) -> Question:
    return replace(question, limits=replace(question.limits, policy=Policy()))


def _with_all_formats(question: Question) -> Question:
    return replace(question, limits=replace(question.limits, formats=FormatControl()))


def _without_constraints(question: Question) -> Question:
    # Hashes stand in constraints, too, and are a feature of their own.
    return replace(question, constraints=())


def _without_edits(keep: str, case: Case) -> Case:
    """Ask again with `keep` of the changes: overrides or exclusions."""
    question = case.question
    changes = question.changes
    kept = Changes(
        overrides=changes.overrides if keep == "overrides" else (),
        exclusions=changes.exclusions if keep == "exclusions" else (),
    )
    changed = ask(
        [root(r.text, *r.hashes) for r in question.roots],
        question.environment,
        constraints=question.constraints,
        limits=question.limits,
        changes=kept,
    )
    return replace(case, question=changed)


WITHOUT: Mapping[str, Change] = {
    "extras": partial(_in_lines, _without_extras),
    "markers": partial(_in_lines, _without_marker),
    "pre-releases": partial(_in_pages, _finals),
    "yanks": partial(_in_pages, _unyanked),
    "several files": partial(_in_pages, _first_ones),
    "constraints": partial(_in_question, _without_constraints),
    "overrides": partial(_without_edits, "exclusions"),
    "exclusions": partial(_without_edits, "overrides"),
    "Requires-Python": _without_pythons,
    "tags": partial(_in_pages, _for_all),
    "formats": partial(_in_question, _with_all_formats),
    "dates": partial(_in_question, _without_dates),
    "policies": partial(_in_question, _without_policy),
    "hashes": partial(_in_question, _without_hashes),
    "bad metadata": _readable,
    "local versions": partial(_in_pages, _without_local),
    "=== spellings": partial(_in_lines, _loosely),
}
"""Feature -> the same universe and question without it."""
NAMES = (*WITHOUT, CYCLES)
