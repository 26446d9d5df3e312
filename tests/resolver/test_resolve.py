"""The façade: questions in, an answer or a refusal out, and what pins break."""

from collections.abc import Mapping

import pytest
from packaging.version import Version

from axletree.resolver.model.answers import Pin, Resolution
from axletree.resolver.model.distribution import FileMetadata, Page, UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Question, ask, skipping
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer, Universe
from tests.support.answers import make_file, make_root, name
from tests.support.scenarios import SOLVED, Scenario, load_scenario
from tests.support.universes import LazyUniverse


def resolve(universe: Universe, question: Question) -> Resolution | Refusal:
    return Resolver(MemoUniverse(universe)).resolve(question)


@pytest.mark.parametrize("title", SOLVED)
def test_the_scenario_has_its_answer(title: str) -> None:
    scenario = load_scenario(title)
    for universe in (scenario.universe, LazyUniverse(base=scenario.universe)):
        outcome = resolve(universe, scenario.question)

        assert isinstance(outcome, Resolution)
        assert scenario.expected.pins == {
            pin.name: _spell(pin, scenario) for pin in outcome.pins
        }
        if scenario.expected.notes is not None and universe.is_frozen:
            assert outcome.notes == scenario.expected.notes


def _spell(pin: Pin, scenario: Scenario) -> str:
    """Spell a version, or the file where a scenario is about files."""
    expected = (scenario.expected.pins or {}).get(pin.name, "")
    is_file = expected.endswith((".whl", ".gz"))
    return pin.file.filename if is_file else str(pin.version)


# What the rules say of pins that somebody else found.

METADATA: Mapping[str, MetadataAnswer] = {
    "app-1-py3-none-any.whl": FileMetadata(requires_dist=("lib<2",)),
    "app-2-py3-none-any.whl": UnusableMetadata(reason="its METADATA is not text"),
    "lib-1-py3-none-any.whl": FileMetadata(),
    "lib-2-py3-none-any.whl": FileMetadata(),
    "lib-3-cp39-cp39-win_amd64.whl": FileMetadata(),
}


def objections(**pins: str) -> tuple[str, ...]:
    files = list(map(make_file, METADATA))
    pages = {
        project: Page(
            project=project, files=tuple(f for f in files if f.project == project)
        )
        for project in {file.project for file in files}
    }
    universe = FrozenUniverse(page_of=pages, metadata_of=METADATA)
    question = ask([make_root("app")], environment_for("3.9", "linux"))
    versions = {name(project): Version(v) for project, v in pins.items()}
    return Resolver(MemoUniverse(universe)).objections(question, versions)


def test_a_solution_has_no_objections() -> None:
    assert objections(app="1", lib="1") == ()


@pytest.mark.parametrize(
    ("pins", "objection"),
    [
        ({"app": "1", "lib": "2"}, "lib 2 is chosen, but <2 is required"),
        ({"app": "1"}, "lib is required, but nothing of it is chosen"),
        ({"app": "2"}, "app 2 has no file that can be used"),
        ({"app": "1", "lib": "3"}, "lib 3 has no file that can be used"),
        ({"app": "1", "lib": "9"}, "lib 9 has no file that can be used"),
        ({"app": "1", "odd": "1"}, "odd 1 has no file that can be used"),
    ],
)
def test_each_rule_that_is_broken_is_named(
    pins: Mapping[str, str], objection: str
) -> None:
    assert objections(**pins) == (objection,)


def two_conflicts(*, is_read: bool = True) -> FrozenUniverse:
    """Make one where `a` and `b` clash with `c`, each for itself."""
    lines: dict[str, list[str]] = {"a": ["c>1"], "b": ["c>2"], "c": []}
    metadata: dict[str, MetadataAnswer] = {}
    pages = {}
    for project, requires in lines.items():
        file = make_file(f"{project}-1-py3-none-any.whl")
        pages[name(project)] = Page(project=name(project), files=(file,))
        metadata[file.filename] = (
            FileMetadata(requires_dist=tuple(requires))
            if is_read or project != "a"
            else UnusableMetadata(reason="out of memory", kind="limits")
        )
    return FrozenUniverse(page_of=pages, metadata_of=metadata)


def refused(universe: Universe, *, is_brief: bool) -> Refusal:
    roots = [make_root("a"), make_root("b")]
    question = skipping(ask(roots, environment_for("3.9", "linux")))
    answer = Resolver(MemoUniverse(universe)).resolve(question, is_brief=is_brief)
    assert isinstance(answer, Refusal)
    return answer


def test_a_brief_refusal_stops_at_an_irreducible_cause() -> None:
    whole = refused(two_conflicts(), is_brief=False).conflict
    brief = refused(two_conflicts(), is_brief=True).conflict

    assert [core.claim for core in whole.conflicts] == ["smallest", "smallest"]
    assert [core.claim for core in brief.conflicts] == ["irreducible"]
    assert (whole.complete, whole.is_brief) == (True, False)
    assert (brief.complete, brief.is_brief) == (False, True)


def test_a_brief_refusal_looks_on_where_the_first_cause_is_true_of_here_alone() -> None:
    conflict = refused(two_conflicts(is_read=False), is_brief=True).conflict

    assert len(conflict.conflicts) == 2
    assert not conflict.holds_here_only


def test_what_is_empty_by_itself_is_told_without_reading() -> None:
    index = LazyUniverse(base=load_scenario(EMPTY).universe)
    resolver = Resolver(MemoUniverse(index))

    refused = resolver.resolve(load_scenario(EMPTY).question)

    assert isinstance(refused, Refusal)
    assert refused.conflict.is_brief
    assert (resolver.counters.rounds, index.pages_read, index.files_read) == (0, [], [])


EMPTY = "conflicts/a_requirement_contradicts_itself"
