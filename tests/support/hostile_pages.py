"""Pages that mean harm, and answers that are none."""

import gzip
import zlib
from collections.abc import Callable, Sequence

from tests.support.hostile_behaviour import Behaviour, endless
from tests.support.hostile_index import JSON_TYPE, Answer, Site, Wire, bomb

HTML = "text/html"


def _on_page(answer: Answer) -> Callable[[Site], None]:
    return lambda site: site.say(answer)


def _page(body: bytes, content_type: str = JSON_TYPE) -> Callable[[Site], None]:
    return lambda site: site.say_bytes(body, content_type)


def _raw(*parts: bytes) -> Callable[[Site], None]:
    return _on_page(lambda wire: wire.send(b"".join(parts)))


def _encoded(body: bytes, encoding: str) -> Callable[[Site], None]:
    return lambda site: site.say_bytes(body, Content_Encoding=encoding)


def _to(location: str) -> Callable[[Site], None]:
    return _on_page(lambda wire: wire.answer(status=302, Location=location))


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
        do=_on_page(endless),
        lock=3,
        says="AXLETREE_MAX_PAGE",
    ),
    Behaviour(
        name="a page that announces an exabyte",
        do=_on_page(lambda wire: endless(wire, Content_Length=10**18)),
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
        says="not valid gzip",
    ),
    Behaviour(
        name="gzip with a wrong checksum",
        do=_encoded(gzip.compress(_EMPTY % b"[]")[:-8] + bytes(8), "gzip"),
        lock=3,
        says="not valid gzip",
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
            says="redirects to an address that is not an http or https URL",
        )
        for target in (
            "file:///etc/passwd",
            "ftp://127.0.0.1/p/",
            "gopher://127.0.0.1/p/",
            "data:text/html,<a href=p-1.0.tar.gz>",
            "javascript:alert(1)",
            "http://[::1",
            "https:///p/",
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
