"""Makers of archives that mean harm, each named by how it tries."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from gzip import GzipFile
from pathlib import Path

TOP = "evil-1.0"
Outside = str
"""A folder of the machine, absolute, that must stay as it is."""
Member = tuple[tarfile.TarInfo, bytes]

_LONG = "d" * 247
_STEPS = "abcdefghijklmnop"


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", content: bytes = b""
) -> Member:
    """Make one member of the sdist's top folder."""
    made = tarfile.TarInfo(f"{TOP}/{name}" if name else TOP)
    made.type, made.linkname, made.size, made.mode = kind, link, len(content), 0o755
    return made, content


def raw(name: str, content: bytes = b"owned\n") -> Member:
    """Make a file under a name that is written as it stands."""
    made = tarfile.TarInfo(name)
    made.size = len(content)
    return made, content


def link(name: str, target: str) -> Member:
    """Make a symbolic link."""
    return entry(name, tarfile.SYMTYPE, target)


def hard_link(name: str, target: str) -> Member:
    """Make a hard link; its target is named from the archive's top."""
    return entry(name, tarfile.LNKTYPE, target)


def file(name: str, content: bytes = b"owned\n") -> Member:
    """Make a file."""
    return entry(name, content=content)


def deep_path(outside: Outside) -> Iterator[Member]:
    """Lead a real path beyond PATH_MAX, where it is no longer followed (CVE-2025-4517).

    tarfile's data filter asks for the real path of each link before it makes it.
    """
    folder = ""
    for step in _STEPS:
        yield entry(f"{folder}{_LONG}", tarfile.DIRTYPE)
        yield link(f"{folder}{step}", _LONG)
        folder += f"{_LONG}/"
    way = "/".join(_STEPS)
    yield link(f"{way}/{'l' * 254}", "../" * len(_STEPS))
    yield link("escape", f"{way}/{'l' * 254}/" + "../" * 12 + outside.lstrip("/"))
    yield file("escape/owned")


def deep_path_apart(outside: Outside) -> Iterator[Member]:
    """Do the same with links that stand at the top, and no file through any."""
    *members, _ = deep_path(outside)
    for member, content in members:
        if not member.name.endswith("l" * 254):
            yield member, content
    folder = "/".join([_LONG] * len(_STEPS))
    yield link(f"{folder}/{'l' * 254}", "../" * len(_STEPS))


TARS: Mapping[str, Callable[[Outside], Iterable[Member]]] = {
    "deep path": deep_path,
    "deep path apart": deep_path_apart,
    "parent name": lambda _: [raw(f"{TOP}/../../owned")],
    "hidden parent name": lambda _: [raw(f"{TOP}/a/./..//../../owned")],
    "absolute name": lambda out: [raw(f"{out}/owned")],
    "backslash name": lambda _: [raw(f"{TOP}\\..\\..\\owned")],
    "long name": lambda _: [raw(f"{TOP}/" + "n" * 300)],
    "deep name": lambda _: [raw(f"{TOP}/" + "n/" * 1000 + "owned")],
    "absolute link": lambda out: [link("l", out)],
    "parent link": lambda _: [link("l", "../..")],
    "link to the archive's top": lambda _: [link("l", "..")],
    "file through a link": lambda out: [link("l", out), file("l/owned")],
    "file through an inner link": lambda _: [
        entry("a", tarfile.DIRTYPE),
        link("l", "a"),
        file("l/owned"),
    ],
    "file over a link": lambda out: [link("l", f"{out}/owned"), file("l")],
    "link over a file": lambda out: [file("l"), link("l", f"{out}/owned")],
    "link over a folder": lambda out: [file("l/x"), link("l", out), file("l/owned")],
    "links that only together lead out": lambda _: [
        entry("a/b", tarfile.DIRTYPE),
        link("up", "a/b/.."),
        link("l", "up/../../.."),
    ],
    "link through a later link": lambda _: [
        link("l", "up/../.."),
        link("up", "a"),
        file("a/x"),
    ],
    "link to itself": lambda _: [link("l", "l")],
    "links to each other": lambda _: [link("a", "b/x"), link("b", "a/x")],
    "chain of links": lambda _: [
        *(link(f"l{number}", f"l{number + 1}") for number in range(200)),
        file("l200"),
    ],
    "hard link out": lambda out: [hard_link("l", f"{out}/secret")],
    "hard link up": lambda _: [hard_link("l", "../secret")],
    "hard link to a link": lambda out: [
        link("l", f"{out}/secret"),
        hard_link("h", f"{TOP}/l"),
        file("h"),
    ],
    "hard link before its file": lambda _: [hard_link("h", f"{TOP}/f"), file("f")],
    "device": lambda _: [entry("d", tarfile.CHRTYPE)],
    "block device": lambda _: [entry("d", tarfile.BLKTYPE)],
    "fifo": lambda _: [entry("d", tarfile.FIFOTYPE)],
    "sparse file": lambda _: [entry("d", tarfile.GNUTYPE_SPARSE)],
    "unknown kind": lambda _: [entry("d", b"Z")],
    "file and folder of a name": lambda _: [file("a"), file("a/owned")],
    "folder and file of a name": lambda _: [file("a/x"), file("a")],
    "two files of a name": lambda _: [file("a", b"one"), file("a", b"two")],
    "two tops": lambda _: [raw("other-1.0/setup.py")],
}


