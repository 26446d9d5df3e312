"""`axletree audit` over snapshots, folders and the wheelhouse."""

from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.support.command_line import CommandLine, snapshot_file, write_universe
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

KUBEFLOW = ROOT / "tests/scenarios/universes/kubeflow-py39.json.gz"
TARGET = ("--python-version", "3.9", "--python-platform", "linux")


def members(document: object, kind: str) -> list[object]:
    assert isinstance(document, dict)
    return [finding["members"] for finding in document[kind]]


def test_what_can_never_be_is_told_by_cause(axletree: CommandLine) -> None:
    universe = write_universe(
        Path("u.json"),
        {
            "left 1": ["shared==1"],
            "right 1": ["shared==2"],
            "far-right 1": ["right"],
            "lost 1": ["nowhere"],
            "lost 2": ["nowhere>1"],
            "shared 1": [],
            "shared 2": [],
        },
    )
    ran = axletree("audit", "--universe", universe, *TARGET)

    assert ran.code == 1
    assert ran.out.startswith("Python 3.9 on linux: 5 projects, 7 releases.\n")
    assert "2 releases can never be installed:\n\n  lost 1 and 2\n" in ran.out
    assert "2. there is no project named nowhere" in ran.out
    assert "2 pairs of projects can never be together:" in ran.out
    assert "left with far-right, right\n  for example left with right:" in ran.out
    assert "1. left 1 requires shared==1" in ran.out
    assert "you require" not in ran.out
    assert ran.err == ""


def test_a_sound_universe_is_said_to_be(axletree: CommandLine, clash: Path) -> None:
    # left 1 with right 1, left 2 with right 2: each two projects have a way.
    ran = axletree("audit", "--universe", clash, *TARGET)

    assert ran.code == 0
    assert ran.out.endswith(
        "Every release can be installed, and every two projects together.\n"
    )


def test_nothing_is_not_said_to_be_sound(axletree: CommandLine) -> None:
    assert axletree("init").code == 0

    ran = axletree("audit")

    assert ran.code == 0
    assert "There is nothing to audit: no file is there." in ran.out
    assert "can be installed" not in ran.out


def test_what_is_for_another_machine_is_not_broken(axletree: CommandLine) -> None:
    universe = write_universe(
        Path("u.json"),
        {"top 1": ["native"]},
        native=[snapshot_file("native", "1", tag="cp39-cp39-win_amd64")],
    )
    ran = axletree("audit", "--universe", universe, *TARGET, "--json")

    document = ran.document("audit")
    assert document["unfit"] == 1
    assert members(document, "broken") == [[{"project": "top", "version": "1"}]]
    windows = ("--python-version", "3.9", "--python-platform", "windows")
    assert axletree("audit", "--universe", universe, *windows).code == 0


def test_a_yanked_release_is_installable_by_its_own_pin_only(
    axletree: CommandLine,
) -> None:
    yanked = {**snapshot_file("gone", "1"), "yanked": "bad"}
    universe = write_universe(
        Path("u.json"),
        {"asks 1": ["gone"], "pins 1": ["gone==1"]},
        gone=[yanked],
    )
    document = axletree("audit", "--universe", universe, *TARGET, "--json").document(
        "audit"
    )

    assert members(document, "broken") == [[{"project": "asks", "version": "1"}]]
    assert document["apart"] == []


@pytest.mark.slow
def test_the_recorded_universe_has_the_deep_conflict(axletree: CommandLine) -> None:
    document = axletree("audit", "--universe", KUBEFLOW, *TARGET, "--json").document(
        "audit"
    )

    assert (document["projects"], document["releases"]) == (203, 1508)
    assert members(document, "apart") == [[["awscli", "kubeflow-fairing"]]]
    broken = [len(found) for found in members(document, "broken") if found]  # type: ignore[arg-type]  # plain JSON
    assert broken == [32, 24, 17, 1, 1, 1]


def test_long_findings_are_cut_unless_asked_for(axletree: CommandLine) -> None:
    releases = {f"p{number:02} 1": [f"q{number}"] for number in range(12)}
    universe = write_universe(Path("u.json"), releases)
    words = ("audit", "--universe", universe, *TARGET)

    assert "  and 2 more by 2 causes (-v shows all)" in axletree(*words).out
    assert "requires q11" in axletree(*words, "-v").out


def test_a_folder_and_the_wheelhouse_can_be_audited(
    axletree: CommandLine, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "dist", "left", "1", requires_dist=["nowhere"])
    publish_all(tmp_path / "house", [wheel])

    folder = axletree("audit", "-f", wheel.parent, *TARGET)
    house = axletree("audit", *TARGET)

    assert folder.code == house.code == 1
    assert "there is no project named nowhere in the wheelhouse at" in house.out
    assert "there is no project named nowhere in the folder" in folder.out


def test_an_index_is_refused(axletree: CommandLine) -> None:
    ran = axletree("audit", "-i", "http://127.0.0.1:9/simple/", *TARGET)

    assert ran.code == 2
    assert "an audit reads everything" in ran.err
