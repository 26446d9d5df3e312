from pathlib import Path

from tests.support.command_line import CommandLine

WHEEL = "demo-1.0-py3-none-any.whl"


def test_projects_are_listed_with_their_newest_version(filled: CommandLine) -> None:
    ran = filled("list")
    demo, other, total = ran.out.splitlines()
    assert ran.code == 0
    assert demo.startswith("demo   2.0  2 versions, 3 files, ")
    assert other.startswith("other  1.0  1 file, ")
    assert total.startswith("2 projects, 4 files, ")
    assert total.endswith(" (generation 2)")


def test_any_generation_is_listed_as_it_was(filled: CommandLine) -> None:
    before = filled("list", "--generation", "2", "--json").document("list")
    filled("yank", "demo==2.0")
    filled("remove", "other")
    filled("withdraw", WHEEL, "--reason", "r")
    filled("status", "demo", "quarantined")

    assert filled("list", "--generation", "2", "--json").document() == before
    projects = filled("list", "--json").document("list")["projects"]
    assert isinstance(projects, list)
    [now] = projects
    assert isinstance(now, dict)
    assert now["versions"] == [
        {"version": "2.0", "is_yanked": True},
        {"version": "1.0", "is_yanked": False},
    ]
    assert (now["files"], now["status"]) == (2, "quarantined")
    missing = filled("list", "--generation", "99")
    assert missing.code == 1
    assert "there is no generation 99: the newest is 6" in missing.err
    assert filled("list", "--generation", "0").out == ""


def test_a_file_is_shown_with_its_past(filled: CommandLine) -> None:
    filled("yank", WHEEL, "--reason", "broken")
    filled("remove", WHEEL)

    ran = filled("show", WHEEL)

    assert ran.code == 0
    lines = [line.strip() for line in ran.out.splitlines()]
    assert lines[:3] == [
        "demo is active",
        "1.0",
        f"{WHEEL}  removed in generation 4",
    ]
    assert "listed          from generation 1 to 2" in lines
    assert "listed          from generation 3 to 3, yanked: broken" in lines
    document = filled("show", "demo", "--json").document("show")
    assert isinstance(document["files"], list)
    assert len(document["files"]) == 3
    filled("withdraw", WHEEL, "--reason", "malware")
    said = filled("show", WHEEL)
    assert "withdrawn in generation 5: malware" in said.out


def test_an_empty_wheelhouse_is_said_to_be_empty(
    axletree: CommandLine, tmp_path: Path
) -> None:
    axletree("init")
    ran = axletree("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"the wheelhouse at {tmp_path / 'house'} is empty\n"
