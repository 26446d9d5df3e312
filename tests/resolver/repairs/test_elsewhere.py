"""The same for other targets: where the universe must be turned, it is turned back."""

from dataclasses import replace
from functools import partial

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask, for_target
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import Sparing
from tests.support.building_index import BuildingIndex
from tests.support.sdist_index import SDIST, Index, make, repairer


def test_a_universe_is_turned_to_each_target_and_back() -> None:
    wheel = make("app-{}-cp39-cp39-manylinux2014_x86_64.whl", "1", 3)
    answers: dict[str, MetadataAnswer] = {}
    index = Index([wheel], answers)
    question = ask([parse_requirement("app")], environment_for("3.9", "macos"))
    asking = repairer(index, question)
    turned: list[str] = []
    asking.for_target = partial(for_target, question)
    asking.turn = lambda other: turned.append(other.environment.label)

    assert [repair.kind for repair in asking.repairs()] == ["platform"]
    assert turned[-2:] == ["Python 3.9 on linux", "Python 3.9 on macos"]


@pytest.mark.parametrize(
    ("wheel", "kinds"),
    [
        pytest.param("app-{}-py2-none-any.whl", ["python"], id="pure"),
        pytest.param("app-{}-cp27-cp27m-win_amd64.whl", [], id="native code"),
    ],
)
def test_an_sdist_of_native_code_that_is_not_read_is_no_answer_elsewhere(
    wheel: str, kinds: list[str]
) -> None:
    sdist = replace(make(SDIST, "1", 1), requires_python="<3.9")
    index = BuildingIndex(
        base=Index([sdist, make(wheel, "1", 1)]), dynamic=[sdist.filename]
    )
    spared = index.spared()
    question = ask([parse_requirement("app")], environment_for("3.9", "linux"))
    asking = repairer(spared, question, [spared])
    asking.for_target = partial(for_target, question)

    with spared.sparing(Sparing(builds=0, question=question)):
        assert [repair.kind for repair in asking.repairs()] == kinds


def test_what_is_not_built_for_another_python_was_built_for_ones_own() -> None:
    sdist = make(SDIST, "1", 1)
    wheel = make("app-{}-cp27-cp27m-win_amd64.whl", "1", 1)
    index = BuildingIndex(base=Index([sdist, wheel]), dynamic=[sdist.filename])
    spared = index.spared()
    question = ask([parse_requirement("app")], environment_for("3.9", "linux"))
    spared.metadata([sdist])

    with spared.sparing(Sparing(builds=0, question=question)):
        with spared.aside():
            spared.pages([sdist.project])
            spared.metadata([sdist])
            assert spared.unread == {sdist: "unbuilt"}
        assert not spared.unread
        assert not spared.is_decisive()
