"""Wheels and sdists, each with one thing wrong, and the finding that it must have."""

import bz2
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
    write_wheel,
    write_zip,
)

Maker: TypeAlias = Callable[[Path], Path]
"""Writes one file into a folder."""
Case: TypeAlias = tuple[Kind, Maker]

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
            members[f"{INFO}/RECORD"] = rows.encode()
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
_MANY = "".join(f"Requires-Dist: a{number}\n" for number in range(10_001))
_TAGS = ".".join("abcdefghijklmnopqrstuvwxyz0123456789")

BAD: Mapping[str, Case] = {
    # The file name (PEP 427, PEP 625).
    "too few parts": (Kind.FILE_NAME, renamed(sound, "demo-1.0-py3-any.whl")),
    "too many parts": (Kind.FILE_NAME, renamed(sound, "demo-1.0-1-2-py3-none-any.whl")),
    "build without digit": (
        Kind.FILE_NAME,
        renamed(sound, "demo-1.0-x-py3-none-any.whl"),
    ),
    "no version": (Kind.FILE_NAME, renamed(sound, "demo--py3-none-any.whl")),
    "no PEP 440 version": (
        Kind.FILE_NAME,
        renamed(sound, "demo-latest-py3-none-any.whl"),
    ),
    "bad project name": (Kind.FILE_NAME, renamed(sound, "_demo-1.0-py3-none-any.whl")),
    "too many tags": (
        Kind.FILE_NAME,
        renamed(sound, f"demo-1.0-{_TAGS}-{_TAGS}-any.whl"),
    ),
    "no kind of file": (Kind.FILE_NAME, renamed(sound, "demo-1.0.egg")),
    "sdist without version": (Kind.FILE_NAME, renamed(SOUND_SDIST, "demo.tar.gz")),
    # The archive.
    "empty": (Kind.UNSOUND_ARCHIVE, spoiled(sound, lambda _: b"")),
    "a page in its place": (
        Kind.UNSOUND_ARCHIVE,
        spoiled(sound, lambda _: b"<html>404 Not Found</html>"),
    ),
    "cut off": (Kind.UNSOUND_ARCHIVE, spoiled(sound, lambda raw: raw[:-30])),
    "a flipped bit": (
        Kind.UNSOUND_ARCHIVE,
        spoiled(sound, lambda raw: raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]),
    ),
    "sdist cut off": (
        Kind.UNSOUND_ARCHIVE,
        spoiled(SOUND_SDIST, lambda raw: raw[: len(raw) // 2]),
    ),
    "plain tar as tar.gz": (
        Kind.UNSOUND_ARCHIVE,
        packed_anew("demo-1.0.tar.gz", bytes),
    ),
    "bz2 as tgz": (
        Kind.UNSOUND_ARCHIVE,
        packed_anew("demo-1.0.tgz", bz2.compress),
    ),
    "gzip as tar.xz": (
        Kind.UNSOUND_ARCHIVE,
        packed_anew("demo-1.0.tar.xz", gzip.compress),
    ),
    "sdist with a device": (
        Kind.UNSOUND_ARCHIVE,
        sdist_with("demo-1.0/null", tarfile.CHRTYPE),
    ),
    "sdist with a pipe": (
        Kind.UNSOUND_ARCHIVE,
        sdist_with("demo-1.0/pipe", tarfile.FIFOTYPE),
    ),
    "bytes before": (Kind.AMBIGUOUS_ARCHIVE, spoiled(sound, lambda raw: b"#!" + raw)),
    "bytes after": (
        Kind.AMBIGUOUS_ARCHIVE,
        spoiled(sound, lambda raw: raw + b"\0" * 40),
    ),
    "two names of one member": (
        Kind.AMBIGUOUS_ARCHIVE,
        spoiled(sound, lambda raw: raw.replace(b"demo.py", b"evil.py", 1)),
    ),
    "bomb": (Kind.BOMB, with_members({"zeros": bytes(65 << 20)})),
    "sdist bomb": (
        Kind.UNSOUND_ARCHIVE,
        sdist({"demo-1.0/zeros": bytes(66 << 20)}),
    ),
    "METADATA beyond measure": (
        Kind.OVERSIZED_FILE,
        with_metadata(HEADERS + "\n" + "x" * (9 << 20)),
    ),
    "password": (Kind.ENCRYPTED, encrypted),
    "zstd": (Kind.ZSTD, packed_by(93)),
    "unknown packing": (Kind.UNKNOWN_PACKING, packed_by(97)),
    "two contents of a module": (Kind.TWO_CONTENTS, doubled("demo.py", b"other")),
    "two contents, one with a dot": (
        Kind.TWO_CONTENTS,
        doubled("./demo.py", b"other"),
    ),
    "two METADATA": (Kind.TWO_CONTENTS, doubled(f"{INFO}/METADATA", b"other")),
    # Paths.
    "parent": (Kind.UNSAFE_PATH, with_files("../evil.py")),
    "parent inside": (Kind.UNSAFE_PATH, with_files("demo/../../evil.py")),
    "absolute": (Kind.UNSAFE_PATH, with_files("/etc/evil.py")),
    "backslash": (Kind.UNSAFE_PATH, with_files("demo\\..\\..\\evil.py")),
    "drive": (Kind.UNSAFE_PATH, with_files("C:/evil.py")),
    "network share": (Kind.UNSAFE_PATH, with_files("//server/share/evil.py")),
    "NUL": (
        Kind.UNSAFE_PATH,
        spoiled(
            with_files("demo/nul.py"),
            lambda raw: raw.replace(b"demo/nul.py", b"demo/n\0l.py"),
        ),
    ),
    "newline": (Kind.UNSAFE_PATH, with_files("demo/a\nb.py")),
    "escape sequence": (Kind.UNSAFE_PATH, with_files("demo/\x1b[31m.py")),
    "parent, by data": (Kind.UNSAFE_PATH, with_files(f"{DATA}/data/../../../evil.py")),
    "sdist with a parent": (Kind.UNSAFE_PATH, sdist({"demo-1.0/../../evil": b""})),
    "sdist with an absolute path": (Kind.UNSAFE_PATH, sdist({"/etc/evil": b""})),
    "zip sdist with a parent": (Kind.UNSAFE_PATH, zip_sdist({"../evil": b""})),
    "part too long": (Kind.LONG_PATH, with_files(f"demo/{'n' * 256}.py")),
    "path too long": (Kind.LONG_PATH, with_files("demo/" * 900 + "x.py")),
    "link": (Kind.LINK, of_mode(stat.S_IFLNK | 0o777)),
    "device": (Kind.LINK, of_mode(stat.S_IFCHR | 0o666)),
    "sdist link that leads out": (
        Kind.LINK,
        sdist_with("demo-1.0/link", tarfile.SYMTYPE, "../../etc/passwd"),
    ),
    "sdist link to an absolute path": (
        Kind.LINK,
        sdist_with("demo-1.0/link", tarfile.SYMTYPE, "/etc/passwd"),
    ),
    "sdist hard link that leads out": (
        Kind.LINK,
        sdist_with("demo-1.0/link", tarfile.LNKTYPE, "../secret"),
    ),
    "file and folder": (Kind.FILE_AND_FOLDER, with_files("demo/x", "demo/x/y.py")),
    "file and folder by case": (
        Kind.FILE_AND_FOLDER,
        with_files("demo/X", "demo/x/y.py"),
    ),
    "folder with content": (Kind.FILE_AND_FOLDER, full_folder),
    "sdist with file and folder": (
        Kind.FILE_AND_FOLDER,
        sdist({"demo-1.0/x": b"", "demo-1.0/x/y": b""}),
    ),
    "case": (Kind.CASE_CLASH, with_files("demo/a.py", "demo/A.py")),
    "case of a folder": (Kind.CASE_CLASH, with_files("demo/a/b.py", "Demo/A/b.py")),
    "case beyond ASCII": (Kind.CASE_CLASH, with_files("demo/é.py", "demo/É.py")),
    "sdist case": (
        Kind.CASE_CLASH,
        sdist({"demo-1.0/README": b"", "demo-1.0/readme": b""}),
    ),
    "letters in two spellings": (
        Kind.UNICODE_CLASH,
        with_files("demo/\u00e9.py", "demo/e\u0301.py"),
    ),
    # Inside of a wheel.
    "no dist-info": (
        Kind.NO_DIST_INFO,
        lambda folder: write_zip(folder / WHEEL, {"demo.py": b""}),
    ),
    "two dist-info": (Kind.NO_DIST_INFO, with_files("other-1.0.dist-info/METADATA")),
    "another project's dist-info": (
        Kind.WRONG_DIST_INFO,
        lambda folder: write_wheel(
            folder / "other-1.0-py3-none-any.whl",
            wheel_members("demo", "1.0", metadata=make_metadata("other", "1.0")),
        ),
    ),
    "another's records, by data": (
        Kind.FOREIGN_DIST_INFO,
        with_files(f"{DATA}/purelib/pip-99.dist-info/RECORD"),
    ),
    "no METADATA": (Kind.MISSING_FILE, with_members({}, gone=[f"{INFO}/METADATA"])),
    "no WHEEL": (Kind.MISSING_FILE, with_members({}, gone=[f"{INFO}/WHEEL"])),
    "no RECORD": (Kind.MISSING_FILE, with_members({}, gone=[f"{INFO}/RECORD"])),
    "a future format": (
        Kind.WHEEL_VERSION,
        with_wheel_file(WHEEL_FILE.replace("1.0", "2.0")),
    ),
    "no format": (Kind.WHEEL_VERSION, with_wheel_file("Tag: py3-none-any\n")),
    "no number of a format": (
        Kind.WHEEL_VERSION,
        with_wheel_file(WHEEL_FILE.replace("1.0", "one")),
    ),
    "unknown scheme": (Kind.UNKNOWN_SCHEME, with_files(f"{DATA}/etc/evil.conf")),
    "no scheme": (Kind.UNKNOWN_SCHEME, with_files(f"{DATA}/evil.conf")),
    "scheme in capitals": (Kind.UNKNOWN_SCHEME, with_files(f"{DATA}/Scripts/demo")),
    "script python": (Kind.REPLACES_PYTHON, with_files(f"{DATA}/scripts/python")),
    "script python3.11": (
        Kind.REPLACES_PYTHON,
        with_files(f"{DATA}/scripts/python3.11"),
    ),
    "script Python.EXE": (
        Kind.REPLACES_PYTHON,
        with_files(f"{DATA}/scripts/Python.EXE"),
    ),
    "script pip": (Kind.REPLACES_PYTHON, with_files(f"{DATA}/scripts/pip3")),
    "python, by data": (Kind.REPLACES_PYTHON, with_files(f"{DATA}/data/bin/python3")),
    "pyvenv.cfg": (Kind.REPLACES_PYTHON, with_files(f"{DATA}/data/pyvenv.cfg")),
    "standard library": (
        Kind.REPLACES_PYTHON,
        with_files(f"{DATA}/data/lib/python3.11/os.py"),
    ),
    "command python": (Kind.REPLACES_PYTHON, with_entry_point("python = demo:main")),
    "command pip": (
        Kind.REPLACES_PYTHON,
        with_entry_point("pip = demo:main", "gui_scripts"),
    ),
    "command that is a path": (
        Kind.BAD_ENTRY_POINT,
        with_entry_point("../evil = demo:main"),
    ),
    "command without a function": (
        Kind.BAD_ENTRY_POINT,
        with_entry_point("demo = demo.cli"),
    ),
    "sitecustomize": (Kind.STARTUP_MODULE, with_files("sitecustomize.py")),
    "usercustomize": (Kind.STARTUP_MODULE, with_files("usercustomize.py")),
    "sitecustomize package": (
        Kind.STARTUP_MODULE,
        with_files("sitecustomize/__init__.py"),
    ),
    "compiled sitecustomize": (
        Kind.STARTUP_MODULE,
        with_files("sitecustomize.cpython-311-x86_64-linux-gnu.so"),
    ),
    "sitecustomize, by purelib": (
        Kind.STARTUP_MODULE,
        with_files(f"{DATA}/purelib/sitecustomize.py"),
    ),
    "sitecustomize, by data": (
        Kind.STARTUP_MODULE,
        with_files(f"{DATA}/data/lib/python3.11/site-packages/sitecustomize.py"),
    ),
    # METADATA.
    "another name": (Kind.WRONG_NAME, with_metadata(HEADERS.replace("demo", "other"))),
    "no name": (
        Kind.WRONG_NAME,
        with_metadata("Metadata-Version: 2.1\nVersion: 1.0\n"),
    ),
    "another version": (
        Kind.WRONG_VERSION,
        with_metadata(HEADERS.replace("1.0", "1.0+axle.1")),
    ),
    "no version inside": (
        Kind.WRONG_VERSION,
        with_metadata("Metadata-Version: 2.1\nName: demo\n"),
    ),
    "empty METADATA": (Kind.WRONG_NAME, with_metadata("")),
    "two names inside": (Kind.SAID_TWICE, with_metadata(f"{HEADERS}Name: other\n")),
    "two versions inside": (Kind.SAID_TWICE, with_metadata(f"{HEADERS}Version: 2.0\n")),
    "requirements without end": (
        Kind.TOO_MUCH_METADATA,
        with_metadata(HEADERS + _MANY),
    ),
    # RECORD.
    "RECORD that is no table": (
        Kind.RECORD_UNREADABLE,
        with_members({}, record="x" * 200_000),
    ),
    "RECORD that leads out": (Kind.RECORD_OUTSIDE, with_rows("../../bin/python,,")),
    "RECORD of an absolute path": (Kind.RECORD_OUTSIDE, with_rows("/etc/passwd,,")),
}
"""Refused at every door."""

FLAWED: Mapping[str, Case] = {
    "License-File before its time": (
        Kind.INVALID_METADATA,
        with_metadata(f"{HEADERS}License-File: LICENSE\n"),
    ),
    "requirement that cannot be read": (
        Kind.INVALID_METADATA,
        with_metadata(f"{HEADERS}Requires-Dist: six (>=1.0.*)\n"),
    ),
    "no Metadata-Version": (
        Kind.INVALID_METADATA,
        with_metadata("Name: demo\nVersion: 1.0\n"),
    ),
    "unknown header": (Kind.INVALID_METADATA, with_metadata(f"{HEADERS}Foo: 1\n")),
    "Summary twice": (
        Kind.INVALID_METADATA,
        with_metadata(f"{HEADERS}Summary: a\nSummary: b\n"),
    ),
    "other tags in WHEEL": (
        Kind.WHEEL_TAGS,
        with_wheel_file(WHEEL_FILE.replace("py3", "py2")),
    ),
    "no tags in WHEEL": (
        Kind.WHEEL_TAGS,
        with_wheel_file("Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"),
    ),
    "another build tag in WHEEL": (
        Kind.WHEEL_BUILD,
        with_wheel_file(f"{WHEEL_FILE}Build: 2\n"),
    ),
    "no Root-Is-Purelib": (
        Kind.ROOT_IS_PURELIB,
        with_wheel_file("Wheel-Version: 1.0\nTag: py3-none-any\n"),
    ),
    "Root-Is-Purelib: maybe": (
        Kind.ROOT_IS_PURELIB,
        with_wheel_file(WHEEL_FILE.replace("true", "maybe")),
    ),
    "another version's dist-info": (
        Kind.DIST_INFO_VERSION,
        lambda folder: write_wheel(
            folder / "demo-1.1-py3-none-any.whl",
            wheel_members("demo", "1.0", metadata=make_metadata("demo", "1.1")),
        ),
    ),
    "another's data folder": (
        Kind.FOREIGN_DATA,
        with_files("other-2.0.data/purelib/other.py"),
    ),
    "modules as data": (
        Kind.DATA_IN_PACKAGES,
        with_files(f"{DATA}/data/lib/python3.11/site-packages/other.py"),
    ),
    "case, for Linux": (
        Kind.HARMLESS_CLASH,
        with_files("demo/a.py", "demo/A.py", name=LINUX_WHEEL),
    ),
    "case, of the same bytes": (
        Kind.HARMLESS_CLASH,
        with_members({"demo/a.py": b"", "demo/A.py": b""}),
    ),
    "the same bytes twice": (
        Kind.REPEATED_PATH,
        doubled("demo.py", b"__version__ = '1.0'\n"),
    ),
    "RECORD lacks a file": (
        Kind.RECORD_UNLISTED,
        with_members({"more.py": b""}, record=f"{INFO}/RECORD,,\n"),
    ),
    "RECORD lists what is not there": (
        Kind.RECORD_ABSENT,
        with_rows("gone.py,sha256=AAAA,1"),
    ),
    "RECORD has another hash": (
        Kind.RECORD_DIFFERS,
        with_members({}, record="demo.py,sha256=AAAA,20\n"),
    ),
    "RECORD with a weak hash": (Kind.RECORD_ROW, with_rows("a.py,md5=AAAA,1")),
    "RECORD with two fields": (Kind.RECORD_ROW, with_rows("demo.py,")),
    "RECORD with backslashes": (Kind.RECORD_ROW, with_rows("demo\\x.py,,")),
    "RECORD with a folder": (Kind.RECORD_ROW, with_rows("demo/,,")),
    "RECORD lists itself twice": (Kind.RECORD_ROW, with_rows(f"{INFO}/RECORD,,")),
    "sdist name with dashes": (
        Kind.OLD_FILE_NAME,
        lambda folder: write_tar_gz(
            folder / "demo-thing-1.0.tar.gz",
            {"demo-thing-1.0/PKG-INFO": make_metadata("demo-thing", "1.0")},
        ),
    ),
    "sdist name in capitals": (
        Kind.OLD_FILE_NAME,
        renamed(SOUND_SDIST, "Demo-1.0.tar.gz"),
    ),
    "sdist as bz2": (
        Kind.UNUSUAL_SUFFIX,
        packed_anew("demo-1.0.tar.bz2", bz2.compress),
    ),
    "sdist without PKG-INFO": (
        Kind.NO_PKG_INFO,
        lambda folder: write_tar_gz(folder / SDIST, {"demo-1.0/setup.py": b""}),
    ),
    "PKG-INFO of another version": (
        Kind.PKG_INFO_DIFFERS,
        sdist({}, pkg_info=make_metadata("demo", "2.0")),
    ),
    "PKG-INFO of another name": (
        Kind.PKG_INFO_DIFFERS,
        sdist({}, pkg_info=make_metadata("other", "1.0")),
    ),
    "two tops": (Kind.SEVERAL_TOPS, sdist({"other/x.py": b""})),
    "another top": (
        Kind.TOP_NAME,
        lambda folder: write_tar_gz(
            folder / SDIST, {"src/PKG-INFO": make_metadata("demo", "1.0")}
        ),
    ),
    "a file of the sdist twice": (
        Kind.REPEATED_PATH,
        sdist_with("demo-1.0/setup.py", tarfile.REGTYPE),
    ),
}
"""Noted at every door, and refused with `--strict`."""

NOTED: Mapping[str, Case] = {
    "pth": (Kind.PTH_FILE, with_files("demo.pth")),
    "pth, by purelib": (Kind.PTH_FILE, with_files(f"{DATA}/purelib/demo.pth")),
    "start": (Kind.START_FILE, with_files("demo.start")),
    "start, by platlib": (Kind.START_FILE, with_files(f"{DATA}/platlib/demo.start")),
    "a newer format": (
        Kind.NEWER_WHEEL_VERSION,
        with_wheel_file(WHEEL_FILE.replace("1.0", "1.1")),
    ),
}
"""Noted at every door, with `--strict` too."""
