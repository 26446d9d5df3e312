"""Metadata files, wheels and sdists that mean harm."""

import bz2
import hashlib
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

from tests.support.hostile_behaviour import Behaviour, dripping, endless, offering
from tests.support.hostile_index import Answer, Site, Wire, bomb
from tests.support.wheels import make_metadata, make_wheel


def _metadata(answer: Answer) -> Callable[[Site], None]:
    return lambda site: site.offer_metadata(answer)


def _promised(raw: bytes) -> Callable[[Site], None]:
    """Offer a 2.0 with this metadata file."""

    def do(site: Site) -> None:
        digest = hashlib.sha256(raw).hexdigest()
        site.offer_metadata(
            lambda wire: wire.answer(raw), core_metadata={"sha256": digest}
        )

    return do


_LARGE = "its metadata is larger than 20 kB"
_FOLDED = b"Metadata-Version: 2.1\nName: p\nVersion: 2.0\nSummary: x\n"

METADATA: Sequence[Behaviour] = (
    Behaviour(name="metadata without end", do=_metadata(endless), locks="1.0", says=""),
    Behaviour(
        name="a bomb as metadata",
        do=_metadata(lambda wire: wire.answer(bomb(10**8), Content_Encoding="gzip")),
        locks="1.0",
    ),
    Behaviour(
        name="metadata with another hash",
        do=_metadata(
            lambda wire: wire.answer(make_metadata("p", "2.0", requires_dist=["q"]))
        ),
        lock=4,
        says="does not have the hash",
    ),
    Behaviour(
        name="metadata that is gone",
        do=_metadata(lambda wire: wire.answer(status=404)),
        locks="2.0",
    ),
    Behaviour(
        name="metadata that leads elsewhere",
        do=_metadata(
            lambda wire: wire.answer(status=302, Location="file:///etc/passwd")
        ),
        lock=3,
        says="not an http or https URL",
    ),
    Behaviour(
        name="metadata in an encoding that nobody asked for",
        do=_metadata(lambda wire: wire.answer(b"x", Content_Encoding="zstd")),
        lock=3,
        says="not asked for",
    ),
    Behaviour(
        name="a part of the metadata",
        do=_metadata(lambda wire: wire.answer(b"x", 206)),
        lock=3,
        says="nobody asked for",
    ),
    Behaviour(name="no metadata", do=_promised(b""), locks="1.0"),
    Behaviour(name="metadata of bytes", do=_promised(bytes(range(256))), locks="1.0"),
    Behaviour(
        name="metadata of another project",
        do=_promised(make_metadata("q", "2.0")),
        locks="1.0",
    ),
    Behaviour(
        name="6,000 folded lines",
        do=_promised(_FOLDED + b" x\n" * 6000),
    ),
    Behaviour(
        name="a requirement that is none",
        do=_promised(make_metadata("p", "2.0", requires_dist=["\x1b[31m ; ((((("])),
        locks="1.0",
    ),
    Behaviour(
        name="a requirement on a URL",
        do=_promised(make_metadata("p", "2.0", requires_dist=["q @ file:///etc"])),
        locks="1.0",
    ),
    Behaviour(
        name="1,000 extras",
        do=_promised(
            make_metadata("p", "2.0", provides_extra=[f"e{n}" for n in range(1000)])
        ),
    ),
)


def _answered(answer: Callable[[Wire, bytes], None]) -> Callable[[Site], None]:
    """Offer a 2.0 whose wheel is answered so."""

    def do(site: Site) -> None:
        path = site.offer("2.0")
        content = make_wheel(site.folder, "p", "2.0").read_bytes()
        site.answers[path] = lambda wire: answer(wire, content)

    return do


def _bytes(
    content: Callable[[], bytes],
    filename: str = "p-2.0-py3-none-any.whl",
    **said: object,
) -> Callable[[Site], None]:
    """Offer these bytes as a file of 2.0; they are made when they are asked for."""

    def do(site: Site) -> None:
        site.offer_bytes(filename, content(), **said)

    return do


def _endless_file(**said: object) -> Callable[[Site], None]:
    def do(site: Site) -> None:
        path = site.offer("2.0", **said)
        site.answers[f"{path}.metadata"] = lambda wire: wire.answer(
            make_metadata("p", "2.0")
        )
        site.answers[path] = endless

    return do


