"""Where candidates come from: folders, indexes, and options about them in files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


@pytest.fixture
def other() -> Iterator[Index]:
    with serving() as served:
        yield served


def offer(index: Index, folder: Path, *releases: str) -> None:
    """Publish wheels, each named `name version`."""
    for release in releases:
        name, version = release.split()
        index.publish(name, make_wheel(folder, name, version))


def test_several_environments_read_each_page_once(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    offer(index, tmp_path, "one 1", "two 2")
    pythons = ("--python-version", "3.9", "--python-version", "3.12")

    ran = axletree("lock", "one", "two", "-i", index.url, *pythons, "--refresh")

    assert pins(ran.out) == ["one==1", "two==2"]
    pages = [path for path in index.paths() if path.endswith("/")]
    assert len(pages) == len(set(pages)) == 2


def test_without_any_option_it_is_the_wheelhouse(
    axletree: CommandLine, tmp_path: Path
) -> None:
    publish_all(tmp_path / "house", [make_wheel(tmp_path, "one", "1")])

    assert pins(axletree("lock", "one").out) == ["one==1"]


def test_a_folder_of_files_stands_for_an_index(
    axletree: CommandLine, tmp_path: Path
) -> None:
    make_wheel(tmp_path / "links", "one", "1", requires_dist=["two"])
    make_wheel(tmp_path / "links", "two", "2")

    ran = axletree("lock", "one", "--find-links", tmp_path / "links")

    assert pins(ran.out) == ["one==1", "two==2"]


def test_several_folders_are_read_as_one(axletree: CommandLine, tmp_path: Path) -> None:
    make_wheel(tmp_path / "a", "one", "1", requires_dist=["two"])
    make_wheel(tmp_path / "a", "two", "1")
    make_wheel(tmp_path / "b", "two", "2")
    words = ("--find-links", tmp_path / "a", "-f", (tmp_path / "b").as_uri())

    ran = axletree("lock", "one", *words)

    assert pins(ran.out) == ["one==1", "two==2"]


def test_a_folder_beside_an_index_adds_to_it(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    offer(index, tmp_path, "one 1", "two 1")
    make_wheel(tmp_path / "links", "one", "2", requires_dist=["two"])

    ran = axletree("lock", "one", "-i", index.url, "-f", tmp_path / "links")

    assert pins(ran.out) == ["one==2", "two==1"]


def test_files_name_indexes_and_folders_relative_to_themselves(
    axletree: CommandLine, tmp_path: Path, index: Index, other: Index
) -> None:
    offer(index, tmp_path, "one 1", "both 1")
    offer(other, tmp_path, "two 2", "both 9")
    make_wheel(tmp_path / "here/reqs/links", "three", "3")
    file = tmp_path / "here/reqs/in.txt"
    file.write_text(
        f"--index-url {index.url}\n--extra-index-url {other.url}\n"
        "--find-links links\none\ntwo\nthree\nboth\n"
    )

    ran = axletree("lock", "-r", file)

    assert pins(ran.out) == ["both==1", "one==1", "three==3", "two==2"]


def test_no_index_in_a_file_asks_none(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    Path("in.txt").write_text(f"--index-url {index.url}\n--no-index\none\n")
    publish_all(tmp_path / "house", [make_wheel(tmp_path, "one", "1")])

    assert pins(axletree("lock", "-r", "in.txt").out) == ["one==1"]
    assert index.asked == []


def test_the_settings_index_is_asked_unless_a_folder_is_named(
    axletree: CommandLine,
    tmp_path: Path,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AXLETREE_INDEX_URL", index.url)
    offer(index, tmp_path, "one 1")
    make_wheel(tmp_path / "links", "one", "2")

    assert pins(axletree("lock", "one").out) == ["one==1"]
    assert pins(axletree("lock", "one", "-f", tmp_path / "links").out) == ["one==2"]


def test_the_explain_command_shows_no_password(
    axletree: CommandLine, index: Index
) -> None:
    secret = index.url.replace("://", "://me:hunter2@")

    ran = axletree("lock", "absent", "-i", secret, f"--extra-index-url={secret}x/")

    assert ran.code == 1
    assert "://****@" in ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--extra-index-url", "https://h.invalid/"), "--extra-index-url needs a"),
        (("--find-links", "absent"), "--find-links absent is not a folder"),
        (("-f", "https://me:hunter2@h.invalid/l/"), "--find-links https://****@h."),
        (("-i", "https://h.invalid/", "--universe", "u.json"), "--universe is all"),
        (("-i", "ftp://h.invalid/"), "the index URL is not an address"),
    ],
)
def test_sources_that_cannot_be_are_wrong_usage(
    axletree: CommandLine, words: tuple[str, ...], what: str
) -> None:
    ran = axletree("lock", "one", *words)

    assert ran.code == 2
    assert ran.err.startswith(f"error: {what}")
    assert "hint: " in ran.err
    assert "hunter2" not in ran.err


def test_counters_add_the_requests_of_all_indexes(
    axletree: CommandLine, tmp_path: Path, index: Index, other: Index
) -> None:
    offer(index, tmp_path, "one 1")
    offer(other, tmp_path, "two 1")
    words = ("-i", index.url, "--extra-index-url", other.url, "--json")

    document = axletree("lock", "one", "two", *words).document("resolution")

    counters = document["counters"]
    assert isinstance(counters, dict)
    assert counters["requests"] == len(index.asked) + len(other.asked)


def test_locking_and_collecting_take_a_folder_of_pages_for_an_index(
    axletree: CommandLine, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "simple" / "lib", "lib", "2")
    page = f'<title>Links for lib</title><a href="{wheel.name}">'
    wheel.with_name("index.html").write_text(page)
    url = (tmp_path / "simple").as_uri()
    words = ("lib", "-i", url, "--python-version", "3.11", "--python-platform", "linux")

    assert "\nlib==2 \\\n" in axletree("lock", *words).out
    collected = axletree("collect", *words)
    assert collected.code == 0, collected.err
    assert "1 new of 1 file " in collected.out
