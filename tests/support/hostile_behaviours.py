"""What a hostile index does: one function each, by the answer that a user must get.

Nothing here may end in a traceback, in a file outside, or in much memory.
"""

import bz2
import gzip
import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from tests.support.hostile_index import JSON_TYPE, Answer, Site, Wire, bomb
from tests.support.wheels import make_metadata, make_wheel

HTML = "text/html"
SCALED = {
    "AXLETREE_TIMEOUT": "1",
    "AXLETREE_MAX_PAGE": "100 kB",
    "AXLETREE_MAX_METADATA": "20 kB",
    "AXLETREE_MAX_HEADERS": "8 kB",
    "AXLETREE_MAX_FILE": "1 MB",
    "AXLETREE_MAX_WAIT": "0.5",
    "AXLETREE_MIN_RATE_TIME": "0.5",
}
"""Limits under which each behaviour is over in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One thing that an index does, and the exit codes that are right for it."""

    name: str
    do: Callable[[Site], None]
    lock: int = 0
    collect: int | None = None
    """None: as lock."""
    explain: int | None = None
    """None: as lock."""
    says: str = ""
    """Somewhere in what `collect` writes."""
    locks: str = ""
    """The version of `p` that is locked, if one is."""
    retries: int = 0
    is_slow: bool = False
    """It takes a time limit to end it."""

    @property
    def explains(self) -> int:
        return self.lock if self.explain is None else self.explain

    @property
    def collects(self) -> int:
        return self.lock if self.collect is None else self.collect


def _on_page(answer: Answer) -> Callable[[Site], None]:
    return lambda site: site.say(answer)


def _page(body: bytes, content_type: str = JSON_TYPE) -> Callable[[Site], None]:
    return lambda site: site.say_bytes(body, content_type)


def _raw(*parts: bytes) -> Callable[[Site], None]:
    return _on_page(lambda wire: [wire.send(part) for part in parts] and None)


def _encoded(body: bytes, encoding: str) -> Callable[[Site], None]:
    return lambda site: site.say_bytes(body, Content_Encoding=encoding)


def _to(location: str) -> Callable[[Site], None]:
    return _on_page(lambda wire: wire.answer(status=302, Location=location))


def _endless(wire: Wire, status: int = 200, **headers: str | int | None) -> None:
    wire.head(status, Content_Type=JSON_TYPE, **headers)
    wire.endless(bytes(65536))


def _dripping(wire: Wire) -> None:
    wire.head(200)
    wire.endless(b"x", 0.05)


def _packed_for_ever(wire: Wire) -> None:
    wire.head(Content_Type=JSON_TYPE, Content_Encoding="gzip")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        wire.send(packer.compress(bytes(1 << 20)))


