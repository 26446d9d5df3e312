"""Hostile archives: looked through, and unpacked below one folder or not at all."""

import hashlib
import io
import os
import resource
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.builder.archives.folder_sink import unpack_into
from axletree.builder.archives.safe_tree import TreeRules
from axletree.builder.archives.source_archive import (
    look_into,
    source_rules,
)
from axletree.builder.errors import UnsafeSourceError
from axletree.wheelhouse.archives.members import read_members
from axletree.wheelhouse.archives.streams import ArchiveError
from tests.support import hostile_archives as hostile
from tests.support.hostile_archives import TOP, entry, file, hard_link, link


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    return folder


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "deep" / "inside"
    folder.mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def unpack(archive: Path, inside: int) -> None:
    rules = source_rules(archive, has_top=True)
    with archive.open("rb") as stream:
        unpack_into(inside, read_members(stream, rules.stream_bytes), rules, 1)


def everything(folder: Path) -> dict[str, str]:
    """Describe every file but those of `inside`."""
    found = {}
    for place, folders, files in os.walk(folder):
        if "inside" in folders:
            folders.remove("inside")
        for name in (*folders, *files):
            path = Path(place, name)
            is_file = path.is_file() and not path.is_symlink()
            content = path.read_bytes() if is_file else b""
            found[str(path)] = hashlib.sha256(content).hexdigest()
    return found


@pytest.mark.parametrize("name", hostile.TARS)
def test_a_hostile_tar_is_refused_and_writes_nowhere(
    name: str, tmp_path: Path, outside: Path, inside: int
) -> None:
    members = hostile.TARS[name](str(outside))
    archive = hostile.make_tar(tmp_path / "evil-1.0.tar.gz", members)
    before = everything(tmp_path)
    with pytest.raises(ArchiveError):
        unpack(archive, inside)
    assert everything(tmp_path) == before
    if name != "two files of a name":  # Only seen where contents are kept.
        with pytest.raises(UnsafeSourceError) as caught:
            look_into(archive, name="evil", has_top=True)
        assert len(caught.value.what) < 400
        assert caught.value.what.isprintable()


@pytest.mark.parametrize("name", hostile.BYTES)
def test_hostile_bytes_are_refused_in_little_memory(
    name: str, tmp_path: Path, inside: int
) -> None:
    archive = tmp_path / "evil-1.0.tar.gz"
    hostile.BYTES[name](archive)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnsafeSourceError):
        look_into(archive, name="evil", has_top=True)
    with pytest.raises(ArchiveError):
        unpack(archive, inside)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 100_000


@pytest.mark.parametrize("name", [*hostile.ZIPS, "lying size"])
def test_a_hostile_zip_is_refused_and_writes_nowhere(
    name: str, tmp_path: Path, outside: Path, inside: int
) -> None:
    archive = tmp_path / "evil-1.0.zip"
    if name == "lying size":
        hostile.lying_zip(archive)
    else:
        hostile.make_zip(archive, hostile.ZIPS[name](str(outside)))
    before = everything(tmp_path)
    with pytest.raises(ArchiveError):
        unpack(archive, inside)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", hostile.MISPLACED)
def test_a_place_that_no_file_has_is_damage_not_a_failing_disk(
    name: str, tmp_path: Path, inside: int
) -> None:
    archive = hostile.misplaced_zip(tmp_path / "evil-1.0.zip", name)
    with pytest.raises(UnsafeSourceError):
        look_into(archive, name="evil", has_top=True)
    with pytest.raises(ArchiveError):
        unpack(archive, inside)


