"""What breaks modules breaks them, one place at a time, and tells which lines ran."""

import ast

import pytest

from tests.support.mutations import RAN, broken, mutations, recorded

SOURCE = """\
def judge(number, found):
    if number > 2:
        found.append(number)
        return "large"
    if number == 2 and found:
        return "two"
    return None
"""


def judged(tree: ast.Module, number: int) -> tuple[object, list[object]]:
    lines: list[object] = []
    names: dict[str, object] = {RAN: lines.append}
    exec(compile(tree, "judge", "exec"), names)  # noqa: S102  the source above
    found: list[object] = [0]
    judge = names["judge"]
    assert callable(judge)
    return (judge(number, found), *found), lines


def test_each_place_that_can_be_broken_changes_what_comes_out() -> None:
    told = [judged(ast.parse(SOURCE), number) for number in (1, 2, 3)]
    places = mutations(SOURCE)

    assert {place.kind for place in places} == {
        "condition turned round",
        "comparison changed",
        "and/or changed",
        "return dropped",
        "call dropped",
    }
    for place in places:
        changed = [judged(broken(SOURCE, place), number) for number in (1, 2, 3)]
        assert changed != told, place


@pytest.mark.parametrize(("number", "lines"), [(1, [2, 5, 7]), (3, [2, 3, 4])])
def test_the_lines_that_ran_are_told(number: int, lines: list[int]) -> None:
    assert judged(recorded(SOURCE), number)[1] == lines


def test_of_a_module_of_numbers_the_numbers_are_broken() -> None:
    source = "FIRST = 0\nNAME = 'x'\nSECOND = 1\n"
    places = mutations(source)

    assert [place.line for place in places] == [1, 3]
    assert ast.unparse(broken(source, places[1])).splitlines()[2] == "SECOND = 2"
