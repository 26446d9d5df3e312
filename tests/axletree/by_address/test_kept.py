"""What is kept of a requirement by address: locks that pip installs, files, snapshots."""

import sys
from pathlib import Path

import pytest

from tests.support.by_address import TARGET, own_wheel, pins, project
from tests.support.clients import installed_in, run_client
from tests.support.command_line import CommandLine


@pytest.mark.slow
def test_a_folder_stands_beside_a_lock_that_pip_installs(
    axletree: CommandLine, folder: Path, tmp_path: Path
) -> None:
    path = project(folder / "proj")

    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        *(f"{path}[x]", "-o", folder / "lock.txt"),
    )

    assert ran.code == 0, ran.err
    text = (folder / "lock.txt").read_text()
    assert pins(text) == ["app==1.0", "lib==2.0"]
    assert "# note: proj 1.5 is a folder, of which pip takes no hash" in text
    run_client(
        [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-index",
         "--find-links", folder / "wheels", "--require-hashes",
         "--target", tmp_path / "site", "-r", folder / "lock.txt"],
        tmp_path,
    )  # fmt: skip
    assert installed_in(tmp_path / "site") == {"app-1.0", "lib-2.0"}


def test_a_pylock_names_archives_and_folders(
    axletree: CommandLine, folder: Path
) -> None:
    path = project(folder / "proj")
    (folder / "r.txt").write_text(f"-e {path}\n{own_wheel(folder)}\n")
    output = folder / "pylock.toml"

    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        *("-r", folder / "r.txt", "-o", output),
    )

    assert ran.code == 0, ran.err
    text = output.read_text()
    assert '[packages.archive]\npath = "own/lib-2.0-py3-none-any.whl"\nsize = ' in text
    assert '[packages.directory]\npath = "proj"\neditable = true\n' in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pylock.toml", "lock.txt"])
def test_pip_installs_a_lock_with_a_wheel_by_address(
    name: str, axletree: CommandLine, folder: Path, tmp_path: Path
) -> None:
    output = folder / name
    axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET, "app", own_wheel(folder)),
        *("-o", output),
    )

    run_client(
        [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-index",
         "--find-links", folder / "wheels", "--target", tmp_path / "site",
         "-r", output],
        tmp_path,
    )  # fmt: skip

    assert installed_in(tmp_path / "site") == {"app-1.0", "lib-2.0"}
    assert (tmp_path / "site" / "lib.py").read_text() == "own = True\n"


def test_a_lock_with_an_address_is_read_back(
    axletree: CommandLine, folder: Path
) -> None:
    words = ("lock", "--find-links", folder / "wheels", *TARGET, own_wheel(folder))
    axletree(*words, "-o", folder / "lock.txt")

    assert axletree(*words, "-o", folder / "lock.txt", "--check").code == 0


def test_collecting_brings_what_stands_at_the_address_or_says_that_its_name_is_taken(
    axletree: CommandLine, folder: Path
) -> None:
    words = ("collect", "--find-links", folder / "wheels", *TARGET)
    assert axletree(*words, "lib==3.0", "--no-deps").code == 0

    brought = axletree(*words, own_wheel(folder), "app")
    assert brought.code == 0, brought.err
    assert "2 new of 2 files" in brought.out
    taken = axletree(*words, (folder / "wheels" / "lib-2.0-py3-none-any.whl").as_uri())
    assert taken.code == 4
    assert "lib-2.0-py3-none-any.whl" in taken.err


def test_a_snapshot_leaves_out_what_stands_at_an_address(
    axletree: CommandLine, folder: Path
) -> None:
    asked = ("app", own_wheel(folder))
    target = ("--find-links", folder / "wheels", *TARGET)
    axletree("snapshot", *asked, *target, "-o", folder / "u.json")

    ran = axletree("lock", *asked, "--universe", folder / "u.json", *TARGET)

    assert pins(ran.out) == ["app==1.0", f"lib @ {own_wheel(folder)}"]
    assert "own/lib" not in (folder / "u.json").read_text()
