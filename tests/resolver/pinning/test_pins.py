"""Pins: which file, whose wish, and that no wrong answer leaves."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.model.answers import Counters, Resolution
from axletree.resolver.model.distribution import UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.origins import Origin, Requirer
from axletree.resolver.model.question import Question, ask
from axletree.resolver.pinning.pins import read_resolution
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from tests.property.case import root

COUNTERS = Counters(rounds=7)
WHEEL, SDIST = "base-2-py3-none-any.whl", "base-2.tar.gz"


def universe() -> Universe:
    def file(name: str, *lines: str) -> dict[str, object]:
        return {
            "filename": name,
            "metadata": {"requires_dist": list(lines), "provides_extra": ["x"]},
        }

    return universe_from_json(
        {
            "format": "axletree.universe/1",
            "projects": {
                "app": [file("app-1-py3-none-any.whl", "base[x]>=1")],
                "base": [file(SDIST), file(WHEEL), file("base-1-py3-none-any.whl")],
            },
        }
    )


def question(*texts: str) -> Question:
    return ask(map(root, texts), environment_for("3.9", "linux"))


def read(asked: Question, *, refused_file: str = "") -> Resolution:
    """Decide, and read what was decided; of a file that is not valid any more."""
    seen = universe()
    memo = MemoUniverse(seen)
    resolver = Resolver(memo)
    inquiry = resolver.search(asked)
    decisions = resolver.run(inquiry)
    assert decisions is not None
    for file in memo.metadata_of:
        if file.filename == refused_file:
            memo.metadata_of[file] = UnusableMetadata(reason="it is broken")
    return read_resolution(inquiry, decisions, lambda: None, COUNTERS)


def test_a_pin_has_the_best_file_and_beside_it_all_that_can_be_used() -> None:
    [pin] = read(question("base")).pins

    assert (pin.name, str(pin.version)) == ("base", "2")
    assert [file.filename for file in pin.files] == [WHEEL, SDIST]
    assert pin.file == pin.files[0]


def test_a_pin_says_who_asked_for_it_and_for_which_extras() -> None:
    app, base = read(question("app", "base<3")).pins

    assert [type(each) for each in app.requested_by] == [Origin]
    assert app.extras == ()
    assert set(base.requested_by) == {Origin(), Requirer(NormalizedName("app"), "1")}
    assert base.extras == ("x",)


def test_what_was_counted_is_told_with_the_answer() -> None:
    answer = read(question("app"))

    assert answer.counters == COUNTERS
    assert (answer.lags, answer.has_skipped, list(answer.notes)) == ((), False, [])


def test_what_was_decided_without_valid_metadata_is_refused() -> None:
    with pytest.raises(TypeError, match="base 2 was decided without valid metadata"):
        read(question("base"), refused_file=WHEEL)


def test_what_the_checker_refuses_is_no_answer() -> None:
    resolver = Resolver(MemoUniverse(universe()))
    inquiry = resolver.search(question("base"))
    decisions = resolver.run(inquiry)
    assert decisions is not None
    stricter = replace(inquiry, question=question("base<2"))

    with pytest.raises(AssertionError, match="the checker refuses the search's answer"):
        read_resolution(stricter, decisions, lambda: None, COUNTERS)
