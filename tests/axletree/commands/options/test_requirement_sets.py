"""Which sets of requirements a file has."""

from pathlib import Path

import pytest

from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.requirement_sets import sets_in
from tests.support.command_line import CommandLine

PROJECT = '[project]\nname = "x"\nversion = "1"\n'
ALL = f"""{PROJECT}
dependencies = ["left==1"]
optional-dependencies = {{ new = ["right==2"], old = ["right==1"], none = [] }}

[dependency-groups]
dev = ["right==2", {{include-group = "lint"}}]
lint = ["shared==2"]
broken = [{{include-group = "nowhere"}}]
"""


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("requirements.txt", "six\n", [""]),
        ("requirements.txt", "", [""]),
        ("pyproject.toml", ALL, ["", "[new]", "[old]", ":dev", ":lint", ":broken"]),
        ("other.toml", ALL, ["", "[new]", "[old]", ":dev", ":lint", ":broken"]),
        ("pyproject.toml", "[project\n", [""]),
        ("pyproject.toml", PROJECT, [""]),
        ("pyproject.toml", '[dependency-groups]\ndev = ["six"]\n', [":dev"]),
        (
            "pyproject.toml",
            f'{PROJECT}dynamic = ["dependencies"]\n[dependency-groups]\nd = ["six"]\n',
            [":d"],
        ),
        ("pyproject.toml", f'{PROJECT}optional-dependencies.x = ["six"]\n', ["[x]"]),
        ("pyproject.toml", "project = 1\ndependency-groups = 2\n", [""]),
    ],
)
def test_each_set_is_one_that_is_installed_by_itself(
    tmp_path: Path, name: str, text: str, parts: list[str]
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert [each.part for each in sets_in(str(path), InputFiles())] == parts


def test_a_check_resolves_each_set_by_itself(
    axletree: CommandLine, clash: Path
) -> None:
    Path("pyproject.toml").write_text(ALL)

    ran = axletree("check", "--json", "--universe", clash)

    cells = ran.document("check")["cells"]
    assert isinstance(cells, list)
    told = {c["part"]: (c["outcome"], c["command"]) for c in cells}
    assert {part: outcome for part, (outcome, _) in told.items()} == {
        "": "ok",
        "[new]": "conflict",
        "[old]": "ok",
        ":dev": "ok",
        ":lint": "ok",
        ":broken": "error",
    }
    command = told["[new]"][1]
    assert (
        command == f"axletree explain --universe {clash} -r pyproject.toml --extra new"
    )
    ran = axletree(*str(command).split()[1:])
    assert ran.code == 1
    assert "right 2 requires shared>=2" in ran.out


def test_sets_are_named_in_the_table_and_in_the_baseline(
    axletree: CommandLine, clash: Path
) -> None:
    Path("pyproject.toml").write_text(ALL.replace("broken = [{include-group", "#"))
    words = ("check", "--universe", clash, "--baseline", "known.json")

    ran = axletree(*words, "--write-baseline")
    assert ran.code == 0, ran.err
    assert "pyproject.toml[new]" in ran.out
    assert "pyproject.toml:dev" in ran.out
    assert axletree(*words).code == 0
    # The set is gone, and with it what was known of it.
    Path("pyproject.toml").write_text(f'{PROJECT}dependencies = ["left==1"]\n')
    ran = axletree(*words)
    assert ran.code == 0
    assert "1 conflict of known.json is gone" in ran.err
    assert "pyproject.toml[new]" in ran.err
