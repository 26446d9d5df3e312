"""Requirement sets by hand: kept, shown, compared, and told of when they break."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist, make_wheel
from tests.wheelhouse.sets.test_gate import breaking

pytestmark = pytest.mark.slow

PY39 = ("--python-version", "3.9", "--python-platform", "linux")


@pytest.fixture
def filled(axletree: CommandLine, tmp_path: Path) -> CommandLine:
    """Fill a wheelhouse: app requires base<2; other stands alone."""
    Path("requirements.txt").write_text("-r base.txt\n--index-url https://x.example\n")
    Path("base.txt").write_text("app  # ours\n")
    axletree(
        "add",
        make_wheel(tmp_path, "app", "1", requires_dist=["base<2"]),
        make_wheel(tmp_path, "base", "1"),
        make_wheel(tmp_path, "other", "1"),
    )
    return axletree


@pytest.fixture
def jupyter(filled: CommandLine) -> CommandLine:
    """Keep a set of it."""
    ran = filled("set", "add", "jupyter", "-r", "requirements.txt", *PY39)
    assert ran.code == 0
    return filled


def test_a_set_is_added_and_shown(filled: CommandLine) -> None:
    ran = filled("set", "add", "jupyter", "-r", "requirements.txt", *PY39)

    assert (ran.code, ran.out) == (
        0,
        "jupyter for Python 3.9 on linux: whole since the set was added, generation 1\n",
    )
    assert "--index-url of the files is left out" in " ".join(ran.err.split())
    shown = filled("set", "show", "jupyter").out
    assert shown.startswith(
        "jupyter, version 1\n  app  # ours\npy39-linux  whole since"
    )
    assert "locked in generation 1: 2 projects" in shown
    document = filled("set", "show", "jupyter", "--json").document("set")
    assert document["requirements"] == "app  # ours\n"
    listed = filled("set", "list")
    assert listed.out == (
        "jupyter  py39-linux  whole since the set was added, generation 1\n"
    )
    filled("set", "list", "--json").document("sets")


def test_a_set_that_has_no_lock_is_kept_as_broken(filled: CommandLine) -> None:
    ran = filled("set", "add", "new", "app", "base>1", *PY39)
    assert ran.code == 1
    assert "new for Python 3.9 on linux: broken since the set was added" in ran.out
    assert "No solution for Python 3.9 on linux" in ran.err
    assert filled("set", "check", "--json").document("set-check")["checks"]
    assert filled("set", "show", "new", "--environment", "py39-linux").code == 1


@pytest.mark.parametrize("form", ["pylock", "requirements", "constraints"])
def test_a_lock_is_printed_in_each_form(jupyter: CommandLine, form: str) -> None:
    asked = ("--environment", "py39-linux", "--format", form)
    ran = jupyter("set", "show", "jupyter", *asked)
    assert ran.code == 0
    wanted = {
        "pylock": 'path = "app-1-py3-none-any.whl"',
        "requirements": "--hash=sha256:",
        "constraints": "base==1",
    }
    assert wanted[form] in ran.out


def test_who_breaks_a_set_is_told_so_and_who_mends_it(jupyter: CommandLine) -> None:
    ran = jupyter("yank", "base", "--reason", "old")
    assert ran.code == 0
    said = " ".join(ran.err.split())
    assert "checking 1 environment of requirement sets that this touches" in said
    assert (
        "jupyter for Python 3.9 on linux: broken since base 1 was yanked: old, "
        "generation 2" in said
    )
    assert jupyter("set", "check").code == 1
    again = jupyter("unyank", "base")
    assert "whole again since base 1 is yanked no more, generation 3" in (
        " ".join(again.err.split())
    )
    assert jupyter("set", "check").code == 0
    assert jupyter("yank", "other").err == ""


CHANGES = {
    "remove": (["remove", "base", "--force"], "base 1 was removed"),
    "withdraw": (["withdraw", "base", "--reason", "bad"], "was withdrawn: bad"),
    "status": (["status", "base", "quarantined"], "base became quarantined"),
    "policy": (["policy", "set", "p.toml"], "the policy p.toml was set"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_by_hand_checks_the_sets_that_it_touches(
    jupyter: CommandLine, change: str
) -> None:
    Path("p.toml").write_text('[[blocked]]\nreleases = "base"\nreason = "bad"\n')
    words, cause = CHANGES[change]
    ran = jupyter(*words)
    assert ran.code == 0
    assert f"broken since {cause}" in " ".join(ran.err.split()) or (
        f"base 1 {cause}" in " ".join(ran.err.split())
    )


def test_a_file_of_a_lock_is_not_removed(jupyter: CommandLine) -> None:
    ran = jupyter("remove", "base")
    assert ran.code == 1
    assert "is in the lock of the requirement set jupyter for py39-linux" in (
        " ".join(ran.err.split())
    )
    gone = jupyter("withdraw", "base", "--reason", "bad", "--json")
    assert gone.document("change")["held_by"] == [
        {
            "set": "jupyter",
            "environment": "py39-linux",
            "filename": "base-1-py3-none-any.whl",
        }
    ]


def test_a_gate_lets_nothing_in_that_breaks_a_set(
    jupyter: CommandLine, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    breaking(new)
    make_wheel(new, "unrelated", "1")

    ran = jupyter("add", new, "--gate")

    assert ran.code == 1
    assert "no project named absent" in " ".join(ran.out.split())
    assert "would break the requirement set jupyter" in " ".join(ran.err.split())
    assert "unrelated" not in jupyter("list").out
    refused = jupyter("add", new, "--gate", "--json").document("error")
    assert refused["reference"] == "breaks-set"
    ran = jupyter("add", new)
    assert ran.code == 0
    assert "base-1-cp39-cp39-linux_x86_64.whl came in, generation 2" in (
        " ".join(ran.err.split())
    )


def test_a_collect_passes_the_gate_whole_or_not_at_all(
    jupyter: CommandLine, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    breaking(new)
    make_wheel(new, "absent", "1")
    make_wheel(new, "user", "1", requires_dist=["base", "unrelated"])
    make_wheel(new, "unrelated", "1")
    asked = ("collect", "user", "base==1", "--no-deps", "-f", new, *PY39, "--gate")

    ran = jupyter(*asked)

    assert ran.code == 1
    assert "would break the requirement set jupyter" in " ".join(ran.err.split())
    assert "user" not in jupyter("list").out
    assert not list((tmp_path / "house" / "incoming").rglob("*.whl"))


def test_what_changed_is_shown(jupyter: CommandLine, tmp_path: Path) -> None:
    jupyter("add", make_wheel(tmp_path, "base", "1.5"))
    assert jupyter("set", "lock", "jupyter", "-U").code == 0
    ran = jupyter("set", "diff", "jupyter")
    assert ran.out == "py39-linux\n  - base==1\n  + base==1.5\n"

    Path("base.txt").write_text("app\nother\n")
    assert jupyter("set", "update", "jupyter", "-r", "requirements.txt").code == 0
    ran = jupyter("set", "diff", "jupyter")
    assert ran.out.splitlines()[:4] == [
        "requirements",
        "  -app  # ours",
        "  +app",
        "  +other",
    ]
    assert "  + other==1" in ran.out
    found = jupyter("set", "diff", "jupyter", "1", "--json").document("set-diff")
    assert (found["from"], found["to"]) == (1, 2)
    assert jupyter("set", "diff", "jupyter", "7").code == 1
    assert jupyter("set", "diff", "jupyter", "x").code == 2
    assert jupyter("set", "update", "jupyter", "-p", "3.11").code == 0
    assert "py311-linux added" in jupyter("set", "diff", "jupyter").out


def test_a_project_is_kept_for_the_pythons_that_it_is_for(
    filled: CommandLine,
) -> None:
    Path("pyproject.toml").write_text(
        '[project]\nname = "ours"\nversion = "1"\nrequires-python = ">=3.9"\n'
        'dependencies = ["app"]\noptional-dependencies = { more = ["other"] }\n'
    )
    asked = ("-r", "pyproject.toml", "--extra", "more")
    assert filled("set", "add", "ours", *asked, "-p", "3.8").code == 1
    assert filled("set", "add", "ours", *asked, *PY39).code == 0
    shown = filled("set", "show", "ours", "--json").document("set")
    assert shown["requirements"] == "app\nother\n"


def test_what_cannot_be_read_is_not_judged(filled: CommandLine, tmp_path: Path) -> None:
    filled("add", make_sdist(tmp_path, "unread", "1", dynamic=["Requires-Dist"]))
    ran = filled("set", "add", "new", "unread", *PY39)
    assert ran.code == 3
    assert "new for Python 3.9 on linux: cannot be judged since the set was added" in (
        ran.out
    )


def test_a_set_ends(jupyter: CommandLine) -> None:
    ran = jupyter("set", "rm", "jupyter", "--json")
    assert ran.document("set-removal")["versions"] == 1
    shown = jupyter("set", "show", "jupyter")
    assert shown.out.startswith("jupyter, version 2, removed\n")
    document = jupyter("set", "show", "jupyter", "--json").document("set")
    assert document["environments"] == []
    assert jupyter("set", "show", "jupyter", "--environment", "py39-linux").code == 1
    assert jupyter("set", "check").code == 0
    assert jupyter("remove", "base").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["set", "add", "Bad Name", "app"], 2),
        (["set", "add", "jupyter", "app"], 1),
        (["set", "add", "new"], 2),
        (["set", "add", "new", "app @ https://x.example/app-1-py3-none-any.whl"], 2),
        (["set", "add", "new", "app", "-p", "2.7"], 2),
        (["set", "update", "jupiter", "app"], 1),
        (["set", "update", "jupyter"], 2),
        (["set", "update", "jupyter", "-c", "base.txt"], 2),
        (["set", "show", "jupyter", "--environment", "py38-linux"], 1),
        (["set", "show", "jupyter", "--format", "requirements"], 2),
        (["set", "lock", "jupyter", "py38-linux"], 1),
        (["set", "check", "jupiter"], 1),
        (["set", "diff", "jupyter", "1", "1", "1"], 2),
        (["set"], 2),
        (["set", "ad"], 2),
    ],
)
def test_what_cannot_be_is_said(
    jupyter: CommandLine, words: list[str], code: int
) -> None:
    ran = jupyter(*words)
    assert (ran.code, ran.out) == (code, "") or words == ["set"]


def test_where_there_is_no_wheelhouse_none_is_made(
    axletree: CommandLine, tmp_path: Path
) -> None:
    for verb in (["list"], ["show", "x"], ["check"], ["lock", "x"], ["rm", "x"]):
        assert axletree("set", *verb).code == 2
    assert not (tmp_path / "house").exists()


def test_one_environment_is_shown_in_json(jupyter: CommandLine) -> None:
    assert jupyter("set", "update", "jupyter", "-p", "3.9", "-p", "3.11").code == 0
    whole = jupyter("set", "show", "jupyter", "--json").document("set")
    asked = ("set", "show", "jupyter", "--json", "--environment")
    one: dict[str, Any] = jupyter(*asked, "py311-linux").document("set")
    assert [each["environment"] for each in one["environments"]] == ["py311-linux"]
    assert {each["environment"] for each in one["outcomes"]} == {"py311-linux"}
    assert one["versions"] == whole["versions"]
    none = jupyter(*asked, "py38-linux")
    hint = none.document("error")["hint"]
    assert (none.code, hint) == (1, "it has py39-linux, py311-linux")
    both = jupyter(*asked, "py39-linux", "--format", "constraints")
    assert both.code == 2


def test_a_lock_names_the_command_that_prints_it(jupyter: CommandLine) -> None:
    lock = jupyter("set", "show", "jupyter", "--environment", "py39-linux").out
    assert "#    axletree set show jupyter --environment py39-linux\n" in lock


@pytest.mark.parametrize("text", ["", "# all is gone\n", "-r other.in\n", "-c x\n"])
def test_files_that_ask_for_nothing_are_named(filled: CommandLine, text: str) -> None:
    for name in ("other.in", "x"):
        Path(name).write_text("")
    Path("nothing.in").write_text(text)
    ran = filled("set", "add", "none", "-r", "nothing.in", "-r", "x")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "the set asks for nothing: no requirement is in nothing.in or x" in said


def test_a_set_is_kept_over_a_view(filled: CommandLine, tmp_path: Path) -> None:
    filled("add", make_wheel(tmp_path, "app", "2"))
    Path("p.toml").write_text("[[blocked]]\nreleases = 'app>=2'\nreason = 'no'\n")
    filled("view", "make", "ruled", "--policy", "p.toml")

    assert filled("set", "add", "image", "app", *PY39, "--view", "ruled").code == 0

    shown = filled("set", "show", "image")
    assert shown.out.splitlines()[1:3] == ["  --view ruled", "  app"]
    document = filled("set", "show", "image", "--json").document("set")
    assert document["view"] == "ruled"
    assert filled("set", "lock", "image", "-P", "app==2").code == 1
    both = filled("set", "update", "image", "--view", "ruled", "--no-view")
    assert both.code == 2
    assert filled("set", "update", "image", "--view", "ruled").err.startswith("nothing")
    kept = filled("view", "remove", "ruled")
    assert (kept.code, "axletree set update image --no-view" in kept.err) == (1, True)
    assert filled("set", "update", "image", "--no-view").code == 0
    assert filled("set", "show", "image", "--json").document("set")["view"] is None
    assert filled("set", "diff", "image").out.splitlines()[:2] == [
        "requirements",
        "  ---view ruled",
    ]
    assert filled("view", "remove", "ruled").code == 0
    assert filled("set", "update", "image", "--view", "ruled").code == 1
