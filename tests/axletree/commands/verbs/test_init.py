"""`axletree init`, and that no verb that only reads makes a wheelhouse."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine

READING = (
    ("lock", "demo"),
    ("explain", "demo"),
    ("why", "demo", "demo"),
    ("snapshot", "demo"),
    ("check", "r.txt"),
    ("audit",),
    ("serve", "--port", "0"),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Say where the wheelhouse of the command line is to be."""
    return tmp_path / "house"


def test_a_wheelhouse_is_made_once_and_stays(axletree: CommandLine, home: Path) -> None:
    made = axletree("init")
    again = axletree("init", "--json")

    assert (made.code, made.out) == (0, "")
    assert made.err == f"made a wheelhouse at {home}\n"
    assert again.document() == {
        "format": "axletree.wheelhouse/1",
        "home": str(home),
        "is_new": False,
        "generation": 0,
    }
    assert "it stays as it is" in axletree("init").err


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_reading_verbs_make_none_and_say_where_there_is_one(
    axletree: CommandLine,
    home: Path,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("r.txt").write_text("demo\n")
    axletree("init")
    mistyped = home.with_name("hous")
    monkeypatch.setenv("AXLETREE_HOME", str(mistyped))

    ran = axletree(*words)

    assert ran.code == 2
    assert f"error: there is no wheelhouse at {mistyped}" in ran.err
    assert "  where: AXLETREE_HOME\n" in ran.err
    assert f"did you mean {home}?" in ran.err
    assert f"AXLETREE_HOME={home} axletree {' '.join(words)}\n" in ran.err
    assert not mistyped.exists()


@pytest.mark.parametrize("words", READING[:5], ids=lambda words: words[0])
def test_where_nobody_has_said_anything_there_is_a_choice(
    axletree: CommandLine, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("r.txt").write_text("demo\n")
    monkeypatch.delenv("AXLETREE_HOME")

    ran = axletree(*words, "--json")

    document: dict[str, Any] = json.loads(ran.out)
    assert (ran.code, document["reference"]) == (2, "no-source")
    [ask, fill] = document["commands"]
    assert ask["command"] == f"axletree {' '.join(words)} --json --index-url public"
    assert fill["command"].startswith("axletree collect ")
    assert axletree(*ask["command"].split()[1:]).code == 3  # nobody listens there


def test_a_name_given_by_a_settings_file_is_told_by_the_file(
    axletree: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AXLETREE_HOME")
    Path("axletree.toml").write_text('home = "elsewhere"\n')

    ran = axletree("lock", "demo")

    assert ran.code == 2
    assert f"where: home in {Path('axletree.toml').absolute()}" in ran.err


def test_verbs_of_the_wheelhouse_alone_say_how_to_fill_it(
    axletree: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AXLETREE_HOME")

    ran = axletree("serve")

    assert ran.code == 2
    assert "axletree collect -r requirements.txt" in ran.err
    assert "axletree init" in ran.err
