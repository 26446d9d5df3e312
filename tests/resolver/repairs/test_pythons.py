"""Another Python: the nearest that works, and what is asked anew for it."""

from functools import partial

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Question, ask, for_target
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.support.repairs import has_its_repairs
from tests.support.sdist_index import SDIST, Index, make, repairer


def test_another_python_asks_sdists_anew() -> None:
    """The one that is turned to refuses, and the next one after it does not."""
    sdist = make(SDIST, "1", 3)
    answers: dict[str, MetadataAnswer] = {
        sdist.filename: FileMetadata(requires_dist=(), requires_python="<3.9")
    }
    index = Index([sdist], answers)
    turned: list[str] = []

    def turn(other: Question) -> None:
        turned.append(other.environment.python_version)
        lines = ("absent",) if other.environment.python_version == "3.8" else ()
        answers[sdist.filename] = FileMetadata(
            requires_dist=lines, requires_python="<3.9"
        )

    question = ask([parse_requirement("app")], environment_for("3.9", "linux"))
    asking = repairer(index, question)
    asking.for_target = partial(for_target, question)
    asking.turn = turn

    [repair] = asking.repairs()

    assert repair.text == "use Python 3.7 instead of 3.9"
    assert turned[-1] == "3.9"


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/each_file_falls_by_its_own_reason",
        "conflicts/kfserving_ray_python",
        "conflicts/tensorflow_names_its_pythons",
        "conflicts/fairing_kfp",
        "repairs/a_python_with_the_lock_is_the_nearest",
    ],
)
def test_another_python_is_told_where_it_helps(name: str) -> None:
    has_its_repairs(name)
