"""Makers of wheels and sdists that differ from sound ones in one thing."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from axletree.wheelhouse.gate import Kind
from tests.support.hostile_archives import zip_entry
from tests.support.wheels import (
    make_metadata,
    make_record,
    make_wheel,
    repacked,
    wheel_members,
    with_twin,
    write_tar_gz,
    write_zip,
)

Maker: TypeAlias = Callable[[Path], Path]
"""Writes one file into a folder."""
Case: TypeAlias = tuple[Kind, Maker]
"""What is found, and in which file."""

WHEEL = "demo-1.0-py3-none-any.whl"
INFO = "demo-1.0.dist-info"
DATA = "demo-1.0.data"
SDIST = "demo-1.0.tar.gz"
LINUX = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"
LINUX_WHEEL = f"demo-1.0-{LINUX}.whl"


def with_files(*paths: str, name: str = WHEEL) -> Maker:
    """Make a wheel that holds files besides, all of other content."""
    more = {path: path.encode("utf-8", "replace") for path in paths}
    return with_members(more, name=name)


def with_members(
    more: Mapping[str, bytes],
    *,
    name: str = WHEEL,
    gone: Iterable[str] = (),
    record: str | None = None,
) -> Maker:
    """Make a wheel that holds, or lacks, other members than a sound one."""

    def make(folder: Path) -> Path:
        tag = "-".join(name.removesuffix(".whl").split("-")[-3:])
        metadata = make_metadata("demo", "1.0")
        members = wheel_members("demo", "1.0", metadata=metadata, tag=tag)
        members = {**members, **more}
        rows = make_record(members) + f"{INFO}/RECORD,,\n" if record is None else record
        for path in gone:
            members.pop(path, None)
        if f"{INFO}/RECORD" not in gone:
            members[f"{INFO}/RECORD"] = rows.encode("utf-8", "surrogateescape")
        return write_zip(folder / name, members)

    return make


def with_metadata(text: str) -> Maker:
    """Make a wheel with other METADATA."""
    return with_members({f"{INFO}/METADATA": text.encode()})


def with_wheel_file(text: str) -> Maker:
    """Make a wheel with another WHEEL."""
    return with_members({f"{INFO}/WHEEL": text.encode()})


def with_entry_point(line: str, section: str = "console_scripts") -> Maker:
    """Make a wheel with one command."""
    text = f"[{section}]\n{line}\n"
    return with_members({f"{INFO}/entry_points.txt": text.encode()})


def with_rows(*rows: str) -> Maker:
    """Make a wheel whose RECORD has more rows."""
    members = wheel_members("demo", "1.0", metadata=make_metadata("demo", "1.0"))
    record = make_record(members) + f"{INFO}/RECORD,,\n" + "\n".join(rows) + "\n"
    return with_members({}, record=record)


def renamed(maker: Maker, name: str) -> Maker:
    """Make a file and call it otherwise."""
    return lambda folder: maker(folder).rename(folder / name)


def packed_anew(name: str, pack: Callable[[bytes], bytes]) -> Maker:
    """Make a sound sdist whose tar is packed in some way."""
    made = spoiled(SOUND_SDIST, lambda raw: pack(gzip.decompress(raw)))
    return renamed(made, name)


def spoiled(maker: Maker, spoil: Callable[[bytes], bytes]) -> Maker:
    """Make a file and change its bytes."""

    def make(folder: Path) -> Path:
        path = maker(folder)
        path.write_bytes(spoil(path.read_bytes()))
        return path

    return make


def of_mode(mode: int) -> Maker:
    """Make a wheel with a member of a kind that is no file."""

    def make(folder: Path) -> Path:
        path = sound(folder)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(zip_entry("demo/link", mode), "/etc/passwd")
        return path

    return make


def doubled(name: str, content: bytes) -> Maker:
    """Make a wheel that holds a path twice."""
    return lambda folder: with_twin(sound(folder), name, content)


def packed_by(method: int) -> Maker:
    """Make a wheel that says so of each member."""
    return lambda folder: repacked(sound(folder), method=method)


def encrypted(folder: Path) -> Path:
    """Make a wheel with a member that needs a password, by its flags."""
    raw = bytearray(sound(folder).read_bytes())
    raw[6] |= 1
    raw[raw.find(b"PK\1\2") + 8] |= 1
    (folder / WHEEL).write_bytes(raw)
    return folder / WHEEL


def full_folder(folder: Path) -> Path:
    """Make a wheel with a folder that has content."""
    path = sound(folder)
    with zipfile.ZipFile(path, "a") as archive:
        entry = zip_entry("demo/", stat.S_IFDIR | 0o755)
        with archive.open(entry, "w") as member:
            member.write(b"hidden")
    return path


def sdist(
    members: Mapping[str, bytes], *, name: str = SDIST, pkg_info: bytes | None = None
) -> Maker:
    """Make an sdist that holds other files besides."""
    own = make_metadata("demo", "1.0") if pkg_info is None else pkg_info
    usual = {"demo-1.0/PKG-INFO": own, "demo-1.0/setup.py": b""}
    return lambda folder: write_tar_gz(folder / name, {**usual, **members})


def sdist_with(name: str, kind: bytes, target: str = "", content: bytes = b"") -> Maker:
    """Make an sdist with one member of any kind."""

    def make(folder: Path) -> Path:
        with tarfile.open(folder / SDIST, "w:gz") as archive:
            for path in ("demo-1.0/PKG-INFO", "demo-1.0/setup.py"):
                text = make_metadata("demo", "1.0") if path.endswith("O") else b""
                entry = tarfile.TarInfo(path)
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text))
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.size = kind, target, len(content)
            archive.addfile(entry, io.BytesIO(content))
        return folder / SDIST

    return make


def zip_sdist(members: Mapping[str, bytes]) -> Maker:
    """Make an sdist that is a zip."""
    usual = {"demo-1.0/PKG-INFO": make_metadata("demo", "1.0")}
    return lambda folder: write_zip(folder / "demo-1.0.zip", {**usual, **members})


def sound(folder: Path) -> Path:
    """Make a wheel with nothing wrong."""
    return make_wheel(folder, "demo", "1.0")


SOUND_SDIST = sdist({})
WHEEL_FILE = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
HEADERS = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
