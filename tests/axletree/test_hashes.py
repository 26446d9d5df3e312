"""`--hash` in requirements files, in this process, over snapshots."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, snapshot_file, write_universe

NATIVE = "cp39-cp39-manylinux_2_17_x86_64"
PURE, FAST, OLD = "a" * 64, "b" * 64, "c" * 64
TWO_LINES = (
    f"one==2 --hash=sha256:{PURE} --hash=sha256:{OLD}\n"
    f"one --hash=sha256:{FAST} --hash=sha256:{PURE}"
)
TARGET = ("--python-version", "3.9", "--python-platform", "linux")


@pytest.fixture
def universe(tmp_path: Path) -> Path:
    """Write a universe in which `one` 2 has two wheels."""
    files = [
        snapshot_file("one", "2", tag="py3-none-any", digest=PURE),
        snapshot_file("one", "2", ["two"], tag=NATIVE, digest=FAST),
        snapshot_file("one", "1", digest=OLD),
    ]
    return write_universe(
        tmp_path / "u.json", {"two 1": [], "user 1": ["one"]}, one=files
    )


def lock(axletree: CommandLine, universe: Path, text: str) -> tuple[int, list[str]]:
    Path("in.txt").write_text(text)
    ran = axletree("lock", "-r", "in.txt", "--universe", universe, *TARGET)
    lines = (line.strip().removesuffix(" \\") for line in ran.out.splitlines())
    return ran.code, [line for line in lines if line.startswith(("one", "two", "--"))]


@pytest.mark.parametrize(
    ("text", "pins"),
    [
        ("one==2", ["one==2", f"--hash=sha256:{PURE}", f"--hash=sha256:{FAST}"]),
        (f"one==2 --hash=sha256:{PURE}", ["one==2", f"--hash=sha256:{PURE}"]),
        (f"one --hash=sha256:{OLD.upper()}", ["one==1", f"--hash=sha256:{OLD}"]),
        (TWO_LINES, ["one==2", f"--hash=sha256:{PURE}"]),
    ],
)
def test_only_files_with_a_hash_that_is_given_are_chosen(
    axletree: CommandLine, universe: Path, text: str, pins: list[str]
) -> None:
    code, found = lock(axletree, universe, text)

    assert (code, found[: len(pins)]) == (0, pins)


def test_a_constraint_may_give_hashes(axletree: CommandLine, universe: Path) -> None:
    Path("limits.txt").write_text(f"one --hash=sha256:{OLD}")

    assert lock(axletree, universe, "-c limits.txt\none")[1][0] == "one==1"


def test_a_line_that_is_not_in_force_gives_no_hashes(
    axletree: CommandLine, universe: Path
) -> None:
    text = f"one\none ; python_version < '3' --hash=sha256:{OLD}"

    assert lock(axletree, universe, text)[1][0] == "one==2"


def test_files_that_fell_by_their_hash_are_a_fact_with_its_line(
    axletree: CommandLine, universe: Path
) -> None:
    Path("in.txt").write_text(f"# pinned\none==2 \\\n  --hash=sha256:{'9' * 64}\n")
    words = ("explain", "-r", "in.txt", "--universe", universe, *TARGET)

    text = axletree(*words).out
    document = axletree(*words, "--json").document("conflict")

    assert "2. one 2 has no file with a hash that you give  (in.txt, line 2)" in text
    assert "instead of one==2 and its hashes" in text
    core = document["core"]
    assert isinstance(core, list)
    assert isinstance(core[-1], dict)
    assert core[-1]["evidence"] == [
        {"kind": "requirement-line", "file": "in.txt", "line": 2}
    ]


def test_the_hash_of_another_file_is_offered_with_a_warning(
    axletree: CommandLine, universe: Path
) -> None:
    Path("in.txt").write_text(f"two\none==2 --hash=sha256:{'9' * 64}\n")
    words = ("explain", "-r", "in.txt", "--universe", universe, *TARGET)

    ran = axletree(*words)

    said = " ".join(ran.out.split())
    assert f"changes: one==2 --hash=sha256:{FAST}" in said
    assert "take one-2-cp39-" in said
    assert "not among those that you give (in.txt, line 2)" in said
    assert "note: make sure that one-2-cp39-" in said


def test_a_line_moved_takes_its_hashes_along_whoever_else_wants_the_project(
    axletree: CommandLine, universe: Path
) -> None:
    Path("in.txt").write_text(f"user>=1\none==2 --hash=sha256:{'9' * 64}\n")

    ran = axletree("explain", "-r", "in.txt", "--universe", universe, *TARGET)

    assert "1. use one 2 instead of one==2 and its hashes; 1 to 2 work" in ran.out
    assert "instead of user" not in ran.out
