"""The repair by asking every index: where one was not asked, and has what is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.strategies import AllIndexes
from axletree.resolver.universe.sparing import SparingUniverse
from tests.support.sdist_index import WHEEL, Index, make, repairer


@dataclass
class First(Index):
    """An index that has a project, so that another one is not asked for it."""

    unasked: tuple[str, ...] = ("second",)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        found = super().pages(projects)
        return {
            name: page and replace(page, unasked=self.unasked)
            for name, page in found.items()
        }


def repairs_of(first: Index, every: Index) -> list[Repair]:
    question = ask([parse_requirement("app==2")], environment_for("3.9", "linux"))
    asking = repairer(first, question)
    universe = SparingUniverse(every)
    asking.all_indexes = AllIndexes(universe=universe, names=("first", "second"))
    return [each for each in asking.repairs() if each.kind == "index-strategy"]


def test_an_index_that_was_not_asked_and_has_it_is_a_repair() -> None:
    old, new = make(WHEEL, "1", 1), replace(make(WHEEL, "2", 2), index_rank=1)

    [repair] = repairs_of(First([old]), Index([old, new]))

    assert repair.text == ("ask every index for every project: app 2 comes from second")


def test_where_it_does_not_help_it_is_none() -> None:
    old = make(WHEEL, "1", 1)

    assert repairs_of(First([old]), Index([old])) == []


def test_where_every_index_was_asked_it_is_not_tried() -> None:
    old, new = make(WHEEL, "1", 1), make(WHEEL, "2", 2)

    assert repairs_of(First([old], unasked=()), Index([old, new])) == []
