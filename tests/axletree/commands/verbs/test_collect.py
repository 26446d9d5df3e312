"""`axletree collect`: a closure comes whole, once, whatever stops it on the way."""

from pathlib import Path

import pytest

from tests.axletree.commands.verbs.test_lock import pins
from tests.support.collecting import (
    APP,
    AS_OF,
    BACKEND,
    BASE,
    BUILT,
    LARGE,
    OTHER,
    SDIST,
    WANTED,
    blob,
    downloads,
)
from tests.support.command_line import CommandLine
from tests.support.damage import DAMAGES, flip
from tests.support.failures import refuse
from tests.support.index_server import Index, serving
from tests.support.sources import (
    build_requirements,
    publish_on,
    runtime_requirements,
    sdist_of,
)
from tests.support.wheelhouses import generation_of, published_in
from tests.support.wheels import make_wheel


def test_a_new_wheelhouse_holds_the_whole_closure(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    ran = axletree("collect", "app", "-i", index.url)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("3 new of 3 files ")
    assert published_in(tmp_path / "house") == {
        file.filename: file.sha256 for file in index.published
    }
    assert pins(axletree("lock", "app").out) == ["app==1", "base==1", "large==1"]


def test_each_file_is_downloaded_once_however_often_it_is_collected(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    words = ("collect", "app", "-i", index.url, "--cache-dir")

    first = axletree(*words, tmp_path / "one")
    again = axletree(*words, tmp_path / "another")

    assert downloads(index) == [APP, BASE, LARGE]
    assert first.out.startswith("3 new of 3 files ")
    assert again.out.startswith("nothing to do: all 3 files ")
    assert generation_of(tmp_path / "house") == 1


def test_only_what_is_new_is_downloaded(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("collect", "base", "-i", index.url)

    ran = axletree("collect", "app", "-i", index.url, "--json")

    assert downloads(index) == [APP, BASE, LARGE]
    assert ran.document()["new"] == [APP, LARGE]
    assert generation_of(tmp_path / "house") == 2


def test_a_finished_collect_as_of_a_day_asks_for_nothing(
    axletree: CommandLine, index: Index
) -> None:
    first = axletree("collect", "app", "-i", index.url, *AS_OF)
    index.asked.clear()

    again = axletree("collect", "app", "-i", index.url, *AS_OF, "--refresh")

    assert (first.code, again.code) == (0, 0)
    assert again.out.startswith("nothing to do: all 3 files ")
    assert index.asked == []


def test_for_which_patch_releases_it_holds_is_named_as_in_a_lock(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "more"
    wheel = make_wheel(
        folder, "app", "2", requires_dist=["base"], requires_python=">=3.9.4"
    )
    publish_on(index, wheel)
    target = ("--python-version", "3.9", "--python-platform", "linux")
    words = ("app", "-i", index.url, *target, *AS_OF)
    held = "Python 3.9.4 or newer"

    locked = axletree("lock", *words)
    ran = axletree("collect", *words)
    again = axletree("collect", *words)
    document = axletree("collect", *words, "--json").document()

    for each in (locked, ran):
        assert each.code == 0, each.err
        assert f"note: this holds only for {held}\n" in each.err
    assert again.out.startswith("nothing to do: all 2 files ")
    whole = f"Python 3.9 on linux ({held})"
    assert f"note: this was collected for {whole} only\n" in again.err
    assert document["environment"] == whole


def test_what_is_noted_of_the_answer_is_said_as_in_a_lock(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "more", "app", "2", requires_dist=["base"])
    publish_on(index, wheel)
    index.published[-1].yanked = "broken"
    words = ("app==2", "-i", index.url)

    locked, ran = axletree("lock", *words), axletree("collect", *words)
    notes = axletree("collect", *words, "--json").document()["notes"]

    [note] = [line for line in locked.err.splitlines() if "yanked" in line]
    assert note in ran.err
    assert isinstance(notes, list)
    assert note.removeprefix("note: ") in notes


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("as_of", [AS_OF, ()])
def test_collected_again_what_is_damaged_is_brought_again(
    axletree: CommandLine,
    index: Index,
    tmp_path: Path,
    how: str,
    as_of: tuple[str, ...],
) -> None:
    words = ("collect", "app", "-i", index.url, *as_of)
    assert axletree(*words).code == 0
    index.asked.clear()
    DAMAGES[how](blob(tmp_path / "house", BASE))

    again = axletree(*words)

    assert again.code == 0, again.err
    assert again.out.startswith("1 repaired of 3 files ")
    assert downloads(index) == [BASE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}
    assert axletree(*words).out.startswith("nothing to do: all 3 files ")


@pytest.mark.slow
def test_collected_again_a_damaged_built_wheel_is_built_again(
    axletree: CommandLine, sdist_index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    words = ("collect", "small-thing", "-i", sdist_index.url, "--json")
    assert axletree(*words).code == 0
    for filename in (BUILT, SDIST, BACKEND):
        flip(blob(tmp_path / "house", filename))

    again = axletree(*words)

    assert again.code == 0, again.err
    assert again.document()["repaired"] == [SDIST, BACKEND, BUILT]
    assert BUILT in published_in(tmp_path / "house")


@pytest.mark.slow
def test_an_sdist_comes_with_its_wheel_and_what_built_it(
    axletree: CommandLine, sdist_index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    ran = axletree("collect", "small-thing", "-i", sdist_index.url, "--json")

    assert ran.code == 0, ran.err
    assert ran.document()["built"] == [BUILT]
    offered = {file.filename for file in sdist_index.published}
    unasked = {"tiny_extra-2-py3-none-any.whl"}
    assert published_in(tmp_path / "house").keys() == (offered - unasked) | {BUILT}


@pytest.mark.slow
def test_a_wheel_that_requires_more_than_its_sdist_said_is_named_until_that_is_brought(
    axletree: CommandLine, tmp_path: Path, wall: None
) -> None:
    del wall
    folder = tmp_path / "up"
    with serving() as index:
        sdist = sdist_of(folder, "good", "small-thing", is_static=True, promises=[])
        needed = [*build_requirements(folder), *runtime_requirements(folder)]
        publish_on(index, sdist, *needed)
        alone = axletree("collect", "small-thing", "-i", index.url)
        whole = axletree("collect", "small-thing", "wanted", "other", "-i", index.url)

    assert alone.code == 1
    assert f"{SDIST}: {BUILT}, built from it, requires wanted" in alone.err
    assert alone.err.endswith("docs: axletree docs incomplete-collection\n")
    assert whole.code == 0, whole.err


@pytest.mark.slow
def test_a_built_wheel_waits_for_what_it_requires(
    axletree: CommandLine, sdist_index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    house = tmp_path / "house"
    path = f"/files/{OTHER}"
    sdist_index.misdeeds[path].extend([404] * 20)

    first = axletree("collect", "small-thing", "-i", sdist_index.url)
    before = published_in(house)
    sdist_index.misdeeds[path].clear()
    second = axletree("collect", "small-thing", "-i", sdist_index.url)

    assert first.code != 0
    assert f"{BUILT} was built, and waits for {OTHER}" in first.err
    assert BUILT not in before
    assert second.code == 0, second.err
    assert BUILT in published_in(house)


# Where files come from.


def test_a_folder_stands_for_itself(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "links"
    wheel = make_wheel(folder, "alone", "1", requires_dist=["base"])

    lacking = axletree("collect", "alone", "-f", folder)
    make_wheel(folder, "base", "0.5")
    ran = axletree("collect", "alone", "-f", folder)

    assert lacking.code == 1
    assert f"asked {folder}\n" in lacking.err
    assert ran.code == 0, ran.err
    assert ran.err == f"asked {folder}\n"
    assert index.asked == []
    assert wheel.is_file()
    assert published_in(tmp_path / "house").keys() == {
        "alone-1-py3-none-any.whl",
        "base-0.5-py3-none-any.whl",
    }


def test_a_folder_beside_an_index_is_asked_with_it(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    folder = tmp_path / "links"
    make_wheel(folder, "alone", "1", requires_dist=["base"])
    login = index.url.replace("//", "//me:secret@")

    ran = axletree("collect", "alone", "-f", folder, "-i", login)
    as_json = axletree("collect", "alone", "-f", folder, "-i", login, "--json")

    assert ran.code == 0, ran.err
    assert ran.err == f"asked {folder} and {index.url}\n"
    assert as_json.document()["sources"] == [str(folder), index.url]
    assert "secret" not in ran.err + as_json.out


def test_without_any_source_the_public_index_is_asked_and_named(
    axletree: CommandLine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    axletree("init")
    monkeypatch.setenv("PIP_INDEX_URL", index.url)

    ran = axletree("collect", "base")

    assert ran.code == 0, ran.err
    assert ran.err == f"asking the public index: {index.url}\n"


def test_no_index_leaves_nothing_to_ask(
    axletree: CommandLine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    Path("in.txt").write_text("--no-index\nbase\n")

    code, document = refuse(axletree, "collect", "-r", "in.txt")

    assert (code, document["reference"]) == (2, "usage")
    assert "--find-links" in str(document["what"])
    assert index.asked == []


def test_without_dependencies_just_what_is_named_comes(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    alone = axletree("collect", "app", "--no-deps", "-i", index.url, *AS_OF)
    whole = axletree("collect", "app", "-i", index.url, *AS_OF)

    assert alone.out.startswith("1 new of 1 file ")
    assert whole.out.startswith("2 new of 3 files ")
    assert set(published_in(tmp_path / "house")) == {APP, BASE, LARGE}


@pytest.mark.slow
def test_without_dependencies_an_sdist_is_built_all_the_same(
    axletree: CommandLine, wall: None, sdist_index: Index, tmp_path: Path
) -> None:
    del wall
    words = ("small-thing", "--no-deps", "-i", sdist_index.url)

    ran = axletree("collect", *words)

    assert ran.code == 0, ran.err
    there = published_in(tmp_path / "house")
    assert {SDIST, BUILT, BACKEND} <= set(there)
    assert WANTED not in there


def test_a_conflict_without_dependencies_names_an_explain_that_runs(
    axletree: CommandLine, index: Index
) -> None:
    ran = axletree("collect", "app>=2", "--no-deps", "-i", index.url)
    [command] = [line for line in ran.err.splitlines() if "axletree explain" in line]

    assert ran.code == 1
    assert (
        axletree(*command.partition("axletree ")[2].replace("'", "").split()).code == 1
    )
