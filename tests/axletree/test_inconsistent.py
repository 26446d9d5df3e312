"""Files that say another thing inside than their name are not chosen, and named.

`shared/cases/resolve/inconsistent`; `build-and-serve/01` (dill 0.3.1.1 has no PKG-INFO)
and `02` (docutils 0.21.post1, whose backend says 0.21), all made here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.sources import build_requirements, publish_on, sources_of
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_metadata, make_wheel, repacked, write_tar_gz

SIX = "six-1-py3-none-any.whl"
TARGET = ("--python-version", "3.11", "--python-platform", "linux")


@pytest.fixture
def inconsistent(tmp_path: Path) -> Path:
    """Offer `a 1`, and an `a 3` that is a 2 inside."""
    folder = tmp_path / "links"
    make_wheel(folder, "a", "1")
    make_wheel(folder, "a", "2").rename(folder / "a-3-py3-none-any.whl")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """Serve what builds need, and `six`."""
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(served, *build_requirements(folder), make_wheel(folder, "six", "1"))
        yield served


def offer_sdist(
    index: Index, folder: Path, filename: str, *, version: str, pkg_info: str | None
) -> None:
    """Serve an sdist of `thing` whose backend says this version."""
    stem = filename.removesuffix(".tar.gz")
    files = sources_of("good", "thing", version=version, dependencies=["six"])
    members = {f"{stem}/{name}": text.encode() for name, text in files.items()}
    if pkg_info is not None:
        raw = make_metadata("thing", pkg_info, metadata_version="1.1")
        members[f"{stem}/PKG-INFO"] = raw
    folder.mkdir(exist_ok=True)
    publish_on(index, write_tar_gz(folder / filename, members))


def test_the_wheel_that_says_its_own_version_is_locked(
    axletree: CommandLine, inconsistent: Path
) -> None:
    ran = axletree("lock", "a", "-f", inconsistent, *TARGET)

    assert pins(ran.out) == ["a==1"]


def test_why_the_other_is_not_chosen_is_a_fact(
    axletree: CommandLine, inconsistent: Path
) -> None:
    ran = axletree("explain", "a>=2", "-f", inconsistent, *TARGET)

    assert ran.code == 1
    assert "its metadata says Version: 2, not 3" in ran.out


def test_a_snapshot_carries_it(
    axletree: CommandLine, inconsistent: Path, tmp_path: Path
) -> None:
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", "a", "-f", inconsistent, "-o", snapshot, *TARGET)

    ran = axletree("lock", "a", "--universe", snapshot, *TARGET)

    assert pins(ran.out) == ["a==1"]
    assert "its metadata says Version: 2, not 3" in snapshot.read_text()


def test_what_pip_cannot_unpack_is_not_chosen_for_its_python(
    axletree: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "links"
    make_wheel(folder, "a", "1")
    zstd = make_wheel(folder, "a", "2", files={"a.py": "x = 1"})
    repacked(zstd, method=93, member="a.py")
    source = ("-f", folder, "--python-platform", "linux")

    old = axletree("lock", "a", *source, "--python-version", "3.13")
    new = axletree("lock", "a", *source, "--python-version", "3.14")
    why = axletree("explain", "a>=2", *source, "--python-version", "3.13")
    snapshot = tmp_path / "snapshot.json"
    axletree("snapshot", "a", *source, "--python-version", "3.13", "-o", snapshot)
    read = axletree(
        *("lock", "a", "--universe", snapshot, "--python-platform", "linux"),
        *("--python-version", "3.13"),
    )
    collected = axletree("collect", "a", *source, "--python-version", "3.14")

    assert (pins(old.out), pins(new.out)) == (["a==1"], ["a==2"])
    said = " ".join(why.out.split())
    assert "it is packed so that no pip before Python 3.14 unpacks it" in said
    assert pins(read.out) == ["a==1"]
    # Nobody here can say whether its bytes are what RECORD says.
    assert collected.code == 1
    assert "'a.py' is packed by zstd" in collected.err


@pytest.mark.slow
def test_an_sdist_without_pkg_info_is_collected_and_built(
    axletree: CommandLine, index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    name = "thing-0.3.1.1.tar.gz"
    offer_sdist(index, tmp_path / "up", name, version="0.3.1.1", pkg_info=None)

    ran = axletree("collect", "thing==0.3.1.1", "six", "-i", index.url, "--json")

    document = ran.document()
    assert ran.code == 0, ran.err
    assert document["built"] == ["thing-0.3.1.1-py3-none-any.whl"]
    assert f"{name}: it has no PKG-INFO" in str(document["notes"])
    assert {name, SIX} <= published_in(tmp_path / "house").keys()


@pytest.mark.slow
def test_a_pkg_info_that_the_build_corrects_keeps_nothing_out(
    axletree: CommandLine, index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    name = "thing-2.0.tar.gz"
    offer_sdist(index, tmp_path / "up", name, version="2.0", pkg_info="1.9.dev3")

    ran = axletree("collect", "thing", "-i", index.url)

    assert ran.code == 0, ran.err
    there = published_in(tmp_path / "house")
    assert {name, SIX, "thing-2.0-py3-none-any.whl"} <= there.keys()


@pytest.mark.slow
def test_an_sdist_whose_backend_says_another_version_is_not_chosen(
    axletree: CommandLine, index: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    folder = tmp_path / "up"
    publish_on(index, make_wheel(folder, "thing", "0.21"))
    name = "thing-0.21.post1.tar.gz"
    offer_sdist(index, folder, name, version="0.21", pkg_info="0.21")
    words = ("thing>=0.21,<0.21.1", "-i", index.url)

    locked = axletree("lock", *words)
    collected = axletree("collect", *words, "six")
    explained = axletree("explain", "thing==0.21.post1", "-i", index.url)

    assert pins(locked.out) == ["thing==0.21"]
    assert collected.code == 0, collected.err
    there = published_in(tmp_path / "house").keys()
    assert there == {"thing-0.21-py3-none-any.whl", SIX}
    said = " ".join(explained.out.split())
    assert "its metadata says Version: 0.21, not 0.21.post1" in said