def _zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _with_metadata(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return _zip({"p-2.0.dist-info/METADATA": content}, method)


def _lying() -> bytes:
    """Pack much, and say in both headers that it is little."""
    honest = _with_metadata(make_metadata("p", "2.0") + bytes(10**6))
    size = struct.pack("<L", len(make_metadata("p", "2.0")) + 10**6)
    return honest.replace(size, struct.pack("<L", 100))


def _with_many_members() -> bytes:
    return _zip({f"p/{n}": b"" for n in range(8000)})


def _range_of(wire: Wire, content: bytes, label: str) -> None:
    if "range" in wire.headers:
        wire.answer(content, 206, Content_Range=label)
    else:
        wire.answer(content)


WHEELS: Sequence[Behaviour] = (
    Behaviour(
        name="a wheel without end, where a part was asked for",
        do=_answered(lambda wire, _: endless(wire)),
        lock=4,
        says="larger than the",
    ),
    Behaviour(
        name="a wheel without end or size, where a part was asked for",
        do=lambda site: site.answers.update({site.offer("2.0", size=None): endless}),
        lock=3,
        says="AXLETREE_MAX_FILE",
    ),
    Behaviour(
        name="a wheel without end, that announces an exabyte",
        do=_endless_file(size=10**12, core_metadata=True),
        collect=1,
        says="AXLETREE_MAX_FILE",
        locks="2.0",
    ),
    Behaviour(
        name="a wheel larger than announced",
        do=_endless_file(core_metadata=True),
        collect=4,
        says="that the index announces",
        locks="2.0",
    ),
    Behaviour(
        name="a wheel of another length than announced",
        do=offering(size=10),
        collect=4,
        says="larger than the 10 bytes",
    ),
    Behaviour(
        name="a wheel shorter than announced, without a hash",
        do=offering(size=50_000, hashes={}),
        lock=4,
        says="smaller than the 50000 bytes",
    ),
    Behaviour(
        name="another part than was asked for",
        do=_answered(
            lambda wire, content: _range_of(wire, content, "bytes 0-9/1000000")
        ),
        locks="2.0",
    ),
    Behaviour(
        name="a part of 5,000 digits",
        do=_answered(
            lambda wire, content: _range_of(
                wire, content, f"bytes 0-{len(content) - 1}/{'9' * 5000}"
            )
        ),
        locks="2.0",
    ),
    Behaviour(
        name="a part without end",
        do=_answered(
            lambda wire, content: (
                endless(wire, 206, Content_Range="bytes 0-9/10")
                if "range" in wire.headers
                else wire.answer(content)
            )
        ),
        locks="2.0",
    ),
    Behaviour(
        name="ranges that are refused",
        do=_answered(
            lambda wire, content: wire.answer(
                content, 416 if "range" in wire.headers else 200
            )
        ),
        locks="2.0",
    ),
    Behaviour(
        name="a wheel that is gone",
        do=_answered(lambda wire, _: wire.answer(status=404)),
        locks="1.0",
    ),
    Behaviour(
        name="a wheel that is refused",
        do=_answered(lambda wire, _: wire.answer(status=403)),
        lock=3,
        says="refuses",
    ),
    Behaviour(
        name="a wheel that is part of one",
        do=_answered(lambda wire, content: wire.answer(content[:50], 206)),
        lock=3,
        says="nobody asked for",
    ),
    Behaviour(
        name="a wheel that drips",
        do=_answered(lambda wire, _: dripping(wire)),
        lock=3,
        says="AXLETREE_MIN_RATE",
        is_slow=True,
    ),
    Behaviour(
        name="a wheel that drips at the end",
        do=_endless_file(core_metadata=True, size=None),
        collect=1,
        says="larger than 1 MB",
        locks="2.0",
    ),
    Behaviour(name="no wheel", do=_bytes(lambda: b"nothing"), locks="1.0"),
    Behaviour(name="an empty wheel", do=_bytes(lambda: b"", size=None), locks="1.0"),
    Behaviour(name="a wheel of zeros", do=_bytes(lambda: bytes(100_000)), locks="1.0"),
    Behaviour(
        name="a METADATA bomb",
        do=_bytes(lambda: _with_metadata(make_metadata("p", "2.0") + bytes(10**8))),
        locks="1.0",
    ),
    Behaviour(name="a METADATA that lies", do=_bytes(_lying), locks="1.0"),
    Behaviour(
        name="METADATA in bzip2",
        do=_bytes(lambda: _with_metadata(make_metadata("p", "2.0"), zipfile.ZIP_BZIP2)),
        locks="1.0",
    ),
    Behaviour(
        name="METADATA in LZMA",
        do=_bytes(lambda: _with_metadata(make_metadata("p", "2.0"), zipfile.ZIP_LZMA)),
        locks="1.0",
    ),
    Behaviour(
        name="two METADATA",
        do=_bytes(
            lambda: _zip(
                {f"{n}-2.0.dist-info/METADATA": b"Name: p\n" for n in ("p", "P")}
            )
        ),
        locks="1.0",
    ),
    Behaviour(name="8,000 members", do=_bytes(_with_many_members), locks="1.0"),
    Behaviour(
        name="a table of contents that is everywhere",
        do=_bytes(
            lambda: b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 9, 9, 2**31, 2**31, 0)
        ),
        locks="1.0",
    ),
    Behaviour(
        name="a table of contents of 4 GB",
        do=_bytes(lambda: b"PK\x05\x06" * 30000),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is none",
        do=_bytes(lambda: b"nothing", "p-2.0.tar.gz"),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is a bomb",
        do=_bytes(lambda: bomb(10**8), "p-2.0.tar.gz"),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is a zip bomb",
        do=_bytes(
            lambda: _zip({"p-2.0/PKG-INFO": make_metadata("p", "2.0") + bytes(10**8)}),
            "p-2.0.zip",
        ),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist in bzip2 that is a bomb",
        do=_bytes(lambda: bz2.compress(bytes(10**8)), "p-2.0.tar.bz2"),
        locks="1.0",
    ),
)
