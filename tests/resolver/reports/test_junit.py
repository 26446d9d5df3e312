"""JUnit XML, whatever a file is called."""

from xml.etree.ElementTree import fromstring

import pytest

from axletree.resolver.reports.junit import to_junit
from tests.support.checks import (
    CAUSE,
    COMMAND,
    HOSTILE_NAMES,
    known,
    refused,
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_junit_is_xml_whatever_a_file_is_called(name: str) -> None:
    suites = fromstring(to_junit([refused(name)]))  # noqa: S314  our own
    [failure] = suites.iter("failure")
    assert str(failure.text).rstrip().endswith(COMMAND)


def test_junit_skips_what_is_known() -> None:
    suites = fromstring(to_junit([known("a.txt"), refused("b.txt")]))  # noqa: S314  our own

    assert (suites.get("failures"), suites.get("skipped")) == ("1", "1")
    [skipped] = suites.iter("skipped")
    assert skipped.get("message") == f"the baseline has it: {CAUSE}"
