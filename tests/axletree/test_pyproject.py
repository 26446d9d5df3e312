"""pyproject.toml as input, in this process, over a snapshot."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

OWN = """\
[project]
name = "own"
requires-python = ">=3.8"
dependencies = ["left"]
[project.optional-dependencies]
more = ["right==2"]
all = ["own[more]"]
[dependency-groups]
old = ["shared<2"]
"""


@pytest.fixture
def own(axletree: CommandLine) -> Path:
    del axletree
    Path("pyproject.toml").write_text(OWN)
    return Path("pyproject.toml")


@pytest.mark.parametrize(
    ("words", "pins"),
    [
        (("-r", "pyproject.toml"), {"left==2", "shared==2"}),
        (
            ("-r", "pyproject.toml", "--extra", "All"),
            {"left==2", "right==2", "shared==2"},
        ),
        (
            ("-r", "pyproject.toml", "--all-extras"),
            {"left==2", "right==2", "shared==2"},
        ),
        (("--group", "old"), {"shared==1"}),
        (("--group", "./pyproject.toml:OLD"), {"shared==1"}),
        (("-r", "pyproject.toml", "--group", "old"), {"left==1", "shared==1"}),
    ],
)
def test_parts_of_a_project_are_locked(
    axletree: CommandLine,
    clash: Path,
    own: Path,
    words: tuple[str, ...],
    pins: set[str],
) -> None:
    del own
    ran = axletree("lock", *words, "--universe", clash, "--format", "constraints")

    assert {line for line in ran.out.splitlines() if line[:1] not in " #"} == pins


def test_the_line_of_the_array_is_the_evidence(
    axletree: CommandLine, clash: Path, own: Path
) -> None:
    del own
    words = ("-r", "pyproject.toml", "--extra", "more", "--group", "old")

    ran = axletree("explain", *words, "--universe", clash)

    assert ran.code == 1
    assert "you require right==2  (pyproject.toml, line 6)" in ran.out
    assert "you require shared<2  (pyproject.toml, line 9)" in ran.out


def test_a_python_that_the_project_excludes_is_a_no(
    axletree: CommandLine, clash: Path, own: Path
) -> None:
    del own
    words = ("lock", "-r", "pyproject.toml", "--universe", clash, "--json")

    ran = axletree(*words, "--python-version", "3.7")

    assert ran.code == 1
    document = ran.document("error")
    assert document["reference"] == "python-excluded"
    assert document["where"] == "pyproject.toml, line 3"


def test_extras_need_a_project(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("lock", "left", "--extra", "x", "--universe", clash)

    assert ran.code == 2
    assert "--extra needs a project to take extras of" in ran.err
