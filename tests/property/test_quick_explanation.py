"""The quick explanation against the plain one, line by line."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from axletree.resolver.conflicts.also_contended import also_contended
from axletree.resolver.conflicts.asked import Asked, AskedLine
from axletree.resolver.conflicts.cores import CoreSearch
from axletree.resolver.conflicts.sentences import write_core
from axletree.resolver.engine.models import FactModels
from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.reports.cause_text import cause_lines
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import to_text
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.tables import (
    BeyondTablesError,
    Tables,
)
from axletree.resolver.universe.tables_read import Reading
from tests.property.case import Case
from tests.property.strategies import cases
from tests.property.test_tables import compiled, from_tables, plain_roots
from tests.support.answers import make_file, make_root, name

PROFILE = settings.default or settings()
MORE = settings(
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=3 * PROFILE.max_examples,
)
WIDTH = 80


def plain(universe: Universe, question: Question) -> str | None:
    outcome = Resolver(MemoUniverse(universe)).resolve(question)
    if not isinstance(outcome, Refusal):
        return None
    return to_text(conflict_report(outcome.conflict, width=WIDTH))


def quick(tables: Tables, question: Question) -> str | None:
    environment = question.environment
    lines = [
        AskedLine(Demand(*table, root.origin), root)
        for root in question.roots
        if (table := tables.root(root.text)) is not None
    ]
    asked = Asked(
        roots=lines,
        python_version=environment.python_version,
        platform=environment.platform,
        pythons=environment.pythons,
    )
    reading = Reading(tables, keeps_unusable=True)
    roots = [line.table for line in lines]
    models = FactModels(reading, Problem(roots), is_frozen=True)
    cores, is_complete = CoreSearch(models, [root.name for root in roots]).cores()
    if not cores:
        return None
    told = [write_core(core, asked, models, reading) for core in cores]
    besides = also_contended(models, reading, cores)
    return to_text(
        cause_lines(told, asked.target, WIDTH, is_complete=is_complete, besides=besides)
    )


@pytest.mark.slow
@MORE
@given(case=cases())
def test_a_quick_explanation_is_the_plain_one_from_tables_fresh_and_stored(
    case: Case,
) -> None:
    environment = case.question.environment
    question = ask(plain_roots(case), environment)
    tables = compiled(case.universe, environment)
    try:
        told = quick(tables, question)
        again = quick(compiled(case.universe, environment, tables), question)
        answered = compiled(case.universe, environment)
        from_tables(answered, question)
        after = quick(answered, question)
    except BeyondTablesError:
        return

    assert told == plain(case.universe, question)
    assert again == told
    assert after == told


YANKS = {
    "b-1-py3-none-any.whl": (FileMetadata(requires_python=">=3.10"), "broken"),
    "b-1.tar.gz": (FileMetadata(requires_python=">=3.10"), None),
    "c-1-py3-none-any.whl": (FileMetadata(requires_python=">=3.10"), None),
    "c-1-1-py3-none-any.whl": (FileMetadata(requires_dist=("d==9",)), "broken"),
    "d-1-py3-none-any.whl": (FileMetadata(), None),
    "a-1-py3-none-any.whl": (FileMetadata(), "broken"),
}
"""Releases that reading alone shows to be yanked: what is not is for another Python.

Seeds 8154 and 9874 of the long run that first found it.
"""


@pytest.mark.parametrize("texts", [("a", "b"), ("c",), ("c==1", "d"), ("a", "b", "c")])
def test_a_yank_that_reading_finds_is_told_alike_whatever_was_read_before(
    texts: tuple[str, ...],
) -> None:
    files = [
        replace(make_file(file), yanked=yanked) for file, (_, yanked) in YANKS.items()
    ]
    names = dict.fromkeys(file.project for file in files)
    universe = FrozenUniverse(
        page_of={
            each: Page(project=each, files=tuple(f for f in files if f.project == each))
            for each in names
        },
        metadata_of={file: metadata for file, (metadata, _) in YANKS.items()},
    )
    environment = environment_for("3.9", "linux")
    question = ask(map(make_root, texts), environment)
    read = compiled(universe, environment)
    from_tables(read, question)
    for each in names:
        project = read.project(name(each))
        assert project is not None
        for position in range(len(project.versions)):
            read.release(project, position)

    told = plain(universe, question)

    assert told == quick(compiled(universe, environment), question)
    assert told == quick(read, question)
