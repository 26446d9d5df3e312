"""Lines of old metadata, which today's specification has no word for.

Each forbids its file by a fact that names it, and an override of just that line mends
it. What a line means stands beside it here; nothing of ours reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.requirements import Override
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.property.asking import files, pins, resolve
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case, override
from tests.property.plans import PROJECTS, QUIRKS
from tests.property.strategies import cases

pytestmark = pytest.mark.slow
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])
_QUIRKS = tuple(q for q in QUIRKS if q not in {"override", "exclusion", "metadata"})
PLAIN = cases(has_twins=False, most_projects=4, quirks=_QUIRKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A line, and what its author will have meant."""

    versions: str
    """As they stand behind the name, with all that follows."""
    meant: str
    rest: str = ""
    """What else follows: a marker."""

    def line(self, target: str) -> str:
        return f"{target} {self.versions}{self.rest}"


OLD = (
    Old(versions="(>=1.*)", meant=">=1"),
    Old(versions=">=2.*,<4", meant=">=2,<4"),
    Old(versions="(<=2.1.*)", meant="<=2.1"),
    Old(versions="(>dev)", meant=""),
    Old(versions="(>dev,!=2)", meant="!=2"),
    Old(versions="(>1.*,<3.*)", meant=">1,<3"),
    Old(versions="~=2.1.*", meant="~=2.1"),
    Old(versions=">=2.*", meant=">=2", rest=" ; python_version >= '3.8'"),
    Old(versions="(>=2.*)", meant=">=2", rest='; python_version < "3.8"'),
    Old(versions=">=1.*", meant=">=1", rest="; extra == 'x'"),
)


@pytest.mark.parametrize("old", OLD)
def test_no_reader_of_today_takes_it(old: Old) -> None:
    with pytest.raises(InvalidRequirement):
        Requirement(old.line("a"))


Olds = Mapping[str, tuple[str, Old]]
"""File name -> what it requires by a line of old."""


def draw_olds(case: Case, data: st.DataObject) -> Olds:
    """Draw lines of old for some releases that are valid without them."""
    valid = sorted(
        name
        for name, metadata in case.universe.metadata_of.items()
        if isinstance(metadata, FileMetadata)
        and all(map(is_read, metadata.requires_dist))
    )
    assume(valid)
    chosen = data.draw(st.sets(st.sampled_from(valid), min_size=1, max_size=4))
    targets = st.sampled_from(PROJECTS[: len(case.universe.page_of)])
    return {
        name: (data.draw(targets), data.draw(st.sampled_from(OLD)))
        for name in sorted(chosen)
    }


def is_read(line: str) -> bool:
    try:
        Requirement(line)
    except InvalidRequirement:
        return False
    return True


def aged(case: Case, olds: Olds) -> Case:
    lines = {name: old.line(target) for name, (target, old) in olds.items()}
    return replace(case, universe=with_lines(case.universe, lines))


def with_lines(universe: FrozenUniverse, lines: Mapping[str, str]) -> FrozenUniverse:
    answers: dict[str, MetadataAnswer] = dict(universe.metadata_of)
    for name, line in lines.items():
        answer_before = answers[name]
        assert isinstance(answer_before, FileMetadata)
        answers[name] = replace(
            answer_before, requires_dist=(*answer_before.requires_dist, line)
        )
    return replace(universe, metadata_of=answers)


@SLOW
@given(case=PLAIN, data=st.data())
def test_it_forbids_its_file_by_a_fact_that_names_it(
    case: Case, data: st.DataObject
) -> None:
    # Who overrides or leaves out what it names has mended it already.
    assume(not case.question.changes)
    olds = draw_olds(case, data)
    case = aged(case, olds)

    outcome = resolve(case.universe, case.question)

    assert pins(outcome) == files(answer(World(case.universe, case.question)))
    if not isinstance(outcome, Refusal):
        return
    event("refused")
    for core in outcome.conflict.conflicts:
        for fact in core.facts:
            if fact.kind == "fallen" and "is not a requirement" in fact.text:
                told = [
                    repr(old.line(target)) in fact.text
                    for name, (target, old) in olds.items()
                    if name.partition("-")[0] == fact.project
                ]
                # What else is wrong with another file is told as it was.
                assert any(told) or "'b =='" in fact.text, fact.text


@SLOW
@given(case=PLAIN, data=st.data())
def test_an_override_of_the_line_mends_it(case: Case, data: st.DataObject) -> None:
    assume(not case.question.changes)
    olds = draw_olds(case, data)
    case = aged(case, olds)
    overrides: list[Override] = []
    specifiers: dict[tuple[str, str], SpecifierSet] = {}
    for name, (target, old) in olds.items():
        project = name.partition("-")[0]
        key = project, target
        specifiers[key] = specifiers.get(key, SpecifierSet()) & SpecifierSet(old.meant)
        overrides.append(override(project, f"{target}{old.meant}"))
    question = replace(case.question, changes=Changes(overrides=tuple(overrides)))

    found = resolve(case.universe, question)

    mended = {
        name: mended_lines(name, metadata, olds, specifiers)
        for name, metadata in case.universe.metadata_of.items()
    }
    world = World(replace(case.universe, metadata_of=mended), case.question)
    assert pins(found) == files(answer(world))


def mended_lines(
    name: str,
    metadata: MetadataAnswer,
    olds: Olds,
    specifiers: Mapping[tuple[str, str], SpecifierSet],
) -> MetadataAnswer:
    """Give all lines of a file the versions that overrides say."""
    if not isinstance(metadata, FileMetadata):
        return metadata
    project = name.partition("-")[0]
    lines: Sequence[str] = metadata.requires_dist
    if name in olds:
        target, old = olds[name]
        lines = [*lines[:-1], f"{target}{old.rest}"]
    found = []
    for line in lines:
        if not is_read(line):
            return metadata
        requirement = Requirement(line)
        if (project, requirement.name) in specifiers:
            requirement.url = None
        requirement.specifier = specifiers.get(
            (project, requirement.name), requirement.specifier
        )
        found.append(str(requirement))
    return replace(metadata, requires_dist=tuple(found))
