"""The same for other targets: where the universe must be turned, it is turned back."""

from functools import partial

from axletree.resolver.inputs.requirements_files import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask, for_target
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.support.sdist_index import Index, make, repairer


def test_a_universe_is_turned_to_each_target_and_back() -> None:
    wheel = make("app-{}-cp39-cp39-manylinux2014_x86_64.whl", "1", 3)
    answers: dict[str, MetadataAnswer] = {}
    index = Index([wheel], answers)
    question = ask([parse_requirement("app")], environment_for("3.9", "macos"))
    asking = repairer(index, question)
    turned: list[str] = []
    asking.for_target = partial(for_target, question)
    asking.turn = lambda environment: turned.append(environment.label)

    assert [repair.kind for repair in asking.repairs()] == ["platform"]
    assert turned[-2:] == ["Python 3.9 on linux", "Python 3.9 on macos"]
