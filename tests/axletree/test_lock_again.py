"""`axletree lock -o FILE` where FILE is there already."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, snapshot_file, write_universe
from tests.support.wheels import make_wheel

LOCK = Path("lock.txt")
OLD = "left==1\nshared==1\n"


def pins(text: str) -> list[str]:
    """List the pins of a lock."""
    lines = text.splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1] not in {"#", " "}]


@pytest.fixture
def words(clash: Path) -> tuple[str | Path, ...]:
    """Lock `left` into a file that pins its older release."""
    LOCK.write_text(OLD)
    return ("lock", "left", "--universe", clash, "-o", LOCK)


def test_pins_are_kept_where_they_can_be(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    ran = axletree(*words)

    assert ran.code == 0
    assert pins(LOCK.read_text()) == ["left==1", "shared==1"]


def test_a_pin_gives_way_where_no_solution_has_it(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    axletree(*words, "right==2")

    assert pins(LOCK.read_text()) == ["left==2", "right==2", "shared==2"]


def test_upgrade_takes_no_notice_of_the_lock(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    axletree(*words, "--upgrade")

    assert pins(LOCK.read_text()) == ["left==2", "shared==2"]


def test_one_project_is_upgraded_and_the_others_are_kept(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(
        tmp_path / "u.json",
        {f"{name} {version}": [] for name in "abc" for version in (1, 2, 3)},
    )
    LOCK.write_text("a==1\nb==1\nc==1\n")

    axletree("lock", "a", "b", "c", "--universe", universe, "-o", LOCK,
             "--upgrade-package", "B", "-P", "c==2")  # fmt: skip

    assert pins(LOCK.read_text()) == ["a==1", "b==3", "c==2"]


@pytest.mark.parametrize(
    "upgrade",
    [("--upgrade-package", "left==9"), ("-Pleft==9",), ("--upgrade-package=left==9",)],
)
def test_an_upgrade_that_cannot_be_is_a_conflict_and_the_lock_stays(
    axletree: CommandLine, words: tuple[str | Path, ...], upgrade: tuple[str, ...]
) -> None:
    ran = axletree(*words, *upgrade, "--upgrade-package", "shared")

    assert ran.code == 1
    assert "left==9" in ran.out
    assert LOCK.read_text() == OLD
    assert "--upgrade-package" not in ran.err
    assert ran.err.endswith(" left==9\n")


def test_the_header_does_not_tell_what_was_upgraded_once(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    axletree(*words)
    plain = LOCK.read_text()
    axletree(*words, "-P", "six", "-Pseven", "--upgrade-package=eight")

    assert LOCK.read_text() == plain


def test_a_pylock_is_kept_as_well(axletree: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    make_wheel(folder, "one", "1")
    words = ("lock", "one", "-f", folder, "-o", "pylock.toml")
    axletree(*words)
    make_wheel(folder, "one", "2")

    axletree(*words)
    kept = Path("pylock.toml").read_text()
    axletree(*words, "--upgrade")

    assert 'version = "1"' in kept
    assert 'version = "2"' in Path("pylock.toml").read_text()


def test_each_environment_keeps_its_own_pin(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"a 1": [], "a 2": [], "a 3": []})
    LOCK.write_text("a==1 ; python_version == '3.9'\na==2 ; python_version == '3.10'\n")

    axletree("lock", "a", "--universe", universe, "--python-version", "3.9",
             "--python-version", "3.10", "--python-platform", "linux", "-o", LOCK)  # fmt: skip

    assert pins(LOCK.read_text()) == [
        'a==1 ; python_version == "3.9"',
        'a==2 ; python_version == "3.10"',
    ]


def test_a_pinned_prerelease_is_kept_only_with_its_gate_open(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(
        tmp_path / "u.json", {"a 1": [], "a 2rc1": [], "a 2rc2": []}
    )
    LOCK.write_text("a==2rc1\n")
    words = ("lock", "a", "--universe", universe, "-o", LOCK)

    axletree(*words, "--pre")
    kept = pins(LOCK.read_text())
    axletree(*words)

    assert kept == ["a==2rc1"]
    assert pins(LOCK.read_text()) == ["a==1"]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("lock.txt", "<<<<<<< HEAD\n", "lock.txt, line 1"),
        ("lock.txt", "\xff", "lock.txt cannot be read: it is not text"),
        ("pylock.toml", "<<<<<<< HEAD\n", "pylock.toml"),
        ("pylock.toml", "\xff", "pylock.toml"),
    ],
)
def test_a_lock_that_cannot_be_read_is_an_error_unless_all_is_upgraded(
    axletree: CommandLine, clash: Path, file: str, text: str, says: str
) -> None:
    Path(file).write_text(text, encoding="latin-1")

    ran = axletree("lock", "left", "--universe", clash, "-o", file)
    upgraded = axletree("lock", "left", "--universe", clash, "-o", file, "--upgrade")

    assert ran.code == 2
    assert says in ran.err
    assert upgraded.code == (0 if file == "lock.txt" else 2)
    assert "lock cannot be read" not in upgraded.err


# --check


def test_check_says_yes_and_writes_nothing(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    axletree(*words)
    LOCK.write_text(before := LOCK.read_text().replace("# This", "# That"))

    ran = axletree(*words, "--check")

    assert (ran.code, ran.out) == (0, "")
    assert "lock.txt is up to date" in ran.err
    assert LOCK.read_text() == before


def test_check_says_what_would_change(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    axletree(*words)
    before = LOCK.read_text()

    ran = axletree(*words, "right==2", "--check")

    assert ran.code == 1
    assert ran.out == (
        "lock.txt is out of date:\n"
        "- left==1\n+ left==2\n+ right==2\n- shared==1\n+ shared==2\n"
    )
    assert LOCK.read_text() == before


def test_check_sees_other_hashes(axletree: CommandLine, tmp_path: Path) -> None:
    files = [snapshot_file("one", "1")]
    universe = write_universe(tmp_path / "u.json", {}, one=files)
    words = ("lock", "one", "--universe", universe, "-o", LOCK)
    axletree(*words)
    files.append(snapshot_file("one", "1", tag="py2.py3-none-any", digest="b" * 64))
    write_universe(universe, {}, one=files)

    ran = axletree(*words, "--check")
    in_json = axletree(*words, "--check", "--json")

    assert ran.code == in_json.code == 1
    assert "  one==1: 1 new hash, 0 no longer listed\n" in ran.out
    assert json.loads(in_json.out) == {
        "format": "axletree.lock-check/1",
        "file": "lock.txt",
        "is_current": False,
        "missing": [],
        "superfluous": [],
        "changed": [
            {"pin": "one==1", "new_hashes": ["sha256:" + "b" * 64], "lost_hashes": []}
        ],
    }


def test_check_of_a_lock_that_is_not_there_says_no(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", "left", "--universe", clash, "-o", "none.txt", "--check")

    assert ran.code == 1
    assert "+ left==2" in ran.out
    assert not Path("none.txt").exists()


def test_check_needs_a_lock(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("lock", "left", "--universe", clash, "--check")

    assert ran.code == 2
    assert "name it with -o" in ran.err


def test_check_of_a_conflict_shows_the_core(
    axletree: CommandLine, words: tuple[str | Path, ...]
) -> None:
    ran = axletree(*words, "left==1", "right==2", "--check")

    assert ran.code == 1
    assert "No solution for" in ran.out
    assert "--check" not in ran.err
