"""What is said of the cells of a check, without resolving anything."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from axletree.resolver.queries.check import (
    Failure,
    cause,
    exit_code,
)
from axletree.resolver.reports.check_json import check_to_json
from axletree.resolver.reports.check_text import check_report
from axletree.resolver.reports.junit import to_junit
from axletree.resolver.reports.lines import to_text
from tests.support.answers import make_pin, make_resolution
from tests.support.checks import cell, conflict_at
from tests.support.schemas import validate

RESOLUTION = make_resolution(make_pin("six", "1.15.0"))
BROKEN = Failure(
    reference="invalid-requirement",
    what="'=1' is not a requirement: \x1b[31m <none> & \x00",
    where="c.txt, line 2",
    hint="write a name",
    exit_code=2,
)
OUTAGE = replace(BROKEN, reference="index-unreachable", exit_code=3)


def test_an_error_wins_over_a_conflict_and_a_conflict_over_a_solution() -> None:
    fine, bad = cell("a.txt", RESOLUTION), cell("b.txt", conflict_at("b.txt", 1))
    codes = [
        exit_code([fine]),
        exit_code([bad, fine]),
        exit_code([cell("c.txt", BROKEN), bad]),
        exit_code([cell("c.txt", BROKEN), cell("d.txt", OUTAGE), fine]),
    ]
    assert codes == [0, 1, 2, 3]


def test_the_cause_names_what_bears_on_the_contended_project() -> None:
    assert cause(conflict_at("a.txt", 1).conflicts[0]) == (
        "kubeflow-fairing 1.0.2 requires kubernetes==10.0.1, "
        "but kfserving 0.6.1 requires kubernetes>=12.0.0"
    )


def test_a_conflict_of_several_files_is_explained_once_with_all_places() -> None:
    cells = [
        cell("a.txt", conflict_at("a.txt", 3)),
        cell("a.txt", conflict_at("a.txt", 3), "3.8"),
        cell("b.txt", conflict_at("b.txt", 7)),
    ]

    text = to_text(check_report(cells, width=120))

    assert text.count("1. you require kubeflow-fairing==1.0.2") == 1
    assert "(a.txt, line 3 and 1 more)" in text
    assert (
        "a.txt, Python 3.9 on linux:\n"
        "  at a.txt:3\n"
        "a.txt, Python 3.8 on linux:\n"
        "  at a.txt:3\n"
        "b.txt, Python 3.9 on linux:\n"
        "  at b.txt:7\n"
        "No solution for Python 3.9 on linux, Python 3.8 on linux: these 4 facts"
    ) in text


def test_the_table_keeps_the_order_and_the_summary_counts() -> None:
    cells = [
        cell("long-name.txt", BROKEN),
        cell("a.txt", RESOLUTION),
        cell("a.txt", conflict_at("a.txt", 3), "3.10"),
    ]

    lines = to_text(check_report(cells, width=100)).splitlines()

    assert [line[:45] for line in lines[:3]] == [
        "error  long-name.txt  Python 3.9 on linux   '",
        "ok     a.txt          Python 3.9 on linux   1",
        "no     a.txt          Python 3.10 on linux  k",
    ]
    assert lines[-1] == ("1 of 3 has a solution; 1 has none; 1 could not be checked")


def test_only_the_table_of_a_terminal_is_cut() -> None:
    cells = [cell("a.txt", conflict_at("a.txt", 3))]
    said = cause(conflict_at("a.txt", 3).conflicts[0])

    cut = to_text(check_report(cells, width=80, is_cut=True))
    whole = to_text(check_report(cells, width=80))

    assert cut.splitlines()[0].endswith(
        "  kubeflow-fairing 1.0.2 requires kubernetes==…"
    )
    assert len(cut.splitlines()[0]) <= 80
    assert whole.splitlines()[0].endswith(said)
    assert cut.splitlines()[1:] == whole.splitlines()[1:]


def test_where_names_leave_no_room_the_cause_has_its_own_line() -> None:
    cells = [cell("a.txt", conflict_at("a.txt", 3))]

    first, second, *_ = to_text(check_report(cells, width=50, is_cut=True)).splitlines()

    assert first == "no     a.txt  Python 3.9 on linux"
    assert second.startswith("       kubeflow-fairing 1.0.2 requires")
    assert len(second) <= 50


def test_further_conflicts_that_were_not_looked_for_are_told() -> None:
    cut = replace(conflict_at("a.txt", 3), complete=False)
    text = to_text(check_report([cell("a.txt", cut)]))
    assert "a.txt, Python 3.9 on linux: the search for conflicts stopped at 1" in text


def test_every_outcome_is_valid_by_the_schema() -> None:
    cells = [
        cell("a.txt", RESOLUTION),
        cell("b.txt", conflict_at("b.txt", 1)),
        cell("c.txt", OUTAGE),
    ]

    document = validate(check_to_json(cells), "check")

    assert document["satisfiable"] is False
    assert document["summary"] == {"cells": 3, "ok": 1, "conflicts": 1, "errors": 1}


def test_junit_survives_what_xml_may_not_hold() -> None:
    odd = 'a"<&>\x0b.txt'
    cells = [cell(odd, BROKEN), cell(odd, conflict_at(odd, 1)), cell("b", RESOLUTION)]

    suites = fromstring(to_junit(cells))  # noqa: S314  our own

    first, second = suites.findall("testsuite")
    assert first.attrib == {
        "name": 'a"<&>.txt', "tests": "2", "failures": "1", "errors": "1",
        "skipped": "0",
    }  # fmt: skip
    error, failure = first.find("testcase/error"), first.find("testcase/failure")
    assert error is not None
    assert error.get("message") == "'=1' is not a requirement: [31m <none> & "
    assert failure is not None
    assert failure.get("type") == "no-solution"
    assert "4. kfserving 0.6.1 requires kubernetes>=12.0.0" in str(failure.text)
    case = second.find("testcase")
    assert case is not None
    assert case.attrib == {
        "classname": "b", "name": "Python 3.9 on linux", "file": "b"
    }  # fmt: skip
    assert list(case) == []
