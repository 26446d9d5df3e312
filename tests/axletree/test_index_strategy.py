"""`--index-strategy`: how several indexes are read as one."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_wheel

BEST = ("--index-strategy", "unsafe-best-match")


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


@pytest.fixture
def other() -> Iterator[Index]:
    with serving() as served:
        yield served


def offer(index: Index, folder: Path, *releases: str) -> None:
    """Publish wheels, each named `name version`, and what they require."""
    for release in releases:
        name, version, *requires = release.split()
        wheel = make_wheel(folder, name, version, requires_dist=requires)
        index.publish(name, wheel)


@pytest.fixture
def both(index: Index, other: Index, tmp_path: Path) -> tuple[str, ...]:
    """Offer `one` on both indexes, the newest one on the second."""
    offer(index, tmp_path / "first", "one 1", "one 2 two")
    offer(other, tmp_path / "second", "one 2 three", "one 3 two", "two 5")
    return ("-i", index.url, "--extra-index-url", other.url)


def test_the_first_index_is_the_default(
    axletree: CommandLine, both: tuple[str, ...]
) -> None:
    plain = axletree("lock", "one", *both)
    named = axletree("lock", "one", *both, "--index-strategy", "first-index")

    assert pins(plain.out) == pins(named.out) == ["one==2", "two==5"]


def test_the_best_version_of_all_indexes_wins(
    axletree: CommandLine, both: tuple[str, ...]
) -> None:
    assert pins(axletree("lock", "one", *both, *BEST).out) == ["one==3", "two==5"]


def test_a_version_on_both_is_the_first_one_s_whole(
    axletree: CommandLine, both: tuple[str, ...], index: Index, other: Index
) -> None:
    ran = axletree("lock", "one<3", *both, *BEST)

    [ours] = [f for f in index.published if "one-2" in f.filename]
    [theirs] = [f for f in other.published if "one-2" in f.filename]
    assert pins(ran.out) == ["one==2", "two==5"]
    assert ours.sha256 in ran.out
    assert theirs.sha256 not in ran.out


def test_settings_name_it_and_the_option_comes_last(
    axletree: CommandLine, both: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("axletree.toml").write_text('index-strategy = "unsafe-best-match"\n')
    assert pins(axletree("lock", "one", *both).out)[0] == "one==3"

    monkeypatch.setenv("AXLETREE_INDEX_STRATEGY", "first-index")
    assert pins(axletree("lock", "one", *both).out)[0] == "one==2"
    assert pins(axletree("lock", "one", *both, *BEST).out)[0] == "one==3"


@pytest.mark.parametrize("value", ["best", "unsafe-first-match"])
def test_what_is_no_strategy_is_wrong_usage(
    axletree: CommandLine, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    assert axletree("lock", "one", "--index-strategy", value).code == 2

    monkeypatch.setenv("AXLETREE_INDEX_STRATEGY", value)
    ran = axletree("lock", "one")

    assert ran.code == 2
    assert f"must be first-index or unsafe-best-match, not '{value}'" in ran.err
    assert "where: AXLETREE_INDEX_STRATEGY" in ran.err


@pytest.mark.parametrize("verb", ["explain", "check"])
def test_other_verbs_take_it_too(
    axletree: CommandLine, both: tuple[str, ...], verb: str
) -> None:
    Path("in.txt").write_text("one>2\n")
    words = ("in.txt",) if verb == "check" else ("-r", "in.txt")

    assert axletree(verb, *words, *both).code == 1
    assert axletree(verb, *words, *both, *BEST).code == 0


def test_an_index_that_does_not_answer_stops_the_run(
    axletree: CommandLine, both: tuple[str, ...], other: Index
) -> None:
    other.misdeeds["/simple/one/"].append(401)

    ran = axletree("lock", "one", *both, *BEST)

    assert ran.code == 3
    assert "unreachable-index" in ran.err


def test_a_snapshot_of_it_has_the_same_answer(
    axletree: CommandLine, both: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "snapshot.json.gz"
    words = ("lock", "one<3", "--python-version", "3.9", "--python-platform", "linux")
    direct = axletree(*words, *both, *BEST)

    assert axletree("snapshot", *words[1:], *both, *BEST, "-o", file).code == 0
    again = axletree(*words, "--universe", file)

    assert pins(again.out) == pins(direct.out)
    ranks = {
        place["filename"]: place.get("index_rank", 0)
        for place in json.loads(gzip.decompress(file.read_bytes()))["projects"]["one"]
    }
    assert ranks["one-2-py3-none-any.whl"] == 0
    assert ranks["one-3-py3-none-any.whl"] == 1


@pytest.mark.slow
def test_collect_brings_each_file_from_its_index(
    axletree: CommandLine, both: tuple[str, ...], tmp_path: Path, other: Index
) -> None:
    words = ("collect", "one", *both, "--exclude-newer", "2022-02-01")

    assert axletree(*words).code == 0
    ran = axletree(*words, *BEST)

    assert ran.code == 0, ran.err
    house = published_in(tmp_path / "house")
    [newest] = [f for f in other.published if f.filename == "one-3-py3-none-any.whl"]
    assert house[newest.filename] == newest.sha256
    assert axletree(*words, *BEST).out.startswith("nothing to do: all 2 files")


# What another index has (from a case with two indexes of torch, of which only the second
# has the build that is asked for).


@pytest.fixture
def torch(index: Index, other: Index, tmp_path: Path) -> tuple[str, ...]:
    """Offer torch on both indexes, the build for CUDA on the second alone."""
    offer(index, tmp_path / "public", "torch 1.13.1", "torch 2.0.0")
    offer(index, tmp_path / "public", "app 1 torch==1.13.1+cu116")
    offer(other, tmp_path / "extra", "torch 1.13.1+cu116")
    return ("-i", index.url, "--extra-index-url", other.url)


@pytest.mark.parametrize("root", ["torch==1.13.1+cu116", "app"])
def test_an_index_that_was_not_asked_is_named_and_is_a_repair(
    axletree: CommandLine, torch: tuple[str, ...], other: Index, root: str
) -> None:
    ran = axletree("explain", root, *torch, "--json")

    conflict = json.loads(ran.out)
    asked = f"{other.url} was not asked, since an index before has it"
    assert sum(asked in fact["text"] for fact in conflict["core"]) == 1
    [repair] = [r for r in conflict["repairs"] if r["kind"] == "index-strategy"]
    assert repair["changes"] == [" ".join(BEST)]
    assert repair["text"].endswith(f"torch 1.13.1+cu116 comes from {other.url}")
    assert axletree("lock", root, *torch, *BEST).code == 0
    # pip takes the best of all, whatever we ask.
    assert conflict["as_pip"]["outcome"] == "resolved"


def test_an_index_that_was_asked_is_not_named(
    axletree: CommandLine, torch: tuple[str, ...]
) -> None:
    ran = axletree("explain", "torch>3", *torch, *BEST, "--json")

    assert "not asked" not in ran.out
    kinds = [repair["kind"] for repair in json.loads(ran.out)["repairs"]]
    assert "index-strategy" not in kinds


def test_an_index_that_has_nothing_better_is_named_and_no_repair(
    axletree: CommandLine, torch: tuple[str, ...], other: Index
) -> None:
    conflict = json.loads(axletree("explain", "torch>3", *torch, "--json").out)

    assert f"{other.url} was not asked" in conflict["core"][0]["text"]
    assert all(r["kind"] != "index-strategy" for r in conflict["repairs"])


def test_a_folder_beside_them_keeps_what_was_not_asked(
    axletree: CommandLine, torch: tuple[str, ...], other: Index, tmp_path: Path
) -> None:
    make_wheel(tmp_path / "folder", "torch", "1.0")
    words = ("torch==1.13.1+cu116", *torch, "-f", str(tmp_path / "folder"), "--json")

    conflict = json.loads(axletree("explain", *words).out)

    assert f"{other.url} was not asked" in conflict["core"][0]["text"]
    [repair] = [r for r in conflict["repairs"] if r["kind"] == "index-strategy"]
    assert [pin["version"] for pin in repair["pins"]] == ["1.13.1+cu116"]


def test_the_engine_of_pip_asks_every_index(
    axletree: CommandLine, torch: tuple[str, ...]
) -> None:
    ran = axletree("explain", "app", *torch, "--engine", "resolvelib")

    assert ran.code == 0
    assert "torch 1.13.1+cu116" in ran.out
