"""The commands of README and docs do what their pages say.

Each page's commands are run in their order in a sandbox of its own. An output that the
page shows is compared (tests/support/page_output.py says what may be left out or vary);
a command fails only where its block says so, by `exit=1`.

`python -m tests.page_outputs PAGE` writes the outputs into a page.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.page_fixtures import (
    NOT_RUN,
    SANDBOXES,
    Sandbox,
    reason_not_to_run,
)
from tests.support.page_output import LEFT_OUT, is_as_shown, varying
from tests.support.page_sandboxes import sandbox_of
from tests.support.page_session import Printed, Session
from tests.support.pages import PAGES, Block, Command, blocks

MOST_NOT_RUN = 12


def pages_with_commands() -> list[object]:
    """List the pages, each with those that go on where it ends."""
    return [
        pytest.param(
            [page, *(other for other in PAGES if fixture(other).goes_on_from == page)],
            marks=marks_of(page),
            id=page,
        )
        for page in PAGES
        if any(blocks(page)) and not fixture(page).goes_on_from
    ]


def fixture(page: str) -> Sandbox:
    return SANDBOXES.get(page, Sandbox())


def marks_of(page: str) -> list[pytest.MarkDecorator]:
    is_public = fixture(page).index == "public"
    return [pytest.mark.slow, *([pytest.mark.public_index] if is_public else [])]


@pytest.mark.parametrize("pages", pages_with_commands())
def test_commands_of_a_page_print_what_it_shows(
    pages: Sequence[str], tmp_path: Path
) -> None:
    first, *others = pages
    with sandbox_of(first, tmp_path) as session:
        run_page(session, first)
        for page in others:
            run_unseen(session, *fixture(page).on_the_way)
            run_page(session, page)


def run_page(session: Session, page: str) -> None:
    last = Printed(lines=(), code=0, is_of_here=False)
    for block in blocks(page):
        for command in block.commands:
            last = run(session, block, command) or last
            run_unseen(session, *fixture(page).after_each)
        if block.printed:
            said = "\n".join([f"{block.place}: not in", *last.lines])
            around = (LEFT_OUT, *block.printed, LEFT_OUT)
            assert is_shown(block, around, last), said


def run_unseen(session: Session, *commands: str) -> None:
    for command in commands:
        printed = session.run(command)
        assert printed.code == 0, "\n".join([command, *printed.lines])


def run(session: Session, block: Block, command: Command) -> Printed | None:
    if reason_not_to_run(command):
        return None
    printed = session.run(command.text)
    said = "\n".join([f"{block.place}: {command.text}", *printed.lines])
    is_last = command is block.commands[-1]
    assert printed.code == (expected_code(block) if is_last else 0), said
    assert command.output is None or is_shown(block, command.output, printed), said
    return printed


def is_shown(block: Block, shown: Sequence[str], printed: Printed) -> bool:
    return is_as_shown(
        shown,
        printed.lines,
        varies=varying(block.marks),
        by_words=printed.is_of_here,
    )


def expected_code(block: Block) -> int:
    codes = [
        int(mark.removeprefix("exit="))
        for mark in block.marks
        if mark.startswith("exit=")
    ]
    return codes[0] if codes else 0


def test_what_is_not_run_is_little_and_is_there() -> None:
    left_out = [
        command.text
        for page in PAGES
        for block in blocks(page)
        for command in block.commands
        if reason_not_to_run(command)
    ]
    for words in NOT_RUN:
        assert any(text.startswith(words) for text in left_out), words
    assert len(NOT_RUN) <= MOST_NOT_RUN
    assert set(SANDBOXES) <= set(PAGES)
