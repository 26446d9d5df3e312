"""Files are yanked, removed and withdrawn by name, and what resolves sees it."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

WHEEL = "demo-1.0-py3-none-any.whl"
FAR = ("--exclude-newer", "2100-01-01")


def test_a_yanked_release_is_chosen_by_its_version_alone(filled: CommandLine) -> None:
    ran = filled("yank", "demo==2.0", "--reason", "loses data")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "yanked: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"
    assert "demo==1.0" in filled("lock", "demo", *FAR).out
    assert "demo==2.0" in filled("lock", "demo==2.0", *FAR).out
    refused = filled("explain", "demo>1", "--no-repairs", *FAR)
    assert refused.code == 1
    assert "yanked" in refused.out

    assert filled("unyank", "demo").out == (
        "not yanked any more: demo-2.0-py3-none-any.whl\n"
        "1 file of 3 changed (generation 4)\n"
    )
    assert "demo==2.0" in filled("lock", "demo", *FAR).out


def test_a_yank_again_has_nothing_to_do(filled: CommandLine) -> None:
    filled("yank", WHEEL)
    ran = filled("yank", WHEEL)
    assert (ran.code, ran.out) == (0, "nothing to do: yanked already (generation 3)\n")


@pytest.mark.parametrize("verb", ["yank", "unyank", "remove", "withdraw"])
def test_each_change_is_told_as_a_document(filled: CommandLine, verb: str) -> None:
    reason = ["--reason", "r"] if verb != "unyank" else []
    ran = filled(verb, "demo", "other==1.0", *reason, "--json")
    document = ran.document("change")
    assert (ran.code, document["action"]) == (0, verb)
    changed = {WHEEL, "demo-1.0.tar.gz", "demo-2.0-py3-none-any.whl"}
    named = document["unchanged" if verb == "unyank" else "files"]
    assert isinstance(named, list)
    assert set(named) == changed | {"other-1.0-py3-none-any.whl"}
    assert document["generation"] == (2 if verb == "unyank" else 3)


def test_a_removed_file_is_not_found_and_comes_again(
    filled: CommandLine, tmp_path: Path
) -> None:
    ran = filled("remove", "demo==2.0", "--reason", "wrong branch")
    assert ran.out == "removed: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"
    assert "demo==1.0" in filled("lock", "demo", *FAR).out
    again = filled("remove", "demo==2.0")
    assert again.code == 1
    assert "error: demo==2.0 was removed" in again.err

    other = make_wheel(tmp_path / "b", "demo", "2.0", files={"a": b""})
    assert filled("add", other).code == 4
    assert filled("add", tmp_path / other.name).out == "1 new (generation 4)\n"
    assert "demo==2.0" in filled("lock", "demo", *FAR).out


def test_a_withdrawn_file_is_a_fact_with_its_reason(
    filled: CommandLine, tmp_path: Path
) -> None:
    assert filled("withdraw", "demo==2.0").code == 2
    ran = filled("withdraw", "demo==2.0", "--reason", "malware")
    assert ran.out == "withdrawn: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"

    refused = filled("explain", "demo==2.0", "--no-repairs", *FAR)

    assert refused.code == 1
    assert "it was withdrawn: malware" in " ".join(refused.out.split())
    locked = filled("lock", "demo", *FAR)
    assert "demo==1.0" in locked.out
    added = filled("add", tmp_path / "demo-2.0-py3-none-any.whl")
    assert added.code == 2
    assert "was withdrawn here: malware" in added.err


def test_a_mistyped_name_is_answered_with_what_was_meant(filled: CommandLine) -> None:
    for verb in ("yank", "unyank", "remove", "show"):
        ran = filled(verb, "dmeo")
        assert ran.code == 1
        assert "hint: did you mean demo?" in ran.err
        assert filled(verb, "demo==3.0").code == 1


@pytest.mark.parametrize(
    "words",
    [
        *(["list"], ["show", "demo"], ["log"], ["pin"], ["status", "demo"]),
        *(["yank", "demo"], ["remove", "demo"], ["unyank", "demo"]),
        *(["withdraw", "demo", "--reason", "r"], ["pin", "1"]),
        ["status", "demo", "archived"],
    ],
)
def test_where_there_is_no_wheelhouse_none_is_made(
    axletree: CommandLine, tmp_path: Path, words: list[str]
) -> None:
    ran = axletree(*words, "--json")
    assert ran.code == 2
    assert ran.document("error")["reference"] == "no-wheelhouse"
    assert not (tmp_path / "house").exists()


@pytest.mark.parametrize("odd", ["\udcff", "a\nb\x1b[31m", "x" * 5000, "é \u202e"])
def test_a_reason_and_a_name_may_be_anything(filled: CommandLine, odd: str) -> None:
    assert filled("yank", "demo", "--reason", odd).code == 0
    assert filled("status", "other", "archived", "--reason", odd).code == 0
    assert filled("pin", "1", "--reason", odd).code == 0
    shown = filled("show", "demo").out + filled("log").out + filled("list").out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for verb in ("yank", "unyank", "remove", "show"):
        assert filled(verb, f"{odd}.whl").code == 1
        assert filled(verb, odd).code == 1
    assert filled("withdraw", "demo", "--reason", odd).code == 0
    assert filled("withdraw", "other", "--reason", " \n ").code == 2
    assert filled("list", "--generation", "9" * 40).code == 2
    assert filled("list", "--generation", "9" * 18).code == 1
    assert filled("pin", "0").code == 1
