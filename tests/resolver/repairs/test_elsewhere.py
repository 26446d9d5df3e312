"""The same for other targets: where the universe must be turned, it is turned back."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask, for_target
from axletree.resolver.repairs.elsewhere import is_refused_as_known
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import Sparing
from tests.support.building_index import BuildingIndex, index_of
from tests.support.sdist_index import SDIST, Index, make, repairer

OLD, NEW = "; python_version < '3.12'", "; python_version >= '3.12'"
OTHERS = {"dep 1": [], "dep 2": [], "dep 3rc1": [], "other 1": ["dep>=3rc1"]}


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


NATIVE = "app-{}-cp27-cp27m-win_amd64.whl"


@pytest.mark.parametrize(
    ("wheel", "own", "texts"),
    [
        pytest.param(
            "app-{}-py2-none-any.whl",
            "3.9.7",
            ["use Python 3.8 instead of 3.9.7"],
            id="pure",
        ),
        pytest.param(NATIVE, "3.9.7", [], id="native code"),
        # Patch releases have the same wheels: it is as good as for ones own.
        pytest.param(
            NATIVE, "3.8.7", ["use Python 3.8.0 to 3.8.5 instead of 3.8.7"], id="patch"
        ),
    ],
)
def test_an_sdist_of_native_code_that_is_not_read_is_no_answer_elsewhere(
    wheel: str, own: str, texts: list[str]
) -> None:
    sdist = replace(make(SDIST, "1", 1), requires_python="<3.8.6")
    index = BuildingIndex(
        base=Index([sdist, make(wheel, "1", 1)]), dynamic=[sdist.filename]
    )
    spared = index.spared()
    question = ask([parse_requirement("app")], environment_for(own, "linux"))
    asking = repairer(spared, question, [spared])
    asking.for_target = partial(for_target, question)

    with spared.sparing(Sparing(builds=0, question=question)):
        assert [repair.text for repair in asking.repairs()] == texts


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


@pytest.mark.parametrize(
    ("lines", "sdists", "is_refused"),
    [
        pytest.param([f"dep==1{OLD}", f"dep<2{NEW}"], [], True, id="sibling lines"),
        pytest.param([f"dep==1{OLD}", f"dep>1{NEW}"], [], False, id="a looser line"),
        pytest.param([f"dep==1{OLD}"], [], False, id="no line there"),
        pytest.param(["dep==1"], ["app 1"], False, id="code may look at the Python"),
        pytest.param([f"dep==1{OLD}", f"dep>2{NEW}"], [], False, id="a gate"),
    ],
)
def test_lines_that_are_known_refuse_another_python_where_they_clash_there(
    lines: Sequence[str], sdists: Sequence[str], *, is_refused: bool
) -> None:
    index = index_of({"app 1": [*lines, "other"], **OTHERS}, sdists)
    universe = MemoUniverse(index)
    roots = [parse_requirement(line) for line in ("app", "dep>=2", "other")]
    question = ask(roots, environment_for("3.9", "linux"))
    refusal = Resolver(universe).resolve(question)
    assert isinstance(refusal, Refusal)
    elsewhere = for_target(question, "3.12", "linux")
    assert elsewhere is not None
    index.files_read.clear()

    prover = Prover(universe, question, refusal)

    assert is_refused_as_known(prover, elsewhere) == is_refused
    assert not index.files_read
