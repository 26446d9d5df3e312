"""Click has just the options of the table, and the table's values are the types'."""

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from axletree.builder.sandbox.isolation import Isolation
from axletree.cli import VERBS, group
from axletree.commands.line.arguments import ARGUMENTS
from axletree.commands.line.option import (
    Argument,
    Option,
)
from axletree.commands.line.table import (
    OPTIONS,
)
from axletree.commands.options.lock_forms import FormName
from axletree.config import IndexStrategy
from axletree.resolver.model.question import Preference
from axletree.server.serving.serve import DEFAULT_WORKERS
from axletree.server.watching.access_log import AccessLog
from tests.support.command_line import CommandLine


def command(verb: str) -> click.Command:
    found = group.get_command(click.Context(group), verb)
    assert found is not None
    return found


def declared(option: Option) -> dict[str, object]:
    default = {"flag": False, "count": 0}.get(option.kind, option.default)
    return {
        "names": option.spellings,
        "to": option.to,
        "help": option.help,
        "metavar": option.metavar,
        "is_repeated": option.is_repeated,
        "is_flag": option.kind == "flag",
        "is_counted": option.kind == "count",
        "default": () if option.is_repeated else default,
        "shows_default": option.shows_default,
        "choices": option.choices,
        "bounds": option.bounds,
    }


def of_click(option: click.Option, values: dict[str, Any]) -> dict[str, object]:
    kind = option.type
    return {
        "names": tuple(option.opts),
        "to": option.name,
        "help": option.help,
        "metavar": option.metavar,
        "is_repeated": option.multiple,
        "is_flag": option.is_flag and not option.count,
        "is_counted": option.count,
        "default": values[option.name or ""],
        "shows_default": bool(option.show_default),
        "choices": tuple(kind.choices) if isinstance(kind, click.Choice) else (),
        "bounds": (kind.min, kind.max)
        if isinstance(kind, click.IntRange) and not option.count
        else (None, None),
    }


def test_every_verb_has_a_row_and_every_row_a_verb() -> None:
    assert tuple(OPTIONS) == tuple(ARGUMENTS) == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_clicks_options_are_those_of_the_table(verb: str) -> None:
    needed = [__file__ for each in ARGUMENTS[verb] if each.is_required]
    values = command(verb).make_context(verb, needed).params
    shown = [
        of_click(each, values)
        for each in command(verb).params
        if isinstance(each, click.Option)
    ]
    assert shown == [declared(option) for option in OPTIONS[verb]]


@pytest.mark.parametrize("verb", VERBS)
def test_clicks_arguments_are_those_of_the_table(verb: str) -> None:
    def of_row(row: Argument) -> tuple[object, ...]:
        nargs = -1 if row.is_repeated else 1
        return (row.to, row.metavar, nargs, row.is_required)

    shown = [
        (each.name, each.metavar, each.nargs, each.required)
        for each in command(verb).params
        if isinstance(each, click.Argument)
    ]
    assert shown == [of_row(row) for row in ARGUMENTS[verb]]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_takes_what_its_row_hands_it(verb: str) -> None:
    callback = command(verb).callback
    assert callback is not None
    handed = {row.to for row in OPTIONS[verb]} | {row.to for row in ARGUMENTS[verb]}
    parameters = inspect.signature(callback).parameters.values()
    named = {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}
    takes_more = any(each.kind is each.VAR_KEYWORD for each in parameters)
    assert named - {"words", "context"} <= handed
    assert takes_more or named - {"words", "context"} == handed


@pytest.mark.parametrize(
    ("verb", "name", "allowed"),
    [
        ("lock", "--prefer", get_args(Preference)),
        ("lock", "--format", get_args(FormName)),
        ("lock", "--index-strategy", get_args(IndexStrategy)),
        ("build", "--isolation", get_args(Isolation)),
        ("serve", "--access-log", get_args(AccessLog)),
    ],
)
def test_choices_are_the_values_of_their_types(
    verb: str, name: str, allowed: tuple[str, ...]
) -> None:
    [row] = [row for row in OPTIONS[verb] if name in row.names]
    assert row.choices == allowed


def test_the_server_has_as_many_workers_as_the_table_says() -> None:
    [row] = [row for row in OPTIONS["serve"] if row.to == "workers"]
    assert row.default == DEFAULT_WORKERS


def test_the_table_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); "
        "import axletree.commands.line.words; "
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    imported = [name for name in ran.stdout.split() if "axletree" not in name]
    assert set(imported) <= {"__future__"}


LINUX = ("--python-version", "3.9", "--python-platform", "linux")
WITH_VALUES = sorted(
    {
        option.names[-1]: verb
        for verb in ("explain", "lock")
        for option in OPTIONS[verb]
        if option.takes_value and not option.choices
    }.items()
)


@pytest.mark.parametrize(("name", "verb"), WITH_VALUES)
@pytest.mark.parametrize(
    "value", ["x" * 5000, "x" * 300 + ".toml", "x/" * 3000, "\udcff"]
)
def test_no_value_ends_a_run_without_a_word_of_what_is_wrong(
    axletree: CommandLine, clash: Path, name: str, verb: str, value: str
) -> None:
    source = () if name == "--universe" else ("--universe", clash)
    words: tuple[str | Path, ...] = (verb, *LINUX, "left", *source, name, value)

    plain, as_json = axletree(*words), axletree(*words, "--json")

    assert plain.code == as_json.code
    assert plain.code in {0, 1, 2, 3}
    assert isinstance(json.loads(as_json.out), dict)
    as_json.out.encode()


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "9999-12-31T23:00:00-14:00",
        "yesterday",
    ],
)
def test_moment_at_an_end_of_all_time_is_no_date(
    axletree: CommandLine, text: str
) -> None:
    ran = axletree("lock", "six", "--exclude-newer", text)
    assert ran.code == 2
    assert f"{text!r} is not a date" in ran.err


def test_moment_is_taken_in_utc(axletree: CommandLine) -> None:
    axletree("init")
    axletree("view", "make", "v", "--exclude-newer", "2026-01-31T00:00:00.5+02:00")
    assert axletree("view", "list").out == "v: as of 2026-01-30T22:00:00.500000Z\n"
