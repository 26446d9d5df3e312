"""`axletree snapshot`: the same question has the same answer over it."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.axletree.commands.verbs.test_explain import ASKED, RECIPE
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.schemas import validate
from tests.support.wheels import make_wheel

RELEASES = {
    "left 1": ("shared==1",),
    "left 2": ("shared==2",),
    "right 1": ("shared==1", "absent-project ; python_version < '3'"),
    "right 2": ("shared>=2", "unrelated"),
    "shared 1": (),
    "shared 2": ("no-such-project ; python_version < '3'",),
    "unrelated 1": (),
    "unrelated 2": ("never-read",),
}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    with serving() as served:
        offer(served, tmp_path / "offered")
        yield served.url


def offer(served: Index, folder: Path) -> None:
    for release, requires_dist in RELEASES.items():
        name, version = release.split()
        wheel = make_wheel(folder, name, version, requires_dist=list(requires_dist))
        served.publish(name, wheel)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_a_lock_is_the_same(
    axletree: CommandLine, index: str, tmp_path: Path, suffix: str
) -> None:
    snapshot = tmp_path / f"snapshot{suffix}"

    ran = axletree("snapshot", "left", "-o", snapshot, "--index-url", index)

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"wrote 2 projects to {snapshot}\n"
    recorded, read = (
        axletree("lock", "left", "--json", *source).document("resolution")
        for source in (("--universe", snapshot), ("--index-url", index))
    )
    assert recorded["environments"] == read["environments"]


def test_an_explanation_is_the_same(
    axletree: CommandLine, index: str, tmp_path: Path
) -> None:
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    (recipes / "left.toml").write_text(RECIPE.format(commit="0" * 40))
    words = (*ASKED, "--recipes", recipes)
    snapshot = tmp_path / "snapshot.json"
    assert axletree("snapshot", *words, "-o", snapshot, "--index-url", index).code == 0

    for more in ((), ("--no-repairs",)):
        recorded, read = (
            axletree("explain", *words, *more, *source)
            for source in (("--universe", snapshot), ("--index-url", index))
        )

        assert recorded.code == read.code == 1
        assert "These 4 facts" in recorded.out
        # The commands name the source that was asked.
        url, file = f"--index-url {index}", f"--universe {snapshot}"
        assert recorded.out == read.out.replace(url, file)


def test_claims_over_a_snapshot_are_those_of_the_universe_it_was_made_of(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", *ASKED, "-o", snapshot, "--universe", clash)

    recorded, read = (
        axletree("explain", *ASKED, "--universe", universe).out
        for universe in (snapshot, clash)
    )

    assert "no cause has fewer" in recorded
    assert recorded == read.replace(str(clash), str(snapshot))


def test_another_question_is_refused_and_never_answered_wrongly(
    axletree: CommandLine, index: str, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", "left", "-o", snapshot, "--index-url", index)

    ran = axletree("lock", "right", "--universe", snapshot)

    assert ran.code == 2
    assert "the snapshot does not hold the page of right" in ran.err
    assert "axletree snapshot" in ran.err


def test_a_missing_project_is_recorded_as_missing(
    axletree: CommandLine, index: str, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", "no-such", "left", "-o", snapshot, "--index-url", index)

    ran = axletree("explain", "no-such", "left", "--universe", snapshot)

    assert ran.code == 1
    assert "there is no project named no-such" in ran.out


def test_what_was_not_read_is_not_in_it(
    axletree: CommandLine, index: str, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", "left", "-o", snapshot, "--index-url", index)

    document = validate(orjson.loads(snapshot.read_bytes()), "universe")

    projects = document["projects"]
    assert isinstance(projects, dict)
    assert list(projects) == ["left", "shared"]
    assert index not in snapshot.read_text(encoding="utf-8")


def test_without_a_file_the_snapshot_itself_is_printed(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("snapshot", "left", "--universe", clash)

    assert list(ran.document("universe")) == ["format", "projects", "reading"]
