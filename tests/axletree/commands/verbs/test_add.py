"""`axletree add`: what is at hand comes in, through the entry check."""

import json
from pathlib import Path
from typing import Any

from tests.support.command_line import CommandLine
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_sdist, make_wheel

DEMO = "demo-1.0-py3-none-any.whl"


def test_files_and_folders_come_in_and_are_found(
    axletree: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    make_wheel(folder, "demo", "1.0")
    make_sdist(folder, "source", "2.0")
    (folder / "notes.txt").write_text("no distribution")
    other = make_wheel(tmp_path, "other", "3")

    ran = axletree("add", folder, other)

    assert (ran.code, ran.out) == (0, "3 new (generation 1)\n")
    assert ran.err == f"made a wheelhouse at {tmp_path / 'house'}\n"
    assert set(published_in(tmp_path / "house")) == {
        DEMO,
        "source-2.0.tar.gz",
        other.name,
    }
    locked = axletree("lock", "demo", "--exclude-newer", "2100-01-01")
    assert (locked.code, "demo==1.0" in locked.out) == (0, True)


def test_the_same_again_is_no_change(axletree: CommandLine, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    axletree("add", wheel)

    assert axletree("add", wheel).out == "1 there already (generation 1)\n"


def test_what_is_refused_is_named_and_the_rest_comes_in(
    axletree: CommandLine, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "files", "demo", "1.0")
    broken = wheel.with_name("broken-1-py3-none-any.whl")
    broken.write_bytes(b"no archive")

    ran = axletree("add", wheel.parent, "--json")
    said = axletree("add", broken)

    document: dict[str, Any] = json.loads(ran.out)
    assert (ran.code, document["new"]) == (2, [DEMO])
    [refused] = document["refused"]
    assert refused["filename"] == broken.name
    assert refused["reason"]
    assert (said.code, said.out) == (2, "1 refused (generation 1)\n")
    assert f"refused: {broken.name}: {refused['reason']}" in said.err


def test_other_bytes_under_a_published_name_are_an_integrity_error(
    axletree: CommandLine, tmp_path: Path
) -> None:
    axletree("add", make_wheel(tmp_path / "a", "demo", "1.0"))

    ran = axletree("add", make_wheel(tmp_path / "b", "demo", "1.0", files={"x.py": ""}))

    assert ran.code == 4
    assert "published with other content" in ran.err


def test_a_folder_without_distributions_and_a_missing_file_are_told(
    axletree: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()

    nothing = axletree("add", tmp_path / "empty")
    missing = axletree("add", tmp_path / "nowhere.whl")

    assert nothing.code == missing.code == 2
    assert f"there is no wheel and no sdist in {tmp_path / 'empty'}" in nothing.err
    assert "does not exist" in missing.err
    assert not (tmp_path / "house").exists()
