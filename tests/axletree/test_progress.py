"""Long work on a terminal and in a pipe, without a terminal and without waiting."""

import io
import time
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from rich.console import Console as RichConsole

from axletree.drawing import Drawing
from axletree.progress import Progress, Rate
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import safe_name


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def drawn(
    clock: Clock, *, verbosity: int = 0, is_terminal: bool = True, every_s: float = 60
) -> tuple[Progress, io.StringIO]:
    written = io.StringIO()
    drawing = Drawing()
    drawing.width = 60
    drawing.rich = RichConsole(
        file=written, force_terminal=is_terminal, width=60, _environ={"TERM": "xterm"}
    )
    progress = Progress(drawing, verbosity=verbosity, every_s=every_s, clock=clock)
    return progress, written


def arriving(name: str, size_bytes: int | None) -> DistributionFile:
    return DistributionFile(
        project=canonicalize_name(name),
        filename=safe_name(f"{name}-1-py3-none-any.whl"),
        version="1",
        kind="wheel",
        size_bytes=size_bytes,
    )


def test_downloads_are_counted_with_their_rate(clock: Clock, tmp_path: Path) -> None:
    progress, _ = drawn(clock)
    one, two = arriving("one", 4_000_000), arriving("two", 20_000_000)
    whole = tmp_path / "one"
    whole.write_bytes(bytes(4_000_000))

    progress.bringing([one, two])
    progress.downloading(one, 1_000_000)
    clock.now += 2
    progress.downloaded(one, whole)
    progress.downloading(two, 5_000_000)

    assert progress.line == (
        "downloading: 1 of 2 files, 9 MB of 24 MB, 4.5 MB/s: two-1-py3-none-any.whl"
    )


def test_no_more_files_arrive_than_are_on_their_way(
    clock: Clock, tmp_path: Path
) -> None:
    """A build's requirements are brought while the last files still come."""
    progress, _ = drawn(clock)
    early, late = arriving("early", 4_000_000), arriving("late", 2_000_000)
    whole = tmp_path / "early"
    whole.write_bytes(bytes(4_000_000))

    progress.bringing([early])
    progress.bringing([late])
    progress.downloading(early, 3_000_000)
    progress.downloaded(early, whole)

    assert progress.line.startswith("downloading: 0 of 1 file, 0 B of 2 MB")


def test_what_the_index_does_not_say_is_not_shown(clock: Clock) -> None:
    progress, _ = drawn(clock)
    one = arriving("one", None)

    progress.bringing([one])
    progress.downloading(one, 1_500_000)

    assert progress.line == ("downloading: 0 of 1 file, 1.5 MB: one-1-py3-none-any.whl")


def test_reading_is_counted_with_its_rate(clock: Clock) -> None:
    progress, _ = drawn(clock)

    progress.reading_round(pages=0, metadata=90, projects=7)
    progress.reading("metadata", done=1, total=90)
    clock.now += 2
    progress.reading("metadata", done=61, total=90)

    assert progress.line == (
        "resolving: 7 projects decided, reading metadata: 61 of 90, 30/s"
    )


def test_repairs_are_counted_as_they_are_found(clock: Clock) -> None:
    progress, _ = drawn(clock)

    progress.proving("one 2")
    assert progress.line == "trying one 2"
    progress.repairing(found=0)
    progress.proving("one 2")
    assert progress.line == "looking for repairs: trying one 2"
    progress.repairing(found=1)
    progress.proving("two 3")
    assert progress.line == "looking for repairs, 1 found: trying two 3"


def test_what_takes_long_says_how_long(clock: Clock) -> None:
    progress, _ = drawn(clock)

    progress.announce("building one-1.tar.gz (1 of 2)")
    clock.now += 41

    assert progress.line == "building one-1.tar.gz (1 of 2), 41 s"


def test_a_terminal_has_one_line_that_fits(clock: Clock) -> None:
    progress, written = drawn(clock)

    with progress:
        progress.step("building " + 20 * "a-long-name" + "\x1b[31m")
        text = progress.__rich__().plain

    assert len(text) < 60
    assert text.endswith("...")
    assert "\x1b[31m" not in written.getvalue()
    assert written.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")


def test_no_name_begins_a_line_of_its_own(clock: Clock) -> None:
    progress, written = drawn(clock, verbosity=1, is_terminal=False)

    progress.counting("checked", done=1, total=2, what="a\n::error::b\n")

    assert written.getvalue() == "checked: 1 of 2: a\\n::error::b\n"


def test_a_pipe_has_a_line_now_and_then(clock: Clock) -> None:
    progress, written = drawn(clock, is_terminal=False, every_s=0.01)

    with progress:
        progress.reading("pages", done=3, total=9)
        while "\n" not in written.getvalue():
            time.sleep(0.005)

    assert set(written.getvalue().splitlines()) <= {"working", "reading pages: 3 of 9"}


def test_a_pipe_names_builds_at_once_and_nothing_else(clock: Clock) -> None:
    progress, written = drawn(clock, is_terminal=False)

    with progress:
        progress.step("asking one-1.tar.gz for its metadata")
        progress.announce("building one-1.tar.gz")

    assert written.getvalue() == "building one-1.tar.gz\n"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_who_wants_it_quiet_has_it_quiet(clock: Clock, *, is_terminal: bool) -> None:
    progress, written = drawn(clock, verbosity=-1, is_terminal=is_terminal, every_s=0)

    with progress:
        progress.announce("building one-1.tar.gz")
        progress.note("a note")

    assert written.getvalue() == ""


def test_a_rate_is_that_of_the_last_seconds(clock: Clock) -> None:
    rate = Rate(clock)

    assert rate.see(0) == 0
    for _ in range(100):
        clock.now += 1
        rate.see(0)
    for amount in range(10, 150, 10):
        clock.now += 1
        rate.see(amount)
    clock.now += 1

    assert rate.see(150) == 10