def make_tar(path: Path, members: Iterable[Member]) -> Path:
    """Write an sdist: what a harmless one holds, then `members`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for member, content in (*_harmless(), *members):
            archive.addfile(member, io.BytesIO(content))
    return path


def _harmless() -> Iterator[Member]:
    yield entry("", tarfile.DIRTYPE)
    yield file("setup.py", b"from setuptools import setup; setup()\n")


def pax_bomb(path: Path) -> None:
    """Announce a header of a gigabyte, which tarfile takes into memory."""
    header = entry("x", tarfile.XHDTYPE)[0]
    header.size = 1 << 30
    _write_zeros(path, header.tobuf(tarfile.USTAR_FORMAT), 2 << 20)


def many_headers(path: Path) -> None:
    """Say much of one member, and keep saying it."""
    record = b"1000000 k=" + b"v" * 999_989 + b"\n"
    header = entry("x", tarfile.XHDTYPE)[0]
    header.size = len(record)
    block = header.tobuf(tarfile.USTAR_FORMAT) + record + bytes(-len(record) % 512)
    _write_zeros(path, block * 40, 0)


def gzip_bomb(path: Path) -> None:
    """Unpack to two hundred times its size."""
    made = entry("big")[0]
    made.size = 128 << 20
    _write_zeros(path, made.tobuf(tarfile.USTAR_FORMAT), made.size)


def _write_zeros(path: Path, start: bytes, count: int) -> None:
    with GzipFile(path, "wb", compresslevel=1, mtime=0) as stream:
        stream.write(start)
        for _ in range(count >> 20):
            stream.write(bytes(1 << 20))


def negative_size(path: Path) -> None:
    """Step back in the archive, for ever (CVE-2025-8194)."""
    header = bytearray(entry("x")[0].tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + struct.pack(">h", -512)
    _write_summed(path, header)


def pax_without_end(path: Path) -> None:
    """Give a record of no length, which some readers never pass (CVE-2019-20907)."""
    header = entry("x", tarfile.XHDTYPE)[0]
    header.size = 512
    start = header.tobuf(tarfile.USTAR_FORMAT) + b"0 path=x\n".ljust(512, b"\0")
    path.write_bytes(start + entry("x")[0].tobuf() + bytes(1024))


def nul_in_a_name(path: Path) -> None:
    """Name a file with a NUL, by a pax record."""
    record = b"21 path=evil-1.0/a\0b\n"
    header = entry("x", tarfile.XHDTYPE)[0]
    header.size = len(record)
    block = header.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0")
    path.write_bytes(block + entry("x")[0].tobuf() + bytes(1024))


def names_for_all(path: Path) -> None:
    """Give all members one link target, by a global header."""
    record = b"22 linkpath=/etc/pass\n"
    header = entry("x", tarfile.XGLTYPE)[0]
    header.size = len(record)
    block = header.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0")
    path.write_bytes(block + link("l", "a")[0].tobuf() + bytes(1024))


def cut_off(path: Path) -> None:
    """End in the middle of a file."""
    make_tar(path, [file("a", bytes(1 << 20))])
    path.write_bytes(path.read_bytes()[:-2000])


def no_archive(path: Path) -> None:
    """Be something else."""
    path.write_bytes(b"not at all" * 100)


def empty(path: Path) -> None:
    """Be nothing."""
    path.write_bytes(b"")


def _write_summed(path: Path, header: bytearray) -> None:
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(bytes(header) + bytes(1024))


BYTES: Mapping[str, Callable[[Path], None]] = {
    "pax bomb": pax_bomb,
    "gzip bomb": gzip_bomb,
    "many headers": many_headers,
    "negative size": negative_size,
    "pax without end": pax_without_end,
    "NUL in a name": nul_in_a_name,
    "global names": names_for_all,
    "cut off": cut_off,
    "no archive": no_archive,
    "empty": empty,
}


def zip_entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """Make one member of a zip."""
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, mode << 16
    return made


ZIPS: Mapping[str, Callable[[Outside], Iterable[tuple[zipfile.ZipInfo, bytes]]]] = {
    "parent name": lambda _: [(zip_entry(f"{TOP}/../../owned"), b"x")],
    "absolute name": lambda out: [(zip_entry(f"{out}/owned"), b"x")],
    "backslash name": lambda _: [(zip_entry(f"{TOP}\\..\\owned"), b"x")],
    "file and folder": lambda _: [
        (zip_entry(f"{TOP}/a"), b"x"),
        (zip_entry(f"{TOP}/a/b"), b"x"),
    ],
    "file through a link": lambda out: [
        (zip_entry(f"{TOP}/l", 0o120777), out.encode()),
        (zip_entry(f"{TOP}/l/owned"), b"x"),
    ],
}


def make_zip(path: Path, members: Iterable[tuple[zipfile.ZipInfo, bytes]]) -> Path:
    """Write a zip sdist: what a harmless one holds, then `members`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{TOP}/setup.py", "")
        for member, content in members:
            archive.writestr(member, content)
    return path