def test_a_link_in_a_zip_is_a_file_as_for_installers(
    tmp_path: Path, outside: Path, inside: int
) -> None:
    member = hostile.zip_entry(f"{TOP}/l", 0o120777)
    archive = hostile.make_zip(tmp_path / "x.zip", [(member, str(outside).encode())])
    unpack(archive, inside)
    made = tmp_path / "deep/inside" / TOP / "l"
    assert not made.is_symlink()
    assert made.read_text() == str(outside)


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz", ""])
def test_a_harmless_tar_comes_whole(
    compression: str, tmp_path: Path, inside: int
) -> None:
    archive = tmp_path / f"x-1.tar.{compression}"
    long = "n" * 120
    members = [
        entry("", tarfile.DIRTYPE),
        file("a/b.txt", b"b"),
        file(f"{long}/{long}", b"long"),
        file("ü\n\x1b[31m", b"odd"),
        link("l", "a/../a/b.txt"),
        link(f"{long}/back", f"../{long}"),
        link("gone", "not/there"),
        hard_link("h", f"{TOP}/a/b.txt"),
        file("a/b.txt", b"b"),
    ]
    with tarfile.open(archive, f"w:{compression}") as made:  # type: ignore[call-overload] # mypy knows no computed mode
        for member, content in members:
            made.addfile(member, io.BytesIO(content))
    unpack(archive, inside)
    tree = tmp_path / "deep/inside" / TOP
    assert (tree / "a/b.txt").read_bytes() == b"b"
    assert (tree / "l").read_bytes() == b"b"
    assert (tree / long / "back" / long).read_bytes() == b"long"
    assert (tree / "ü\n\x1b[31m").read_bytes() == b"odd"
    assert (tree / "h").stat().st_nlink == 1
    assert (tree / "gone").is_symlink()
    assert (tree / "a/b.txt").stat().st_mtime == 1


def test_no_bits_but_those_of_programs_come_along(tmp_path: Path, inside: int) -> None:
    program, _ = file("p")
    program.mode = 0o6777
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", [(program, b"owned\n")])
    unpack(archive, inside)
    assert (tmp_path / "deep/inside" / TOP / "p").stat().st_mode == 0o100755


def test_a_path_longer_than_the_kernels_is_written(tmp_path: Path, inside: int) -> None:
    name = "/".join(["d" * 200] * 20)
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", [file(name)])
    unpack(archive, inside)
    assert len(f"{tmp_path}/deep/inside/{TOP}/{name}") > 4096 - 100


def test_copies_by_hard_links_are_counted(tmp_path: Path, inside: int) -> None:
    links = (hard_link(f"h{number}", f"{TOP}/big") for number in range(100))
    members = [file("big", bytes(1 << 20)), *links]
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", members)
    with pytest.raises(ArchiveError, match="bytes that may be unpacked"):
        unpack(archive, inside)


def test_pyproject_is_found_through_links(tmp_path: Path) -> None:
    members = [link("pyproject.toml", "sub/p.toml"), file("sub/p.toml", b"[x]\n")]
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", members)
    found = look_into(archive, name="x", has_top=True)
    assert found.pyproject == b"[x]\n"
    assert found.has_setup


def test_a_large_pyproject_is_cut_off(tmp_path: Path) -> None:
    members = [file("pyproject.toml", b"#" * (40 << 20))]
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", members)
    found = look_into(archive, name="x", has_top=True)
    assert found.pyproject is not None
    assert len(found.pyproject) < 4 << 20


def test_a_zip_with_an_endless_list_of_members_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "x-1.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for number in range(2000):
            made.writestr(f"{TOP}/{number}/{'n' * 9000}", "")
    with (
        archive.open("rb") as stream,
        pytest.raises(ArchiveError, match="too large"),
    ):
        list(read_members(stream, 1 << 30))


def test_entries_are_counted(tmp_path: Path, inside: int) -> None:
    members = (entry(f"f{number}") for number in range(200))
    archive = hostile.make_tar(tmp_path / "x-1.tar.gz", members)
    rules = TreeRules(1 << 20, entries=100)
    with archive.open("rb") as stream, pytest.raises(ArchiveError, match="100 entries"):
        unpack_into(inside, read_members(stream, 1 << 20), rules)
