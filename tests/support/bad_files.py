"""Wheels and sdists that no door lets in, and the finding that each must have."""

import bz2
import gzip
import stat
import tarfile
from collections.abc import Mapping

from axletree.wheelhouse.gate import Kind
from tests.support.odd_makers import (
    DATA,
    HEADERS,
    INFO,
    SOUND_SDIST,
    WHEEL,
    WHEEL_FILE,
    Case,
    doubled,
    encrypted,
    full_folder,
    of_mode,
    packed_anew,
    packed_by,
    renamed,
    sdist,
    sdist_with,
    sound,
    spoiled,
    with_entry_point,
    with_files,
    with_members,
    with_metadata,
    with_rows,
    with_wheel_file,
    zip_sdist,
)
from tests.support.wheels import (
    make_metadata,
    wheel_members,
    write_wheel,
    write_zip,
)

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
    "variant label": (
        Kind.VARIANT_WHEEL,
        renamed(sound, "demo-1.0-py3-none-any-x86_64_v3.whl"),
    ),
    "variant label and build": (
        Kind.VARIANT_WHEEL,
        renamed(sound, "demo-1.0-1-py3-none-any-null.whl"),
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
    "half a number of a format": (
        Kind.WHEEL_VERSION,
        with_wheel_file(WHEEL_FILE.replace("1.0", "1")),
    ),
    "a format with a NUL": (
        Kind.WHEEL_VERSION,
        with_wheel_file(WHEEL_FILE.replace("1.0", "1.0\0")),
    ),
    "WHEEL with a byte order mark": (
        Kind.TEXT_ENCODING,
        with_wheel_file(f"\ufeff{WHEEL_FILE}"),
    ),
    "WHEEL in Latin-1": (
        Kind.TEXT_ENCODING,
        with_members({f"{INFO}/WHEEL": WHEEL_FILE.encode() + b"Generator: Jos\xe9\n"}),
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
    "entry point of two lines": (
        Kind.BAD_ENTRY_POINT,
        with_entry_point("demo = demo:main\n  import os"),
    ),
    "entry points in Latin-1": (
        Kind.BAD_ENTRY_POINT,
        with_members({f"{INFO}/entry_points.txt": b"[x]\nd\xe9mo = demo:main\n"}),
    ),
    **{
        what: (Kind.BAD_ENTRY_POINT, with_entry_point(lines))
        for what, lines in (
            ("command twice", "demo = demo:main\ndemo = demo:main"),
            ("commands twice", "a = demo:main\n[console_scripts]\nb = demo:main"),
            ("two functions", "a = demo:main\n[gui_scripts]\na = demo:other"),
            ("comment of another kind", "; said\ndemo = demo:main"),
            ("command further in", " a = demo:main\n  b = demo:main"),
            ("commands further in", "a = demo:main\n  [gui_scripts]\nb = demo:main"),
            ("no name of a section", "a = demo:main\n[]\nb = demo:main"),
            ("entry point twice", "a = demo:main\n[x]\nb = demo\nb = demo.other"),
        )
    },
    **{
        what: (
            Kind.BAD_ENTRY_POINT,
            with_members({f"{INFO}/entry_points.txt": text.encode()}),
        )
        for what, text in (
            ("entry points with a mark", "\ufeff[x]\nb = demo\n"),
            ("entry point of no section", "a = demo:main\n[x]\nb = demo\n"),
            ("section with a comment", "[console_scripts] # said\na = demo:main\n"),
        )
    },
    "command behind another end of a line": (
        Kind.REPLACES_PYTHON,
        with_entry_point("# said\u2028python = demo:main"),
    ),
    "script activate": (Kind.REPLACES_PYTHON, with_files(f"{DATA}/scripts/activate")),
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
    "metadata of a later kind": (
        Kind.METADATA_VERSION,
        with_metadata("Metadata-Version: 3.0\nName: demo\nVersion: 1.0\n"),
    ),
    "METADATA with a byte order mark": (
        Kind.TEXT_ENCODING,
        with_metadata(f"\ufeff{HEADERS}"),
    ),
    "METADATA in Latin-1": (
        Kind.TEXT_ENCODING,
        with_members({f"{INFO}/METADATA": HEADERS.encode() + b"Author: Jos\xe9\n"}),
    ),
    "a name with a NUL": (Kind.WRONG_NAME, with_metadata(HEADERS.replace("o", "o\0"))),
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
    "RECORD in Latin-1": (
        Kind.RECORD_UNREADABLE,
        with_members({}, record="d\udce9mo.py,,\n"),
    ),
    "RECORD that is no table": (
        Kind.RECORD_UNREADABLE,
        with_members({}, record="x" * 200_000),
    ),
    **{
        f"RECORD with {what}": (Kind.RECORD_UNREADABLE, with_rows(*rows))
        for what, rows in (
            ("a NUL", ["de\0mo.py,,"]),
            ("an empty row", ["", "demo.py,,"]),
            ("two fields", ["demo.py,"]),
            ("a size that is none", ["x.py,,1.0"]),
            ("a size beyond measure", [f"x.py,,{1 << 64}"]),
        )
    },
    "RECORD that leads out": (Kind.RECORD_OUTSIDE, with_rows("../../bin/python,,")),
    "RECORD of an absolute path": (Kind.RECORD_OUTSIDE, with_rows("/etc/passwd,,")),
}
"""Refused at every door."""
