"""Whatever an index sends, it does not take our memory: under the limits as they are."""

import gzip
import hashlib
import os
import struct
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.command_line import TIMEOUT_S, CommandLine
from tests.support.hostile_behaviour import endless
from tests.support.hostile_index import Site, Wire, hostile
from tests.support.wheels import make_metadata

MOST_MEMORY_BYTES = 600 * 10**6
_PROJECTS = tuple(f"p{number}" for number in range(12))
_PAGE = b'{"meta":{"api-version":"1.0"},"files":[%s]}'
# A process knows its own peak best; a parent would count what it was before.
_MEASURED = """
import sys
from axletree.start import main
code = main(sys.argv[2:])
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        open(sys.argv[1], "w").write(line.split()[1])
sys.exit(code)
"""


def _packed(wire: Wire) -> None:
    wire.head(Content_Encoding="gzip", Content_Type="text/html")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        wire.send(packer.compress(bytes(1 << 20)))


def _everywhere(answer: Callable[[Wire], None]) -> Callable[[Site], None]:
    def do(site: Site) -> None:
        for project in _PROJECTS:
            site.answers[f"/simple/{project}/"] = answer

    return do


def _page_of(entry: bytes, count: int) -> Callable[[Site], None]:
    return lambda site: site.say_bytes(_PAGE % b",".join([entry] * count))


def _html_of(anchor: bytes, count: int) -> Callable[[Site], None]:
    # One wide character makes the whole text wide.
    text = "\N{GRINNING FACE}".encode()
    return lambda site: site.say_bytes(text + anchor * count, "text/html")


def _files(site: Site) -> None:
    entry = b'{"filename":"p-%d.zip","url":"x%s"}'
    entries = (entry % (number, b"a" * 60) for number in range(300_000))
    site.say_bytes(_PAGE % b",".join(entries))


def _metadata_of(line: bytes, count: int) -> Callable[[Site], None]:
    raw = make_metadata("p", "2.0").rstrip() + b"\n" + line * count

    def do(site: Site) -> None:
        digest = {"sha256": hashlib.sha256(raw).hexdigest()}
        site.offer_metadata(lambda wire: wire.answer(raw), core_metadata=digest)

    return do


def _ignores_ranges(site: Site) -> None:
    site.answers[site.offer("2.0", size=None)] = endless


def _endless_metadata(site: Site) -> None:
    site.offer_metadata(endless)


def _contents_of_a_million(site: Site) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *([0] * 7), 1, *([0] * 6))
    contents = (entry + b"x") * 1_000_000
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(contents), 0, 0
    )
    site.offer_bytes("p-2.0-py3-none-any.whl", contents + end)


def _records_of_a_gigabyte(site: Site) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 10**9
    made = BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=1) as packed:
        packed.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(1000):
            packed.write(bytes(10**6))
    site.offer_bytes("p-2.0.tar.gz", made.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "projects", "codes"),
    [
        pytest.param(_everywhere(endless), _PROJECTS, {3}, id="12 pages without end"),
        pytest.param(_everywhere(_packed), _PROJECTS, {3}, id="12 gzip bombs"),
        pytest.param(_page_of(b"{}", 20_000_000), ("p",), {3}, id="64 MB of {}"),
        pytest.param(_page_of(b"{}", 900_000), ("p",), {1}, id="all that may be"),
        pytest.param(_page_of(b"1e9", 15_000_000), ("p",), {3}, id="64 MB of numbers"),
        pytest.param(_html_of(b"<a>", 20_000_000), ("p",), {3}, id="64 MB of links"),
        pytest.param(
            _html_of(b'<a href="q-1.zip" a=b c=d e=f g=h i=j k=l m=n>', 390_000),
            ("p",),
            {1},
            id="all links that may be",
        ),
        pytest.param(_files, ("p",), {3}, id="300,000 files"),
        pytest.param(_endless_metadata, ("p",), {0}, id="metadata without end"),
        pytest.param(
            _metadata_of(b"Requires-Dist: q\n", 400_000),
            ("p",),
            {0},
            id="400,000 requirements",
        ),
        pytest.param(_ignores_ranges, ("p",), {3}, id="a wheel without end"),
        pytest.param(_contents_of_a_million, ("p",), {0}, id="a million members"),
        pytest.param(_records_of_a_gigabyte, ("p",), {0}, id="a header of 1 GB"),
    ],
)
def test_an_index_does_not_take_our_memory(
    axletree: CommandLine,  # noqa: ARG001  its environment
    tmp_path: Path,
    do: Callable[[Site], None],
    projects: tuple[str, ...],
    codes: set[int],
) -> None:
    peak = tmp_path / "peak"
    words = ["-c", _MEASURED, str(peak), "lock", *projects]
    # On disk alone, and not for ever.
    environ = {**os.environ, "AXLETREE_MAX_FILE": "500 MB"}
    with hostile(tmp_path / "made", tmp_path / "outside") as site:
        do(site)
        done = subprocess.run(
            [sys.executable, *words, "-i", site.url],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * TIMEOUT_S,
        )

    assert done.returncode in codes, done.stderr
    assert "Traceback" not in done.stderr
    assert int(peak.read_text()) * 1024 < MOST_MEMORY_BYTES
