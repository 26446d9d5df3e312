"""`axletree add`: what is at hand comes in, through the entry check."""

import json
from pathlib import Path
from typing import Any

from tests.support.command_line import CommandLine
from tests.support.odd_makers import with_files
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
    assert [each["finding"] for each in refused["findings"]] == ["unsound-archive"]
    assert (said.code, said.out) == (2, "1 refused (generation 1)\n")
    assert f"refused: {broken.name}: not let in\n  unsound-archive: " in said.err


def test_all_that_is_wrong_is_told_each_in_a_line_with_what_helps(
    axletree: CommandLine, tmp_path: Path
) -> None:
    maker = with_files("../evil.py", "../more.py", "C:/x.py")

    ran = axletree("add", maker(tmp_path))

    first = "  unsafe-path: '../evil.py' leads out of the archive; pack it again"
    assert ran.err.splitlines()[1:] == [
        f"refused: {DEMO}: not let in",
        f"{first} without that",
        "  unsafe-path: '../more.py' leads out of the archive",
        "  unsafe-path: 'C:/x.py' is not a portable path",
    ]


def test_what_is_noted_has_its_name_and_enters_strictly_if_it_is_no_flaw(
    axletree: CommandLine, tmp_path: Path
) -> None:
    ran = axletree("add", "--strict", with_files("demo.pth")(tmp_path))

    assert ran.out == "1 new (generation 1)\n"
    assert f"note: {DEMO}: pth-file: 'demo.pth' adds to Python's path" in ran.err


def test_each_file_is_counted_while_it_is_checked(
    axletree: CommandLine, tmp_path: Path
) -> None:
    for number in range(3):
        make_wheel(tmp_path / "files", "demo", f"1.{number}")

    ran = axletree("add", "-v", tmp_path / "files")

    for done in (1, 2, 3):
        assert f"checking: {done} of 3: demo-1." in ran.err


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
    assert "there is no file or folder" in missing.err
    assert not (tmp_path / "house").exists()
