"""Help fits a page, shows what is asked for first, and leaves nothing out at the end."""

import shlex
from pathlib import Path

import click
import pytest

from axletree.cli import VERBS, group
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.verb_texts import (
    GROUPS,
    START,
    TEXTS,
)
from axletree.commands.line.words import joined
from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_fits_a_page(axletree: CommandLine, verb: str) -> None:
    lines = axletree(verb, "--help").out.splitlines()

    assert len(lines) <= 80
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_all_options_are_shown_in_the_end_and_the_verb_s_own_first(
    axletree: CommandLine, verb: str
) -> None:
    short = axletree(verb, "--help").out
    whole = axletree(verb, "--help-all").out

    for option in OPTIONS[verb]:
        assert f"{', '.join(option.names)}" in whole
        assert option.is_rare or ", ".join(option.names) in short
    titles = [line for line in short.splitlines() if line[:1].isupper()]
    assert titles[1] == "Examples:"
    assert titles[-1] == ("Output:" if verb != "docs" else "Options:")
    assert short.rstrip().endswith(f"axletree docs {verb} says more.")
    assert " 1 more options" not in short
    assert "more option" in short or all(not option.is_rare for option in OPTIONS[verb])


@pytest.mark.parametrize("verb", VERBS)
def test_examples_are_understood(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[4])
    assert len(TEXTS[verb].examples) == 2
    for line in (*TEXTS[verb].examples, *(line for line, _ in START)):
        words = [word for word in shlex.split(line) if "AXLETREE_HOME=" not in word]
        assert words.pop(0) == "axletree"
        words = list(joined(words))
        command = group.get_command(click.Context(group), words[0])
        assert command is not None
        existing = {"dist/": "docs", "ours-1.0-py3-none-any.whl": "README.md"}
        existing |= dict.fromkeys(
            ("recipes/", "ours.toml", "recipes/ours.toml"), "README.md"
        )
        given = [existing.get(word, word) for word in words[1:]]
        assert command.make_context(words[0], given).params or not OPTIONS[words[0]]


def test_the_list_of_verbs_is_whole_and_imports_none(axletree: CommandLine) -> None:
    ran = axletree("--help")

    shown = {verb.partition(" ")[0] for verb in VERBS}
    assert sorted(verb for verbs in GROUPS.values() for verb in verbs) == sorted(shown)
    assert all(f"  {verb} " in ran.out for verb in shown)
    assert "Start here:" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
