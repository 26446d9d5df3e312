"""Phrases from texts: one, two and many are said differently."""

from collections.abc import Sequence

import pytest

from axletree.resolver.conflicts import phrases


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ((), "(no version)"),
        (("1",), "1"),
        (("2", "1"), "1 and 2"),
        (("3", "2", "1"), "1 … 3 (3 versions)"),
    ],
)
def test_versions_are_named_from_the_oldest(versions: Sequence[str], said: str) -> None:
    assert phrases.version_span(versions) == said


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([["2", "1"], ["9"]], "1, 2 and 9"),
        ([["3", "2", "1"], ["7", "6", "5"]], "1 … 3 (3 versions) and 5 … 7 (3 versions)"),
        ([["1"], ["3"], ["7", "6", "5"], ["9"]], "1, 3 and 4 more up to 9"),
    ],
)  # fmt: skip
def test_a_span_is_said_of_each_run_and_of_no_more_than_some(
    runs: Sequence[Sequence[str]], said: str
) -> None:
    assert phrases.span_text(runs, 3) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "a==1"),
        (2, "a==2 or a==1"),
        (4, "a==4 or a==3 or a==2 or a==1"),
        (5, "a, each another version (a==1 … a==5)"),
    ],
)
def test_up_to_four_demands_are_spelled_out(count: int, said: str) -> None:
    texts = [f"a=={number}" for number in range(count, 0, -1)]

    assert phrases.demand_text("a", texts) == said


def test_one_requires_and_several_require() -> None:
    assert phrases.requires("app", [["1"]], "lib<2") == "app 1 requires lib<2"
    assert phrases.requires("app", [["2", "1"]], "lib") == "app 1 and 2 require lib"
    assert phrases.edge_label("app", [["1"], ["3"]], "lib") == "app 1 and 3: lib"


def test_a_base_pins_and_a_user_constrains() -> None:
    assert phrases.who_constrains(is_base=True) == "the base pins"
    assert phrases.who_constrains(is_base=False) == "you constrain"


def test_what_is_not_there_is_named_with_what_is() -> None:
    nothing = ", but there is no such version here"
    assert phrases.no_such_version("lib>3", None) == nothing
    assert phrases.no_such_version("lib>3", "3") == f"{nothing}; the newest is 3"
    assert phrases.out_of_reach("lib", ["2"]) == ", but there is only lib 2"
    assert phrases.absence("lib", is_known=True) == "lib has no distribution files"
    assert phrases.absence("lib", is_known=False).startswith(
        "there is no project named"
    )


def test_as_of_a_day_nothing_is_said_of_later_ones() -> None:
    said = phrases.no_such_version("lib>3", "3", "2024-01-01")
    absent = phrases.absence("lib", is_known=False, day="2024-01-01")

    assert said == (", but as of 2024-01-01 there is no lib>3; the newest then was 3")
    assert absent.startswith("as of 2024-01-01 there is no project named lib")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (1, "; left out of its page: f0 (odd)"),
        (6, f"; left out of its page: {', '.join(f'f{n} (odd)' for n in range(5))}, 1 more"),
        (5, f"; left out of its page: {', '.join(f'f{n} (odd)' for n in range(5))}"),
    ],
)  # fmt: skip
def test_up_to_five_files_that_were_left_out_are_named(count: int, said: str) -> None:
    assert phrases.left_out([(f"f{n}", "odd") for n in range(count)]) == said


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([">=3.9"], ">=3.9"),
        ([">=3.9", ">=3.10"], ">=3.9 or >=3.10"),
        ([">=3.9", ">=3.10", ">=3.11"], ">=3.9, >=3.10 or >=3.11"),
        ([">=3.6,<4", ">=3.7", ">=3.8"], ">=3.6,<4 or >=3.7 or >=3.8"),
    ],
)
def test_alternatives_are_told_apart(texts: list[str], said: str) -> None:
    assert phrases.one_of(texts) == said
