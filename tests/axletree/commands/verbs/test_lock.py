"""`axletree lock`, in this process, over snapshots."""

import os
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, snapshot_file, write_universe


def pins(printed: str) -> list[str]:
    """List the pins of a printed lock."""
    lines = printed.splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1] not in {"#", " "}]


def test_a_lock_goes_to_stdout_with_hashes_and_nothing_else_is_said(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", "left", "right", "--universe", clash)

    assert ran.code == 0
    assert pins(ran.out) == ["left==2", "right==2", "shared==2"]
    assert ran.out.count("--hash=sha256:" + "a" * 64) == 3
    assert ran.err == ""


def test_the_header_names_the_command_without_index_addresses(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", "left", "--universe", clash, "--cache-dir", "x")

    assert f"#    axletree lock left --universe {clash} --cache-dir x\n" in ran.out


def test_the_header_leaves_out_what_changes_no_byte(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "--universe", clash)

    plain, wordy = axletree(*words), axletree(*words, "-v", "--refresh", "--verbose")

    assert wordy.out == plain.out
    assert wordy.err != plain.err


def test_the_same_question_gives_the_same_bytes(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "right", "--universe", clash)

    assert axletree(*words).out == axletree(*words).out


def test_a_file_is_written_whole_and_stdout_stays_empty(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", "left", "--universe", clash, "-o", "lock.txt")

    assert (ran.code, ran.out) == (0, "")
    assert pins(Path("lock.txt").read_text()) == ["left==2", "shared==2"]
    assert [path.name for path in Path().iterdir()] == ["lock.txt"]


def test_a_file_written_through_a_link_leaves_the_link(
    axletree: CommandLine, clash: Path
) -> None:
    Path("real.txt").write_text("old")
    Path("real.txt").chmod(0o600)
    Path("lock.txt").symlink_to("real.txt")

    axletree("lock", "left", "--universe", clash, "-o", "lock.txt")

    assert Path("lock.txt").is_symlink()
    assert pins(Path("real.txt").read_text()) == ["left==2", "shared==2"]
    assert Path("real.txt").stat().st_mode & 0o777 == 0o600


def test_what_is_no_regular_file_is_written_to(
    axletree: CommandLine, clash: Path
) -> None:
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)

    ran = axletree("lock", "left", "--universe", clash, "-o", "pipe")

    assert ran.code == 0
    assert pins(os.read(reader, 10_000).decode()) == ["left==2", "shared==2"]
    assert Path("pipe").is_fifo()


def test_constraints_have_neither_hashes_nor_extras(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": []})

    ran = axletree("lock", "one", "--universe", universe, "--format", "constraints")

    assert pins(ran.out) == ["one==1"]
    assert "--hash" not in ran.out


def test_json_is_one_valid_document_with_or_without_a_file(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "right", "--universe", clash, "--json")

    alone = axletree(*words).document("resolution")
    beside = axletree(*words, "-o", "lock.txt").document("resolution")

    assert alone == beside
    assert pins(Path("lock.txt").read_text()) == ["left==2", "right==2", "shared==2"]


def test_files_bring_requirements_constraints_and_includes(
    axletree: CommandLine, clash: Path
) -> None:
    Path("more").mkdir()
    Path("in.txt").write_text("# what we use\nleft  # new\n-r more/other.txt\n")
    Path("more/other.txt").write_text("right ; python_version >= '3'\n-c limits.txt\n")
    Path("more/limits.txt").write_text("shared<2\nabsent==7\n")

    ran = axletree("lock", "-r", "in.txt", "--universe", clash)

    assert pins(ran.out) == ["left==1", "right==1", "shared==1"]
    assert "# via -r in.txt" in ran.out
    assert "# via -r more/other.txt" in ran.out


def test_constraints_limit_what_is_needed_and_ask_for_nothing(
    axletree: CommandLine, clash: Path
) -> None:
    Path("one.txt").write_text("left<2\nright==1 ; python_version < '3'\n")
    Path("two.txt").write_text("absent\nright<3\n")
    words = ("lock", "left", "-c", "one.txt", "-c", "two.txt", "--universe", clash)

    assert pins(axletree(*words).out) == ["left==1", "shared==1"]


def test_constraints_that_nothing_fits_are_facts(
    axletree: CommandLine, clash: Path
) -> None:
    Path("limits.txt").write_text("\nshared==7\n")

    ran = axletree("lock", "left", "-c", "limits.txt", "--universe", clash)

    assert ran.code == 1
    assert "limits.txt, line 2" in ran.out
    assert "you constrain shared==7, but there is no such version here; the" in ran.out


def test_a_constraint_to_a_prerelease_lets_it_in(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": [], "one 2rc1": []})
    Path("limits.txt").write_text("one==2rc1\n")

    ran = axletree("lock", "one", "-c", "limits.txt", "--universe", universe)

    assert pins(ran.out) == ["one==2rc1"]


def test_a_conflict_gives_the_core_alone_and_names_explain(
    axletree: CommandLine, clash: Path
) -> None:
    Path("lock.txt").write_text("kept")
    asked = ("left==1", "right==2", "--universe", str(clash))

    ran = axletree("lock", *asked, "-o", "lock.txt", "--format=constraints")

    assert ran.code == 1
    assert "4. right 2 requires shared>=2" in ran.out
    assert "What helps" not in ran.out
    assert f"axletree explain {' '.join(asked)}\n" in ran.err
    assert Path("lock.txt").read_text() == "kept"


def test_a_conflict_is_json_too(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("lock", "left==1", "right==2", "--universe", clash, "--json")

    document = ran.document("conflict")
    assert ran.code == 1
    assert ran.err == ""
    assert document["repairs"] == []
    assert document["as_pip"] is None


@pytest.mark.parametrize(
    ("platform", "tag"),
    [
        ("linux", "cp39-cp39-manylinux2014_x86_64"),
        ("macos", "cp39-cp39-macosx_11_0_arm64"),
        ("windows", "cp39-cp39-win_amd64"),
        ("x86_64-apple-darwin", "cp39-cp39-macosx_10_9_x86_64"),
    ],
)
def test_every_platform_can_be_resolved_for(
    axletree: CommandLine, tmp_path: Path, platform: str, tag: str
) -> None:
    tags = [
        "cp39-cp39-manylinux2014_x86_64",
        "cp39-cp39-macosx_11_0_arm64",
        "cp39-cp39-macosx_10_9_x86_64",
        "cp39-cp39-win_amd64",
    ]
    only_windows = "helper ; sys_platform == 'win32'"
    files = [
        snapshot_file("one", "1", [only_windows], tag=each, digest=f"{at}" * 64)
        for at, each in enumerate(tags)
    ]
    universe = write_universe(tmp_path / "u.json", {"helper 1": []}, one=files)
    words = ("--python-version", "3.9", "--python-platform", platform)

    ran = axletree("lock", "one", "--universe", universe, *words)

    expected = ["helper==1", "one==1"] if platform == "windows" else ["one==1"]
    assert pins(ran.out) == expected
    assert f"sha256:{tags.index(tag)}" in ran.out


def test_the_target_is_named_with_v(axletree: CommandLine, clash: Path) -> None:
    words = ("lock", "left", "--universe", clash, "--python-version", "3.8")

    assert "resolving for Python 3.8 on" in axletree(*words, "-v").err


def test_options_of_files_count_as_on_the_command_line(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": [], "one 2rc1": []})
    Path("pre.txt").write_text("--pre\none\n")
    Path("sdists.txt").write_text("--no-binary one\none\n")

    assert pins(axletree("lock", "-r", "pre.txt", "--universe", universe).out) == [
        "one==2rc1"
    ]
    refused = axletree("lock", "-r", "sdists.txt", "--universe", universe)
    assert "only wheels, and --no-binary refuses them" in refused.out
    words = ("lock", "-r", "sdists.txt", "--only-binary", "one")
    assert axletree(*words, "--universe", universe).code == 0


def test_exclude_newer_hides_files_of_the_day_after(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "--universe", clash, "--exclude-newer")

    assert axletree(*words, "2022-01-01").code == 0
    assert axletree(*words, "2021-12-31").code == 1
    assert axletree(*words, "2022-01-01T12:00:00Z").code == 1
    assert axletree(*words, "2022-01-01T12:00:01Z").code == 0


def test_a_marker_that_compares_two_texts_holds_never(
    axletree: CommandLine, tmp_path: Path
) -> None:
    odd = ["two; 'a' == 'a'", "three; 'a' == 'a' or python_version > '3'"]
    universe = write_universe(tmp_path / "u.json", {"one 1": odd, "three 3": []})

    ran = axletree("lock", "one", "--universe", universe)

    assert pins(ran.out) == ["one==1", "three==3"]


def test_a_pylock_needs_addresses_and_its_own_name(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "--universe", clash)

    nowhere = axletree(*words, "-o", "pylock.toml")
    misnamed = axletree(*words, "-o", "lock.toml", "--format", "pylock")

    assert nowhere.code == misnamed.code == 2
    assert "pylock.toml must say where left-2-py3-none-any.whl is" in nowhere.err
    assert "lock.toml is not a name for a pylock file" in misnamed.err
    assert list(Path().iterdir()) == []
