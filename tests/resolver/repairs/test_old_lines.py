"""An override for each line of old metadata is a repair, and an irreducible one."""

from collections.abc import Sequence

import pytest

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.old_lines import OldLineRepairs
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.answers import make_file, make_root
from tests.support.sdist_index import Index

OLD = ["lib (>=1.*)", "odd (>dev) ; python_version > '3'"]


def mended(*roots: str, lines: Sequence[str] = OLD) -> list[Repair]:
    files = [
        f"{name}-{version}-py3-none-any.whl"
        for name, version in (("app", 1), ("app", 2), ("lib", 1), ("odd", 1))
    ]
    metadata = FileMetadata(requires_dist=tuple(lines))
    answers = dict.fromkeys(files[:2], metadata)
    memo = MemoUniverse(Index(list(map(make_file, files)), answers, is_frozen=True))
    question = ask(map(make_root, roots), environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    return list(OldLineRepairs(Prover(memo, question, refusal)).find())


def test_each_line_has_its_override_and_the_newest_release_is_mended() -> None:
    [repair] = mended("app")

    assert repair.changes == ("app:lib>=1", "app:odd")
    assert {pin.name: str(pin.version) for pin in repair.resolution.pins} == {
        "app": "2",
        "lib": "1",
        "odd": "1",
    }
    assert repair.claim == "irreducible"


def test_the_release_that_is_asked_for_is_mended() -> None:
    [repair] = mended("app==1")

    assert "app 1 by overrides: app:lib>=1, app:odd" in repair.text


@pytest.mark.parametrize(
    "lines", [["lib (>=2.*)"], ["lib (>=1.*)", "never a requirement"], ["a b c"]]
)
def test_what_an_override_does_not_mend_is_no_repair(lines: Sequence[str]) -> None:
    assert mended("app", lines=lines) == []
