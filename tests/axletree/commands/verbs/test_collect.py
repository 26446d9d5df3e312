"""`axletree collect`: a closure comes whole, once, whatever stops it on the way."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.axletree.commands.verbs.test_lock import pins
from tests.axletree.test_failures import refuse
from tests.support.command_line import TIMEOUT_S, CommandLine, command, run_process
from tests.support.damage import DAMAGES, flip
from tests.support.index_server import Index, serving
from tests.support.sources import (
    build_requirements,
    publish_on,
    runtime_requirements,
    sdist_of,
)
from tests.support.upstream import make_large_wheel
from tests.support.wheelhouses import generation_of, published_in
from tests.support.wheels import make_metadata, make_wheel

APP = "app-1-py3-none-any.whl"
BASE = "base-1-py3-none-any.whl"
LARGE = "large-1-py3-none-any.whl"
BACKEND = "tiny_backend-1-py3-none-any.whl"
OTHER = "other-1-py3-none-any.whl"
WANTED = "wanted-2.5-py3-none-any.whl"
SDIST = "small_thing-1.0.tar.gz"
BUILT = "small_thing-1.0-py3-none-any.whl"
AS_OF = ("--exclude-newer", "2022-02-01")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """Serve `app`, which requires `base` and `large`."""
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(
            served,
            make_wheel(folder, "app", "1", requires_dist=["base", "large"]),
            make_wheel(folder, "base", "1"),
            make_large_wheel(folder, "large", "1"),
        )
        yield served


@pytest.fixture
def sdist_index(tmp_path: Path) -> Iterator[Index]:
    """Serve `small-thing` as an sdist, with all that it needs to be built and used."""
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(
            served,
            sdist_of(folder, "good", "small-thing", is_static=True),
            *build_requirements(folder),
            *runtime_requirements(folder),
        )
        yield served


def downloads(index: Index) -> list[str]:
    """List the files that were asked for so far, metadata beside them left out."""
    paths = [path for path in index.paths() if path.startswith("/files/")]
    names = [path.removeprefix("/files/") for path in paths]
    return sorted(name for name in names if not name.endswith(".metadata"))


def hold(index: Index, filename: str) -> None:
    """Let the next request for a file hang when half of it is sent."""
    index.misdeeds[f"/files/{filename}"].append("hold")


def blob(house: Path, filename: str) -> Path:
    """Say where a published file's bytes lie."""
    with Wheelhouse.open(house) as wheelhouse:
        stored = wheelhouse.find(filename)
        assert stored is not None
        return wheelhouse.path_of(stored)


def parts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/.*.part"))


