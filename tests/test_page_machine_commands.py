"""Commands that change a machine are run by no test: they are read instead.

Each is parsed by a shell, and each option is one that the program's own help has. That of
Axletree is asked in this process.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click
import pytest

from axletree.cli import group
from tests.support.page_session import words_of
from tests.support.pages import PAGES, blocks

ROOTED = ("sudo", "docker", "systemctl", "journalctl")
_ASSIGNED = re.compile(r"\w+=.*")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")


def commands() -> list[str]:
    return [
        command.text
        for page in PAGES
        for block in blocks(page)
        for command in block.commands
        if words_of(command.text)[:1] and words_of(command.text)[0] in ROOTED
    ]


def parts(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Take a command apart: each program with its own words, that of sudo first."""
    words = list(words)
    while words and _ASSIGNED.fullmatch(words[0]):
        words.pop(0)
    inner = next(
        (n for n, w in enumerate(words[1:], 1) if begins_inner(words, n, w)), 0
    )
    if not inner:
        yield tuple(words)
        return
    yield tuple(words[:inner])
    yield from parts(words[inner:])


def begins_inner(words: Sequence[str], number: int, word: str) -> bool:
    """Tell whether a program begins that another one starts."""
    if words[0] == "sudo":
        return not word.startswith("-") and words[number - 1] != "-u"
    # The image's program is ours, and so is what runs in a container.
    is_run = words[:2] in (["docker", "run"], ["docker", "exec"])
    return is_run and word == "axletree"


@cache
def help_of(*program: str) -> str:
    done = subprocess.run(
        [*program, "--help"], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


def help_for(words: Sequence[str]) -> str | None:
    """Get the help of a program as it is called; None: it is not on this machine."""
    name = Path(words[0]).name
    if name in {"python3", "pip"}:
        module = ["-m", words[2]] if words[1:2] == ["-m"] else ["-m", "pip", words[1]]
        return help_of(sys.executable, *module)
    if shutil.which(name) is None:
        return None
    return help_of(name, *(words[1:2] if name == "docker" else ()))


def unknown_options(words: Sequence[str]) -> list[str]:
    options = [w.partition("=")[0] for w in words[1:] if _OPTION.match(w)]
    if Path(words[0]).name == "axletree":
        # An image with an entry point takes the verb as its first word.
        context = click.Context(group)
        command = group.get_command(context, words[1])
        assert command is not None, words
        known = {o for p in command.get_params(context) for o in p.opts}
        return [option for option in options if option not in known]
    told = help_for(words)
    if told is None:
        return []
    known = set(_OPTION.findall(told))
    return [option for option in options if option not in known and option != "-m"]


@pytest.mark.parametrize("command", commands())
def test_a_command_that_takes_root_is_one_that_its_programs_take(command: str) -> None:
    parsed = subprocess.run(
        ["bash", "-n", "-c", command], capture_output=True, text=True, check=False
    )
    assert (parsed.returncode, parsed.stderr) == (0, "")
    assert [unknown_options(part) for part in parts(words_of(command))] == [
        [] for _ in parts(words_of(command))
    ]


def test_there_are_such_commands_and_a_wrong_option_is_found() -> None:
    assert len(commands()) > 5
    words = ("sudo", "-u", "me", "A=b", "/opt/bin/axletree", "add", "--quick", "x")
    assert [unknown_options(part) for part in parts(words)] == [[], ["--quick"]]
