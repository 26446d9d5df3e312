"""A check in lines, whatever a file is called."""

import pytest

from axletree.resolver.reports.check_text import check_report
from axletree.resolver.reports.lines import to_text
from tests.support.checks import (
    HOSTILE_NAMES,
    refused,
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_breaks_the_lines_of_the_report(name: str) -> None:
    plain = to_text(check_report([refused("a.txt")], width=300)).count("\n")
    assert to_text(check_report([refused(name)], width=300)).count("\n") == plain
