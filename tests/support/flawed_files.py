"""Wheels and sdists with a flaw that is noted, and the finding that each must have."""

import bz2
import tarfile
from collections.abc import Mapping

from axletree.wheelhouse.gate import Kind
from tests.support.odd_makers import (
    DATA,
    HEADERS,
    INFO,
    LINUX_WHEEL,
    SDIST,
    SOUND_SDIST,
    WHEEL_FILE,
    Case,
    doubled,
    packed_anew,
    renamed,
    sdist,
    sdist_with,
    with_files,
    with_members,
    with_metadata,
    with_rows,
    with_wheel_file,
)
from tests.support.wheels import (
    make_metadata,
    wheel_members,
    write_tar_gz,
    write_wheel,
)

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
    "RECORD with a byte order mark": (
        Kind.RECORD_ABSENT,
        with_members({}, record="\ufeffdemo.py,sha256=AAAA,20\n"),
    ),
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