def _headers_for_ever(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 Said\r\n")
    wire.endless(b"X-More: " + b"m" * 500 + b"\r\n")


def _interim_for_ever(wire: Wire) -> None:
    wire.endless(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")


def _drip(before: bytes, drop: bytes, pause_s: float) -> Callable[[Site], None]:
    def do(wire: Wire) -> None:
        wire.send(before)
        wire.endless(drop, pause_s)

    return _on_page(do)


def _redirects_on(site: Site) -> None:
    site.answers["/good/"] = site.answers["/simple/p/"]
    site.say(lambda wire: wire.answer(status=308, Location="/good/"))


def _redirects_with_a_page(site: Site) -> None:
    site.answers["/good/"] = site.answers["/simple/p/"]

    def do(wire: Wire) -> None:
        wire.head(307, Location="/good/")
        wire.endless(bytes(65536))

    site.say(do)


def _tells_to_wait(status: int, how_long: str) -> Callable[[Site], None]:
    return _on_page(lambda wire: wire.answer(status=status, Retry_After=how_long))


def _error_for_ever(status: int) -> Callable[[Site], None]:
    def do(wire: Wire) -> None:
        wire.head(status)
        wire.endless(bytes(65536))

    return _on_page(do)


_OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON_TYPE.encode() + b"\r\n"
_EMPTY = b'{"meta":{"api-version":"1.0"},"files":%s}'

PAGES: Sequence[Behaviour] = (
    Behaviour(
        name="a page without end",
        do=_on_page(_endless),
        lock=3,
        says="AXLETREE_MAX_PAGE",
    ),
    Behaviour(
        name="a page that announces an exabyte",
        do=_on_page(lambda wire: _endless(wire, Content_Length=10**18)),
        lock=3,
        says="larger than 100 kB",
    ),
    Behaviour(
        name="a gzip bomb",
        do=lambda site: site.say_bytes(bomb(10**8), Content_Encoding="gzip"),
        lock=3,
        says="larger than 100 kB",
    ),
    Behaviour(
        name="a gzip bomb without end",
        do=_on_page(_packed_for_ever),
        lock=3,
        says="larger than 100 kB",
    ),
    Behaviour(
        name="gzip that is cut off",
        do=_encoded(gzip.compress(_EMPTY % b"[]")[:-9], "gzip"),
        lock=3,
        says="cut off",
    ),
    Behaviour(
        name="gzip that is none",
        do=_encoded(_EMPTY % b"[]", "gzip"),
        lock=3,
        says="no sound gzip",
    ),
    Behaviour(
        name="gzip with a wrong checksum",
        do=_encoded(gzip.compress(_EMPTY % b"[]")[:-8] + bytes(8), "gzip"),
        lock=3,
        says="no sound gzip",
    ),
    Behaviour(
        name="gzip in two members",
        do=lambda site: site.say_bytes(
            gzip.compress(site.page[:50]) + gzip.compress(site.page[50:]) + bytes(100),
            Content_Encoding="gzip",
        ),
        locks="1.0",
    ),
    *(
        Behaviour(
            name=f"encoding {encoding}, which nobody asked for",
            do=_encoded(b"(\xb5/\xfd\x04X", encoding),
            lock=3,
            says="not asked for",
        )
        for encoding in ("zstd", "br", "deflate", "gzip, gzip", "x" * 5000)
    ),
    Behaviour(
        name="headers without end",
        do=_on_page(_headers_for_ever),
        lock=3,
        says="AXLETREE_MAX_HEADERS",
    ),
    Behaviour(name="1xx without end", do=_on_page(_interim_for_ever), lock=3),
    Behaviour(
        name="a header with NUL",
        do=_raw(_OPEN, b"X: \0\r\nContent-Length: 0\r\n\r\n"),
        lock=3,
    ),
    Behaviour(
        name="a negative length",
        do=_raw(_OPEN, b"Content-Length: -5\r\n\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="two lengths",
        do=_raw(_OPEN, b"Content-Length: 9\r\nContent-Length: 2\r\n\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="a length of words",
        do=_raw(_OPEN, b"Content-Length: many\r\n\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="less than its length",
        do=_raw(_OPEN, b"Content-Length: 500\r\n\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="chunks that are none",
        do=_raw(_OPEN, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="a chunk of all memory",
        do=_raw(_OPEN, b"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="chunks that are cut off",
        do=_raw(_OPEN, b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        lock=3,
    ),
    Behaviour(name="HTTP 0.9", do=_raw(_EMPTY % b"[]"), lock=3),
    Behaviour(name="another protocol", do=_raw(b"SSH-2.0-OpenSSH_9.6\r\n"), lock=3),
    Behaviour(name="no word at all", do=_raw(), lock=3),
    Behaviour(
        name="a status of words",
        do=_raw(b"HTTP/1.1 okay fine\r\n\r\n"),
        lock=3,
    ),
    Behaviour(
        name="a part that nobody asked for",
        do=_on_page(
            lambda wire: wire.answer(
                _EMPTY % b"[]", 206, Content_Range="bytes 0-1/2", Content_Type=JSON_TYPE
            )
        ),
        lock=3,
        says="nobody asked for",
    ),
    *(
        Behaviour(
            name=f"status {status} for a page",
            do=_on_page(lambda wire, status=status: wire.answer(status=status)),  # type: ignore[misc] # the default binds it
            lock=3,
        )
        for status in (204, 299, 304, 400, 418, 501, 599)
    ),
    Behaviour(
        name="a redirect to itself",
        do=_to("/simple/p/"),
        lock=3,
        says="redirects more than 5 times",
    ),
    *(
        Behaviour(
            name=f"a redirect to {target[:20]!r}",
            do=_to(target),
            lock=3,
            says="redirects to an address that is no http or https URL",
        )
        for target in (
            "file:///etc/passwd",
            "ftp://127.0.0.1/p/",
            "gopher://127.0.0.1/p/",
            "data:text/html,<a href=p-1.0.tar.gz>",
            "javascript:alert(1)",
            "http://[::1",
            "http:///p/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1/\tp/",
        )
    ),
    Behaviour(
        name="a redirect to an odd host",
        do=_to("http://\u00fc\u202e.invalid/p/"),
        lock=3,
    ),
    Behaviour(name="a redirect to a sound page", do=_redirects_on, locks="1.0"),
    Behaviour(
        name="a redirect with a page without end",
        do=_redirects_with_a_page,
        locks="1.0",
    ),
    Behaviour(name="a 404 without end", do=_error_for_ever(404), lock=1),
    Behaviour(name="a 500 without end", do=_error_for_ever(500), lock=3),
    Behaviour(
        name="wait an hour",
        do=_tells_to_wait(429, "3600"),
        lock=3,
        retries=1,
        says="asks us to wait 3600 s",
    ),
    Behaviour(
        name="wait until the next century",
        do=_tells_to_wait(503, "Fri, 01 Jan 2100 00:00:00 GMT"),
        lock=3,
        retries=1,
        says="AXLETREE_MAX_WAIT",
    ),
    *(
        Behaviour(name=f"wait {text[:20]!r}", do=_tells_to_wait(503, text), lock=3)
        for text in ("soon", "-1", "9" * 5000, "Fri, 01 Jan 99999 00:00:00 GMT", "1e9")
    ),
    Behaviour(
        name="silence",
        do=_on_page(lambda wire: wire.silence()),
        lock=3,
        says="AXLETREE_TIMEOUT",
        is_slow=True,
    ),
    Behaviour(
        name="a header that drips",
        do=_drip(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05),
        lock=3,
        is_slow=True,
    ),
    Behaviour(
        name="a body that drips",
        do=_drip(_OPEN + b"\r\n", b" ", 0.05),
        lock=3,
        says="AXLETREE_MIN_RATE",
        is_slow=True,
    ),
    Behaviour(
        name="a body that comes in rare gulps",
        do=_drip(_OPEN + b"\r\n", b" " * 200, 0.4),
        lock=3,
        says="less than 1 kB a second",
        is_slow=True,
    ),
    Behaviour(
        name="gzip that never says anything",
        do=_drip(
            _OPEN + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10],
            b"\x00\x00\x00\xff\xff",
            0.02,
        ),
        lock=3,
        is_slow=True,
    ),
    Behaviour(name="JSON that is none", do=_page(b"{"), lock=3),
    Behaviour(name="JSON of another encoding", do=_page(b'{"\xff": 1}'), lock=3),
    Behaviour(name="JSON with 50,000 [", do=_page(b"[" * 50_000), lock=3),
    Behaviour(
        name="JSON with a number of 50,000 digits",
        do=_page(_EMPTY % (b"9" * 50_000)),
        lock=3,
    ),
    *(
        Behaviour(name=f"files: {files!r}", do=_page(_EMPTY % files), lock=3)
        for files in (b"null", b"7", b'{"a": 1}', b'"text"')
    ),
    *(
        Behaviour(name=f"page: {body[:30]!r}", do=_page(body), lock=3)
        for body in (
            b"",
            b"null",
            b"[]",
            b'{"meta": 5, "files": []}',
            b'{"meta": {"api-version": 1}, "files": []}',
            b'{"meta": {"api-version": "2.0"}, "files": []}',
            b'{"meta": {"api-version": null}, "files": []}',
        )
    ),
    Behaviour(
        name="a type with control characters",
        do=_raw(b"HTTP/1.1 200 OK\r\nContent-Type: \x1b[31mred\r\n\r\n{}"),
        lock=3,
    ),
    Behaviour(
        name="30,000 unclosed comments",
        do=_page(b"<!--" * 20_000, HTML),
        lock=3,
    ),
    Behaviour(
        name="unclosed tags and quotes",
        do=_page(b'<a href="' * 10_000, HTML),
        lock=3,
    ),
)


def _entry(**said: object) -> Callable[[Site], None]:
    """Offer a 2.0 whose entry says this."""

    def do(site: Site) -> None:
        site.offer("2.0", **said)

    return do


def _named(filename: str) -> Callable[[Site], None]:
    """Offer a file under a foreign name."""

    def do(site: Site) -> None:
        name = filename.replace("OUTSIDE", str(site.outside))
        content = make_wheel(site.folder, "p", "2.0").read_bytes()
        site.offer_bytes("evil.whl", content, filename=name)

    return do


def _linked(link: str) -> Callable[[Site], None]:
    """Offer a file by an HTML link."""

    def do(site: Site) -> None:
        content = make_wheel(site.folder, "p", "1.0").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        link_here = link.replace("OUTSIDE", str(site.outside).replace("/", "%2f"))
        page = (
            f'<a href="/files/p-1.0-py3-none-any.whl#sha256={digest}">good</a>'
            f'<a href="{link_here}">bad</a>'
        )
        site.say_bytes(page.encode(), HTML)

    return do


def _many_files(site: Site) -> None:
    site.entries += [
        {"filename": f"p-0.{n}.zip", "url": "x", "hashes": {}} for n in range(1400)
    ]


_ODD_VALUES: Mapping[str, Sequence[object]] = {
    "size": (-1, 0, 1.5, 10**18, "7", True, None, [1]),
    "upload_time": (
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31",
        "x" * 1000,
        5,
        [],
        None,
    ),
    "requires_python": (">=" + "9" * 5000, 5, ["x"], ">=3," * 2000, "\x00", {}),
    "yanked": (5, [], {}, "\x1b[31m", None),
    "core_metadata": (5, "x", ["x"], {"sha256": 5}, {"md5": None}, True),
    "hashes": (None, 5, [], "x"),
}

NAMES: Sequence[Behaviour] = (
    *(
        Behaviour(name=f"name {name[:40]!r}", do=_named(name), locks="1.0")
        for name in (
            "OUTSIDE/p-2.0-py3-none-any.whl",
            "../p-2.0-py3-none-any.whl",
            "../../outside/p-2.0-py3-none-any.whl",
            "..\\p-2.0-py3-none-any.whl",
            "/p-2.0-py3-none-any.whl",
            "p/../../p-2.0-py3-none-any.whl",
            "OUTSIDE/p-2.0.tar.gz",
            "../p-2.0.tar.gz",
            "p-2.0/../../x.tar.gz",
            "p-2.0\x00-py3-none-any.whl",
            "p-2.0-py3-none-any\n.whl",
            "p-2.0-py3-none-\x1b[31many.whl",
            "p-2.0-py3-none-any\u202e.whl",
            "q-2.0-py3-none-any.whl",
            "numpy-99.0-py3-none-any.whl",
            "q-2.0.tar.gz",
            "p-2.0-" + "py3" * 200 + "-none-any.whl",
            "p-" + "9" * 400 + ".tar.gz",
            ".whl",
            "",
            "CON.whl",
        )
    ),
    *(
        Behaviour(name=f"link {link[:40]!r}", do=_linked(link), locks="1.0")
        for link in (
            "/files/%2e%2e%2fp-2.0-py3-none-any.whl",
            "/files/OUTSIDE%2fp-2.0-py3-none-any.whl",
            "/files/..%5cp-2.0-py3-none-any.whl",
            "/files/p-2.0%00-py3-none-any.whl",
            "javascript:p-2.0-py3-none-any.whl",
            "http://[::1/p-2.0-py3-none-any.whl",
            "http://127.0.0.1:99999/p-2.0-py3-none-any.whl",
            "file:///etc/p-2.0-py3-none-any.whl",
        )
    ),
    Behaviour(name="1,400 files", do=_many_files, locks="1.0"),
)


def _listed(entry: object) -> Callable[[Site], None]:
    return lambda site: site.entries.append(entry)


ENTRIES: Sequence[Behaviour] = (
    *(
        Behaviour(name=f"URL {url[:40]!r}", do=_entry(url=url), locks="1.0")
        for url in (
            "javascript:alert(1)",
            "http://[::1",
            "http://[::1/p-2.0-py3-none-any.whl",
            "http://127.0.0.1/x\r\nHost: evil\r\n\r\n",
            "http://127.0.0.1/\x00",
            "http://127.0.0.1:99999/p-2.0-py3-none-any.whl",
            "http://u:p@[::1/p-2.0-py3-none-any.whl",
            "file:///etc/passwd",
            "ftp://127.0.0.1/p-2.0-py3-none-any.whl",
            "data:,x",
            "http://",
        )
    ),
    *(
        Behaviour(name=f"{name} {value!r:.30}", do=_entry(**{name: value}))
        for name, values in _ODD_VALUES.items()
        for value in values
    ),
    *(
        Behaviour(name=f"a file that is {entry!r:.30}", do=_listed(entry), locks="1.0")
        for entry in (5, None, "text", [], {}, {"filename": 5, "url": 6})
    ),
)


def _hashed(algorithm: str, *, spoil: bool = False) -> Callable[[Site], None]:
    """Offer a 2.0 with one hash."""

    def do(site: Site) -> None:
        content = make_wheel(site.folder, "p", "2.0").read_bytes()
        digest = hashlib.new(algorithm, content + b"x" * spoil).hexdigest()
        site.offer("2.0", hashes={algorithm: digest})

    return do


def _in_capitals(site: Site) -> None:
    content = make_wheel(site.folder, "p", "2.0").read_bytes()
    site.offer("2.0", hashes={"sha256": hashlib.sha256(content).hexdigest().upper()})


_UNVERIFIED = "not verified"

HASHES: Sequence[Behaviour] = (
    Behaviour(
        name="a wrong sha256",
        do=_hashed("sha256", spoil=True),
        collect=4,
        says="does not have the hash",
        locks="2.0",
    ),
    Behaviour(name="sha256 in capitals", do=_in_capitals, locks="2.0"),
    Behaviour(name="sha512 alone", do=_hashed("sha512"), locks="2.0"),
    Behaviour(
        name="a wrong sha512",
        do=_hashed("sha512", spoil=True),
        collect=4,
        says="does not have the hash",
    ),
    Behaviour(
        name="md5 alone",
        do=_hashed("md5"),
        lock=3,
        collect=0,
        explain=0,
        says=_UNVERIFIED,
    ),
    Behaviour(
        name="a wrong md5",
        do=_hashed("md5", spoil=True),
        lock=3,
        explain=0,
        collect=4,
        says="does not have the hash",
    ),
    *(
        Behaviour(name=f"hashes {hashes!r:.40}", do=_entry(hashes=hashes))
        for hashes in (
            {},
            {"sha3_256": "0" * 64},
            {"sha256": None},
            {"sha256": 5},
            {"sha256": ""},
            {"sha256": "short"},
            {"sha256": "z" * 64},
            {"sha256": ["0" * 64]},
            {"sha256": "../" * 20},
            {"shake_128": "00"},
            {"md5": None},
        )
    ),
)


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
    Behaviour(
        name="metadata without end", do=_metadata(_endless), locks="1.0", says=""
    ),
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
        says="no http or https URL",
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
    content: bytes, filename: str = "p-2.0-py3-none-any.whl", **said: object
) -> Callable[[Site], None]:
    """Offer these bytes as a file of 2.0."""

    def do(site: Site) -> None:
        site.offer_bytes(filename, content, **said)

    return do


def _endless_file(**said: object) -> Callable[[Site], None]:
    def do(site: Site) -> None:
        path = site.offer("2.0", **said)
        site.answers[f"{path}.metadata"] = lambda wire: wire.answer(
            make_metadata("p", "2.0")
        )
        site.answers[path] = _endless

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
        do=_answered(lambda wire, _: _endless(wire)),
        lock=4,
        says="larger than the",
    ),
    Behaviour(
        name="a wheel without end or size, where a part was asked for",
        do=lambda site: site.answers.update({site.offer("2.0", size=None): _endless}),
        lock=3,
        says="AXLETREE_MAX_FILE",
    ),
    Behaviour(
        name="a wheel without end, that announces an exabyte",
        do=_endless_file(size=10**18, core_metadata=True),
        collect=3,
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
        do=_entry(size=10),
        lock=0,
        collect=4,
        says="larger than the 10 bytes",
    ),
    Behaviour(
        name="a wheel shorter than announced, without a hash",
        do=_entry(size=50_000, hashes={}),
        collect=4,
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
                _endless(wire, 206, Content_Range="bytes 0-9/10")
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
        do=_answered(lambda wire, _: _dripping(wire)),
        lock=3,
        says="AXLETREE_MIN_RATE",
        is_slow=True,
    ),
    Behaviour(
        name="a wheel that drips at the end",
        do=_endless_file(core_metadata=True, size=None),
        collect=3,
        says="larger than 1 MB",
        locks="2.0",
    ),
    Behaviour(name="no wheel", do=_bytes(b"nothing"), locks="1.0"),
    Behaviour(name="an empty wheel", do=_bytes(b"", size=None), locks="1.0"),
    Behaviour(name="a wheel of zeros", do=_bytes(bytes(100_000)), locks="1.0"),
    Behaviour(
        name="a METADATA bomb",
        do=_bytes(_with_metadata(make_metadata("p", "2.0") + bytes(10**8))),
        locks="1.0",
    ),
    Behaviour(name="a METADATA that lies", do=_bytes(_lying()), locks="1.0"),
    Behaviour(
        name="METADATA in bzip2",
        do=_bytes(_with_metadata(make_metadata("p", "2.0"), zipfile.ZIP_BZIP2)),
        locks="1.0",
    ),
    Behaviour(
        name="METADATA in LZMA",
        do=_bytes(_with_metadata(make_metadata("p", "2.0"), zipfile.ZIP_LZMA)),
        locks="1.0",
    ),
    Behaviour(
        name="two METADATA",
        do=_bytes(
            _zip({f"{n}-2.0.dist-info/METADATA": b"Name: p\n" for n in ("p", "P")})
        ),
        locks="1.0",
    ),
    Behaviour(name="8,000 members", do=_bytes(_with_many_members()), locks="1.0"),
    Behaviour(
        name="a table of contents that is everywhere",
        do=_bytes(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 9, 9, 2**31, 2**31, 0)),
        locks="1.0",
    ),
    Behaviour(
        name="a table of contents of 4 GB",
        do=_bytes(b"PK\x05\x06" * 30000),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is none",
        do=_bytes(b"nothing", "p-2.0.tar.gz"),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is a bomb",
        do=_bytes(bomb(10**8), "p-2.0.tar.gz"),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist that is a zip bomb",
        do=lambda site: (
            site.offer_bytes(
                "p-2.0.zip",
                _zip({"p-2.0/PKG-INFO": make_metadata("p", "2.0") + bytes(10**8)}),
            )
            and None
        ),
        locks="1.0",
    ),
    Behaviour(
        name="an sdist in bzip2 that is a bomb",
        do=lambda site: (
            site.offer_bytes("p-2.0.tar.bz2", bz2.compress(bytes(10**8))) and None
        ),
        locks="1.0",
    ),
)
