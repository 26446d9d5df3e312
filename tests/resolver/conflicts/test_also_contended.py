"""Every project that is contended is named, not only those the cores clash on."""

from collections.abc import Mapping, Sequence

import pytest

from axletree.resolver.conflicts.also_contended import MOST_NAMED
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from tests.property.case import root
from tests.support.universes import LazyUniverse


def refused(
    roots: Sequence[str],
    projects: Mapping[str, Sequence[str]],
    *,
    is_frozen: bool = True,
    is_brief: bool = False,
) -> Refusal:
    """Refuse roots over releases, each `1: a<2, b` (a version and its lines)."""
    document = {
        "format": "axletree.universe/1",
        "projects": {
            name: [
                {
                    "filename": f"{name}-{version}-py3-none-any.whl",
                    "metadata": {
                        "requires_dist": [x.strip() for x in lines.split(",") if x],
                        "provides_extra": [],
                    },
                }
                for release in releases
                for version, _, lines in [release.partition(":")]
            ]
            for name, releases in projects.items()
        },
    }
    universe = universe_from_json(document)
    index = universe if is_frozen else LazyUniverse(base=universe)
    question = ask(map(root, roots), environment_for("3.9", "linux"))
    found = Resolver(MemoUniverse(index)).resolve(question, is_brief=is_brief)
    assert isinstance(found, Refusal)
    return found


SHARED = ["1", "2"]
TWO = {"one": ["1:p<2, q<2"], "two": ["1:p>=2, q>=2"], "p": SHARED, "q": SHARED}
BOTH = ("one", "two")


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_second_project_that_clashes_is_named(
    is_frozen: bool,  # noqa: FBT001  a column of the table
) -> None:
    conflict = refused(BOTH, TWO, is_frozen=is_frozen).conflict

    assert len(conflict.conflicts) == 1
    assert conflict.conflicts[0].picture is not None
    told = conflict.conflicts[0].picture.project
    assert {told, *conflict.also_contended} == {"p", "q"}
    assert conflict.also_contended_complete


def test_what_a_freed_project_requires_still_counts() -> None:
    projects = {
        "one": ["1:p<2, r>=2"],
        "two": ["1:p>=2, q>=2"],
        "p": ["1:q<2", "2:r<2"],
        "q": SHARED,
        "r": SHARED,
    }

    conflict = refused(BOTH, projects).conflict

    [core] = conflict.conflicts
    assert core.picture is not None
    assert core.picture.project == "p"
    # In whichever version p is taken, one of the others clashes; freeing one is enough.
    assert conflict.also_contended in {("q",), ("r",)}


def test_a_conflict_without_another_names_none() -> None:
    assert refused(("one", "p>=2"), TWO).conflict.also_contended == ()


def test_in_brief_none_is_looked_for() -> None:
    assert refused(BOTH, TWO, is_brief=True).conflict.also_contended == ()


def test_no_more_than_some_are_named_and_it_is_said() -> None:
    names = [f"p{number}" for number in range(MOST_NAMED + 3)]
    projects = dict.fromkeys(names, SHARED)
    projects["one"] = [f"1:{', '.join(f'{name}<2' for name in names)}"]
    projects["two"] = [f"1:{', '.join(f'{name}>=2' for name in names)}"]

    conflict = refused(BOTH, projects).conflict

    assert len(conflict.also_contended) == MOST_NAMED
    assert not conflict.also_contended_complete


def test_what_is_not_there_is_passed_on_the_way_and_not_named() -> None:
    projects = {"one": ["1:p<2, gone"], "two": ["1:p>=2, gone"], "p": SHARED}

    conflict = refused(BOTH, projects).conflict

    assert "gone" not in conflict.also_contended