def lying_zip(path: Path) -> Path:
    """Say a smaller size than there is."""
    made = make_zip(path, [(zip_entry(f"{TOP}/a"), b"x" * 5000)])
    content = made.read_bytes()
    made.write_bytes(content.replace(struct.pack("<L", 5000), struct.pack("<L", 50)))
    return made


def _shift(content: bytearray, by: int) -> bytearray:
    """Say in a zip's end that its table of contents starts elsewhere."""
    place = content.find(b"PK\5\6") + 16
    (start,) = struct.unpack_from("<L", content, place)
    struct.pack_into("<L", content, place, start + by)
    return content


def _send_far(content: bytearray, place: int) -> bytearray:
    """Give a zip's first member a place of 64 bits."""
    wide = struct.pack("<HHQ", 1, 8, place)
    entry, end = content.find(b"PK\1\2"), content.find(b"PK\5\6")
    (name_bytes,) = struct.unpack_from("<H", content, entry + 28)
    (table_bytes,) = struct.unpack_from("<L", content, end + 12)
    struct.pack_into("<L", content, end + 12, table_bytes + len(wide))
    struct.pack_into("<H", content, entry + 30, len(wide))
    struct.pack_into("<L", content, entry + 42, 0xFFFFFFFF)
    content[entry + 46 + name_bytes : entry + 46 + name_bytes] = wide
    return content


MISPLACED: Mapping[str, Callable[[bytearray], bytearray]] = {
    "before its beginning": lambda content: _shift(content, 50),
    "at 2**62": lambda content: _send_far(content, 1 << 62),
    "at 2**63": lambda content: _send_far(content, 1 << 63),
    "at 2**64 - 1": lambda content: _send_far(content, (1 << 64) - 1),
}
"""Zips with a member where no file has a byte: some systems refuse to go there."""


def misplaced_zip(path: Path, name: str) -> Path:
    """Write one of `MISPLACED`."""
    content = bytearray(make_zip(path, []).read_bytes())
    path.write_bytes(MISPLACED[name](content))
    return path
