"""`axletree explain --svg`: the picture of a conflict as a file."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.command_line import CommandLine, write_universe

SVG = "{http://www.w3.org/2000/svg}"
ASKED = ("left==1", "right==2")


def spoken(path: Path) -> str:
    """Read what a picture says to those who do not see it."""
    svg = ET.parse(path).getroot()  # noqa: S314  our own file
    return f"{svg.findtext(f'{SVG}title')}: {svg.findtext(f'{SVG}desc')}"


def test_the_picture_of_a_conflict_is_drawn_into_a_file(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--svg", "why.svg")

    assert ran.code == 1
    assert ran.err == "drew the conflict over shared in why.svg\n"
    assert spoken(Path("why.svg")) == (
        "Who allows which shared: "
        "left 1: shared==1 allows 1; right 2: shared>=2 allows 2"
    )
    assert "What helps" in ran.out


def test_json_stays_one_document(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--json", "--svg", "w.svg")

    ran.document("conflict")
    assert Path("w.svg").exists()


def test_a_picture_stays_where_there_is_no_conflict(
    axletree: CommandLine, clash: Path
) -> None:
    Path("why.svg").write_text("what was there")

    ran = axletree("explain", "left", "--universe", clash, "--svg", "why.svg")

    assert ran.code == 0
    assert ran.err == "there is no conflict, so why.svg was not written\n"
    assert Path("why.svg").read_text() == "what was there"


def test_a_conflict_without_a_picture_says_so(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("explain", "nothing-such", "--universe", clash, "--svg", "why.svg")

    assert ran.code == 1
    assert "no conflict is about the versions of one project" in ran.err
    assert not Path("why.svg").exists()


def test_the_first_picture_is_drawn_and_named(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(
        tmp_path / "u.json",
        {
            "left 1": ["shared==1; python_version == '3.8'"],
            "right 1": ["shared==2"],
            "lost 1": ["gone"],
            "shared 1": [],
            "shared 2": [],
        },
    )
    words = ("explain", "lost", "left", "right", "--universe", universe)
    targets = ("--python-version", "3.9", "--python-version", "3.8")

    ran = axletree(*words, "--python-platform", "linux", *targets, "--svg", "w.svg")

    assert ran.code == 1
    assert ran.err.endswith(
        "drew the conflict over shared for Python 3.8 on linux (conflict 2 of 2) "
        "in w.svg\n"
    )
    assert "left 1: shared==1 allows 1" in spoken(Path("w.svg"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--svg", "."), "it is a folder"),
        (("--svg", "nowhere/why.svg"), "there is no folder nowhere"),
        (("--svg", "w.svg", "--engine", "resolvelib"), "need facts"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(
    axletree: CommandLine, clash: Path, words: tuple[str, ...], said: str
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, *words)

    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""
