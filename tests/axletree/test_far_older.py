"""Over an index, what is far older than what was asked for is left unread, and said."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.index_server import serving
from tests.support.wheels import make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")
NOTE = "versions that are far older than what you ask for are not read"


@pytest.mark.parametrize(("year", "is_far"), [("2015", True), ("2021", False)])
def test_where_nothing_helps_it_is_said_that_older_ones_were_not_tried(
    axletree: CommandLine, tmp_path: Path, year: str, *, is_far: bool
) -> None:
    with serving() as index:
        for version, requires, uploaded in (
            ("1", [], year),
            ("3", ["gone"], "2022"),
        ):
            wheel = make_wheel(tmp_path, "app", version, requires_dist=requires)
            published = index.publish("app", wheel)
            published.upload_time = f"{uploaded}-01-01T12:00:00.000000Z"

        ran = axletree("explain", "app==3", "-i", index.url, *TARGET)

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert (NOTE in said) is is_far
    assert ("use app 1 instead of app==3" in said) is not is_far
