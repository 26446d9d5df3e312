from collections.abc import Mapping
from dataclasses import replace

import pytest
from packaging.version import Version

from axletree.resolver.model.environment import environment_for
from axletree.resolver.queries.comparison import (
    Comparison,
    Opinion,
    Outcome,
    ToolVersions,
    comparison_text,
    comparison_to_json,
)
from tests.support.answers import make_pin, make_resolution, name
from tests.support.schemas import validate

TOOL = ToolVersions(pip_tools="7.6.2", pip="26.3", python="3.9.18")
ENVIRONMENT = environment_for("3.9", "linux")
OURS = make_resolution(make_pin("one", "1"), make_pin("two", "2"))


def compared(
    outcome: Outcome,
    pins: Mapping[str, str] | None = None,
    *,
    is_solved: bool = True,
    said: tuple[str, ...] = (),
) -> Comparison:
    versions = {name(project): Version(v) for project, v in (pins or {}).items()}
    opinion = Opinion(outcome=outcome, tool=TOOL, pins=versions, said=said)
    exact = OURS if is_solved else None
    return Comparison(environment=ENVIRONMENT, opinion=opinion, exact=exact)


def test_the_same_pins_agree_pin_by_pin() -> None:
    assert comparison_text(compared("resolved", {"one": "1.0", "two": "2"})) == (
        "pip-compile 7.6.2 (pip 26.3, Python 3.9.18) finds a solution for "
        "Python 3.9 on linux: 2 projects.\n"
        "The exact engine agrees, pin by pin.\n"
        "What pip-compile pins:\n"
        "  one 1.0\n"
        "  two 2\n"
    )


def test_pins_that_differ_stand_one_to_a_line() -> None:
    text = comparison_text(compared("resolved", {"one": "2", "three": "3"}))

    assert text.splitlines()[1:5] == [
        "The exact engine agrees that there is one; 3 pins differ:",
        "  one: pip-compile 2, exact 1",
        "  three: pip-compile 3, exact none",
        "  two: pip-compile none, exact 2",
    ]


def test_two_refusals_agree_in_pip_s_words() -> None:
    said = ("Cannot install one==1 and two==2", "x" * 1000)
    text = comparison_text(compared("conflict", is_solved=False, said=said))

    lines = text.splitlines()
    assert lines[1] == "  Cannot install one==1 and two==2"
    assert len(lines[2]) < 320
    assert lines[3:] == ["The exact engine agrees: there is none."]


def test_a_refusal_of_what_has_a_solution_is_a_disagreement() -> None:
    text = comparison_text(compared("conflict"))
    assert text.endswith("The exact engine disagrees: it finds one with 2 projects.\n")


def test_pins_of_what_has_no_solution_come_with_the_rules_they_break() -> None:
    comparison = replace(
        compared("resolved", {"one": "1"}, is_solved=False),
        objections=("one 1 is chosen, but <1 is required",),
    )

    assert comparison_text(comparison).splitlines()[1:4] == [
        "The exact engine disagrees: it finds none.",
        "By the exact engine's rules the pins of pip-compile are no solution:",
        "  one 1 is chosen, but <1 is required",
    ]


def test_giving_up_is_no_opinion() -> None:
    comparison = compared("gave-up", said=("the search is too deep for pip",))

    assert comparison.agree is None
    assert comparison_text(comparison).endswith(
        "gives up for Python 3.9 on linux:\n"
        "  the search is too deep for pip\n"
        "So the two cannot be compared: the exact engine finds one with 2 projects.\n"
    )


@pytest.mark.parametrize(
    ("comparison", "agree", "is_solvable"),
    [
        (compared("resolved", {"one": "1"}), True, True),
        (compared("resolved", {"one": "1"}, is_solved=False), False, False),
        (compared("conflict"), False, False),
        (compared("conflict", is_solved=False), True, False),
        (compared("gave-up"), None, False),
    ],
)
def test_only_two_solutions_are_a_solution(
    comparison: Comparison,
    agree: bool | None,  # noqa: FBT001  a column of the table
    is_solvable: bool,  # noqa: FBT001  as above
) -> None:
    document = validate(comparison_to_json(comparison), "second-opinion")

    assert comparison.is_solvable is is_solvable
    assert document["agree"] is agree


def test_json_lists_what_differs() -> None:
    document = comparison_to_json(compared("resolved", {"one": "2"}))

    assert validate(document, "second-opinion")["differences"] == [
        {"name": "one", "pip_compile": "2", "exact": "1"},
        {"name": "two", "pip_compile": None, "exact": "2"},
    ]