@contextmanager
def running(
    *words: str | Path, home: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a command; it does not outlive the block."""
    process = subprocess.Popen(
        command(*words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # What is on hold is no failure, and a cut connection is gone on with.
        env={
            **os.environ,
            "AXLETREE_TIMEOUT": str(TIMEOUT_S),
            "AXLETREE_RETRIES": "3",
            **({"AXLETREE_HOME": str(home)} if home else {}),
        },
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def kill(*words: str | Path, when: Callable[[], bool]) -> None:
    """Run a command until `when` says so; kill it then."""
    with running(*words) as process:
        wait_until(when, process)
        process.kill()
        _, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL, err
    assert when()


# Once.


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


# Killed.


@pytest.mark.slow
def test_killed_within_a_download_the_old_state_stays_and_the_rest_comes_later(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    house = tmp_path / "house"
    axletree("collect", "base", "-i", index.url)
    old = published_in(house)
    hold(index, LARGE)
    incoming = house / "incoming"

    kill(
        *("collect", "app", "-i", index.url),
        when=lambda: LARGE in downloads(index) and any(incoming.glob(f"*/{APP}")),
    )

    assert published_in(house) == old
    assert generation_of(house) == 1
    index.asked.clear()
    ran = run_process("collect", "app", "-i", index.url)
    assert ran.code == 0, ran.err
    assert downloads(index) == [LARGE]
    assert published_in(house).keys() == {APP, BASE, LARGE}
    assert generation_of(house) == 2


@pytest.mark.slow
def test_killed_between_two_steps_what_was_published_is_not_brought_again(
    axletree: CommandLine, sdist_index: Index, tmp_path: Path, wall: None
) -> None:
    del axletree, wall
    house = tmp_path / "house"
    hold(sdist_index, BACKEND)
    words = ("collect", "small-thing", "-i", sdist_index.url)

    kill(*words, when=lambda: BACKEND in downloads(sdist_index))

    before = published_in(house)
    assert before.keys() == {SDIST, OTHER, WANTED}
    sdist_index.asked.clear()
    ran = run_process(*words)
    assert ran.code == 0, ran.err
    assert downloads(sdist_index) == [BACKEND]
    after = published_in(house)
    assert before.items() <= after.items()
    assert {BACKEND, BUILT} <= after.keys()


@pytest.mark.slow
def test_the_next_collect_removes_what_a_killed_one_has_half_downloaded(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    hold(index, LARGE)
    words = ("collect", "app", "-i", index.url)
    kill(*words, when=lambda: LARGE in downloads(index))

    assert axletree(*words).code == 0

    assert list((tmp_path / "house/incoming").iterdir()) == []


@pytest.mark.slow
def test_two_collects_at_once_leave_each_other_in_peace(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    incoming = tmp_path / "house/incoming"
    hold(index, LARGE)
    del axletree
    with running("collect", "large", "-i", index.url) as one:
        wait_until(lambda: any(part.stat().st_size for part in parts_in(incoming)), one)
        part, *_ = parts_in(incoming)

        other = run_process("collect", "base", "-i", index.url)

        assert other.code == 0, other.err
        assert parts_in(incoming) == [part]
        index.released.set()
        _, err = one.communicate(timeout=TIMEOUT_S)
    assert one.returncode == 0, err
    assert published_in(tmp_path / "house").keys() == {BASE, LARGE}


@pytest.mark.slow
def test_collects_that_begin_one_after_the_other_take_nothing_from_each_other(
    axletree: CommandLine, tmp_path: Path
) -> None:
    # Once four at a time, staggered, removed each other's downloads in most rounds.
    del axletree
    folder = tmp_path / "up"
    projects = [f"project{number}" for number in range(6)]
    with serving() as index:
        publish_on(index, *(make_large_wheel(folder, name, "1") for name in projects))
        index.delay_s = 0.02
        for number in range(2):
            house = tmp_path / f"house{number}"
            with ExitStack() as stack:
                runs = []
                for start in range(4):
                    wanted = projects[start : start + 3]
                    ran = running("collect", *wanted, "-i", index.url, home=house)
                    runs.append(stack.enter_context(ran))
                    time.sleep(0.1)
                errors = [run.communicate(timeout=TIMEOUT_S)[1] for run in runs]
            assert [run.returncode for run in runs] == [0] * 4, errors
            assert len(published_in(house)) == len(projects)
            assert list((house / "incoming").iterdir()) == []


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


# What the index does wrong.


def missing(document: JsonObject) -> dict[str, str]:
    """Give what did not come, with the reasons."""
    found = document["missing"]
    assert isinstance(found, list)
    return {part["filename"]: part["reason"] for part in found}


def test_a_file_that_was_changed_on_the_index_is_named_and_the_others_stay(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    base = next(file for file in index.published if file.filename == BASE)
    content, base.promised_sha256 = base.content, base.sha256
    base.content = content[:-1] + b"x"
    words = ("collect", "app", "-i", index.url)

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (4, "incomplete-collection")
    assert missing(document) == {
        BASE: f"{BASE} does not have the hash that the index promises "
        f"(see {index.origin}/files/{BASE})"
    }
    assert index.url in str(document["where"])
    assert published_in(tmp_path / "house").keys() == {APP, LARGE}
    base.content = content
    index.asked.clear()
    assert axletree(*words).code == 0
    assert downloads(index) == [BASE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}


def test_of_several_bad_files_each_is_named_and_the_gravest_decides(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    base, large = (
        next(file for file in index.published if file.filename == name)
        for name in (BASE, LARGE)
    )
    base.promised_sha256, base.content = base.sha256, b"other bytes"
    large.content, whole = b"no wheel at all", large.content
    large.metadata = make_metadata("large", "1")
    words = ("collect", "app", "-i", index.url)

    both = axletree(*words)
    base.promised_sha256, base.content = (
        "",
        make_wheel(tmp_path / "again", "base", "1").read_bytes(),
    )
    one = axletree(*words, "--refresh")
    large.content = whole
    none = axletree(*words, "--refresh")

    assert (both.code, one.code, none.code) == (4, 1, 0)
    assert "2 files could not be collected" in both.err
    assert f"\n  {BASE}: {BASE} does not have the hash" in both.err
    assert f"\n  {LARGE}: not a valid wheel: its archive is damaged" in one.err
    assert BASE not in one.err
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}


def test_a_listed_file_that_is_not_there_is_named_and_the_others_stay(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    index.misdeeds[f"/files/{LARGE}"].extend([404] * 2)

    code, document = refuse(axletree, "collect", "app", "-i", index.url)

    assert code == 1
    assert [*missing(document)] == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE}


def test_an_index_that_nobody_serves_is_exit_3(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("collect", "base", "-i", index.url)
    gone = "http://127.0.0.1:9/simple/"

    # Once: how many milliseconds it took is said as well.
    ran = axletree("collect", "app", "-i", gone, "--json")

    document = ran.document("error")
    assert (ran.code, document["reference"]) == (3, "unreachable-index")
    assert str(document["where"]).startswith(gone)
    assert published_in(tmp_path / "house").keys() == {BASE}


def test_an_index_that_goes_away_after_its_pages_is_exit_3_and_can_be_gone_on_with(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    words = ("collect", "app", "-i", index.url)
    index.misdeeds[f"/files/{LARGE}"].extend([503] * 2)

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (3, "incomplete-collection")
    assert [*missing(document)] == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE}
    index.asked.clear()
    assert axletree(*words).code == 0
    assert downloads(index) == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}


def test_without_dependencies_just_what_is_named_comes(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    alone = axletree("collect", "app", "--no-deps", "-i", index.url, *AS_OF)
    whole = axletree("collect", "app", "-i", index.url, *AS_OF)

    assert alone.out.startswith("1 new of 1 file ")
    assert whole.out.startswith("2 new of 3 files ")
    assert set(published_in(tmp_path / "house")) == {APP, BASE, LARGE}


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
