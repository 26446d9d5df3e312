"""What is noted of roots that an answer leaves behind."""

import pytest
from packaging.version import Version

from axletree.resolver.model.answers import Resolution, RootLag
from axletree.resolver.pinning.lag_notes import sentence
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.answers import name as project
from tests.support.scenarios import NAMES, load_scenario

NOTED = [name for name in NAMES if load_scenario(name).expected.notes is not None]


@pytest.mark.parametrize("name", NOTED)
def test_the_notes_are_those_of_the_scenario(name: str) -> None:
    scenario = load_scenario(name)

    answer = Resolver(MemoUniverse(scenario.universe)).resolve(scenario.question)

    assert isinstance(answer, Resolution)
    assert answer.notes == scenario.expected.notes


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [(1, "days", "1 day"), (2, "days", "2 days"), (1, "releases", "1 release")],
)
def test_one_is_told_from_many(amount: int, unit: str, said: str) -> None:
    lag = RootLag(
        name=project("app"),
        version=Version("1"),
        newest=Version("2"),
        amount=amount,
        unit="days" if unit == "days" else "releases",
    )

    assert sentence(lag) == f"app 1 is {said} behind 2"
