"""Pages that lie: each bad entry is left out by itself, with the reason."""

import json
import tracemalloc
from datetime import UTC, datetime
from html import escape

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import Page
from axletree.wheelhouse.pages.html import read_tags
from axletree.wheelhouse.pages.page import parse_page
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.errors import NotAnIndexError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
URL = "https://index.test/simple/demo/"
DIGEST = "0123456789abcdef" * 4
GOOD = "demo-1.0-py3-none-any.whl"
BAD = "demo-2.0-py3-none-any.whl"


def read(body: bytes, content_type: str = JSON_TYPE) -> Page:
    return parse_page(
        canonicalize_name("demo"),
        body,
        content_type=content_type,
        url=URL,
        credentials=Credentials(),
    )


def entry(filename: object = GOOD, **fields: object) -> dict[str, object]:
    said = {"filename": filename, "url": f"x/{filename}", "hashes": {"sha256": DIGEST}}
    return said | fields


def from_json(*entries: object) -> Page:
    return read(json.dumps({"files": [entry(), *entries]}).encode())


def reason_of(page: Page) -> str:
    """Return why the one bad entry is left out; the good one must be there."""
    assert [file.filename for file in page.files] == [GOOD]
    (excluded,) = page.excluded
    assert excluded.name.isprintable()
    assert excluded.name.isascii() or excluded.name.endswith("…")
    assert len(excluded.name) <= 1_000
    return excluded.reason


NAMES = [
    ("/some/folder/demo-2.0-py3-none-any.whl", "its name is a path"),
    ("../demo-2.0-py3-none-any.whl", "its name is a path"),
    ("..\\demo-2.0-py3-none-any.whl", "its name is a path"),
    ("demo-2.0-py3-none-any.whl/../../x.tar.gz", "its name is a path"),
    (".demo-2.0-py3-none-any.whl", "its name begins with a dot or a dash"),
    ("-demo-2.0-py3-none-any.whl", "its name begins with a dot or a dash"),
    ("demo-2.0\0-py3-none-any.whl", "its name has characters that no wheel"),
    ("demo-2.0-py3-none-any.whl\n", "its name has characters that no wheel"),
    ("demo-2.0-py3-none-any\x1b[2J.whl", "its name has characters that no wheel"),
    ("demo-2.0-py3-none-any\u202e.whl", "its name has characters that no wheel"),
    ("demo-2.0-py3-none-any\ud800.whl", "its name has characters that no wheel"),
    ("dem\u043e-2.0-py3-none-any.whl", "its name has characters that no wheel"),
    (f"demo-2.0-py3-none-{'a' * 300}.whl", "its name has 322 characters, over 225"),
    ("numpy-2.0-py3-none-any.whl", "it is a file of numpy"),
    ("numpy-2.0.tar.gz", "it is not a file of demo"),
    ("demo-2.0-any.whl", "its name does not have the form of a wheel's"),
    ("demo.whl", "its name does not have the form of a wheel's"),
    (
        "demo-2.0-py3-none-any-x86_64_v3.whl",
        "it is a variant wheel, which is not chosen",
    ),
    (
        "demo-2.0-1-cp312-cp312-linux_x86_64-cu126.whl",
        "it is a variant wheel, which is not chosen",
    ),
    ("demo-2.0-x-py3-none-any.whl", "its name does not have the form of a wheel's"),
    (
        f"demo-2.0-{'a.' * 30}a-{'b.' * 30}b-{'c.' * 10}c.whl",
        "its name has 10571 tags, over 1000",
    ),
]


@pytest.mark.parametrize(("name", "reason"), NAMES)
def test_a_name_that_is_none_of_the_project_is_left_out(name: str, reason: str) -> None:
    assert reason_of(from_json(entry(name, url="x"))).startswith(reason)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("x/%2Fetc%2Fdemo-2.0-py3-none-any.whl", "its name is a path"),
        ("%2e%2e%2fdemo-2.0-py3-none-any.whl", "its name is a path"),
        ("..%5Cdemo-2.0-py3-none-any.whl", "its name is a path"),
        ("demo-2.0%00-py3-none-any.whl", "its name has characters"),
        ("numpy-2.0-py3-none-any.whl", "it is a file of numpy"),
        (f"{BAD}#sha256=5", "its sha256 is not a hash of that kind"),
        (f"http://[::1/{BAD}", "its URL is not an address"),
        (f"javascript:x/{BAD}", "its URL is not an address"),
        (f"file:///etc/{BAD}", "its URL is not an address"),
        (f"a&#13;&#10;b/{BAD}", "its URL holds control characters"),
    ],
)
def test_an_anchor_that_lies_is_left_out(link: str, reason: str) -> None:
    text = f'<a href="{GOOD}">x</a><a href="{link}">x</a>'

    assert reason_of(read(text.encode(), "text/html")).startswith(reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"hashes": {"sha256": 5}}, "its sha256 is not a hash of that kind"),
        ({"hashes": {"sha256": None}}, "its sha256 is not a hash of that kind"),
        ({"hashes": {"sha256": "5"}}, "its sha256 is not a hash of that kind"),
        ({"hashes": {"sha256": " " + DIGEST[1:]}}, "its sha256 is not a hash"),
        ({"hashes": {"sha256": DIGEST[:-2] + "é1"}}, "its sha256 is not a hash"),
        ({"hashes": {"sha256": DIGEST + "  "}}, "its sha256 is not a hash"),
        (
            {"hashes": {"sha256": DIGEST, "md5": []}},
            "its md5 is not a hash of that kind",
        ),
        ({"hashes": [DIGEST]}, "its hashes are not an object"),
        ({"hashes": DIGEST}, "its hashes are not an object"),
        ({"size": -1}, "its size is not a number of bytes"),
        ({"size": 1.5}, "its size is not a number of bytes"),
        ({"size": True}, "its size is not a number of bytes"),
        ({"size": "5"}, "its size is not a number of bytes"),
        ({"size": 1 << 60}, "its size is not a number of bytes"),
        ({"size": 10**400}, "its size is not a number of bytes"),
        ({"size": float("nan")}, "its size is not a number of bytes"),
        ({"requires-python": 3}, "its requires-python is not text"),
        ({"requires-python": [">=3"]}, "its requires-python is not text"),
        ({"requires-python": {"a": 1}}, "its requires-python is not text"),
        ({"requires-python": ">=" + "9" * 5_000}, "its requires-python has over 1000"),
        ({"requires-python": ">3," * 100_000}, "its requires-python has over 1000"),
        ({"requires-python": ">=3\x1b[2J"}, "its requires-python holds control"),
        ({"url": None}, "its url is not text"),
        ({"url": 5}, "its url is not text"),
        ({"url": "http://[::1"}, "its URL is not an address"),
        ({"url": "http://[fe80::zz]/x"}, "its URL is not an address"),
        ({"url": "http://host:99999/x"}, "its URL is not an address"),
        ({"url": "http://host:port/x"}, "its URL is not an address"),
        ({"url": "http://host:0/x"}, "its URL is not an address"),
        ({"url": "http:///x"}, "its URL is not an address"),
        ({"url": "http://a b/x"}, "its URL is not an address"),
        ({"url": "//[::1/x"}, "its URL is not an address"),
        ({"url": "https://me:x@[::1/x"}, "its URL is not an address"),
        ({"url": "javascript:alert(1)"}, "its URL is not an address"),
        ({"url": "file:///etc/passwd"}, "its URL is not an address"),
        ({"url": "ftp://host/x"}, "its URL is not an address"),
        ({"url": "https://host/x\r\nHost: other"}, "its URL holds control characters"),
        ({"url": "https://host/\ud800"}, "its URL holds control characters"),
        ({"url": "https://host/" + "x" * 20_000}, "its URL has over 16000 characters"),
    ],
)
def test_a_value_that_is_none_leaves_the_file_out(
    fields: dict[str, object], reason: str
) -> None:
    assert reason_of(from_json(entry(BAD, **fields))).startswith(reason)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "it is not an object"),
        (5, "it is not an object"),
        ([], "it is not an object"),
        ({}, "its filename is not text"),
        ({"filename": 5}, "its filename is not text"),
        ({"filename": None, "url": None}, "its filename is not text"),
    ],
)
def test_an_entry_that_is_none_is_left_out(bad: object, reason: str) -> None:
    assert reason_of(from_json(bad)) == reason


@pytest.mark.parametrize(
    "fields",
    [
        {"upload-time": "0001-01-01T00:00:00+10:00"},
        {"upload-time": "9999-12-31T23:59:59-10:00"},
        {"upload-time": "9999-12-31T23:59:59Z"},
        {"upload-time": 5},
        {"upload-time": {"a": []}},
        {"core-metadata": 5},
        {"core-metadata": {"sha256": None}},
        {"core-metadata": {"sha256": "x"}},
        {"core-metadata": {"sha256": []}},
        {"core-metadata": [True]},
        {"yanked": 5},
        {"yanked": ["a"]},
        {"yanked": {}},
        {"size": None, "hashes": None, "requires-python": None, "yanked": None},
        {"hashes": {"sha256": DIGEST, "": {}, "blake2b": 5}},
        {"requires-python": "no specifier at all"},
        {"provenance": 5, "gpg-sig": [], "": {}},
    ],
)
def test_what_decides_nothing_is_taken_for_unknown(fields: dict[str, object]) -> None:
    page = from_json(entry(BAD, **fields))

    assert [file.filename for file in page.files] == [GOOD, BAD]
    file = page.files[1]
    assert file.upload_time is None
    assert file.metadata_hashes is None
    assert set(file.hashes) <= {"sha256"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"5",
        b"null",
        b'"text"',
        b'{"files": {}}',
        b'{"files": 5}',
        b'{"files": null}',
        b'{"meta": [], "files": []}',
        b'{"meta": {"api-version": 2}, "files": []}',
        b'{"meta": {"api-version": {}}, "files": []}',
        b'{"files": [' + b"9" * 5_000 + b"]}",
        b"[" * 100_000,
        b'{"files": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_document_that_is_no_page_is_no_index(body: bytes) -> None:
    with pytest.raises(NotAnIndexError):
        read(body)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "\x1b[2J" * 1_000, "a/b; charset=x"]
)
def test_a_type_that_is_none_is_no_index(kind: str) -> None:
    with pytest.raises(NotAnIndexError) as caught:
        read(b"{}", kind)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_no_obstacle(encoding: str) -> None:
    page = read(json.dumps({"files": [entry()]}).encode(encoding))

    assert [file.filename for file in page.files] == [GOOD]


def test_of_a_name_that_is_listed_twice_the_last_counts() -> None:
    # As pip takes it.
    other = DIGEST[::-1]
    page = from_json(entry(hashes={"sha256": other}), entry(), entry())

    assert [file.hashes["sha256"] for file in page.files] == [DIGEST]
    assert [(file.name, file.reason) for file in page.excluded] == [
        (GOOD, "it is listed twice, with other hashes: the last one counts")
    ]


def test_one_bad_hash_does_not_spoil_good_ones() -> None:
    good = entry("demo-3.0.tar.gz", **{"core-metadata": {"sha256": DIGEST}})
    page = from_json(
        entry(BAD, hashes={"sha256": "x" * 64}),
        good,
        entry("demo-4.0.tar.gz", **{"core-metadata": {"sha256": "x" * 64}}),
    )

    assert [file.filename for file in page.files][1:] == [
        "demo-3.0.tar.gz",
        "demo-4.0.tar.gz",
    ]
    assert [file.metadata_hashes for file in page.files[1:]] == [
        {"sha256": DIGEST},
        None,
    ]


@pytest.mark.parametrize("name", ["demo-1.0.egg", "demo-1.0.exe", f"{GOOD}.asc", ""])
def test_what_is_neither_wheel_nor_sdist_is_left_out_in_silence(name: str) -> None:
    assert from_json(entry(name)).excluded == ()


@pytest.mark.parametrize(
    "text",
    [
        '<a href="x>broken</a>',
        "<a href='x>broken</a>",
        "<a href=\"it's\" title='5\"'>fine</a>",
        '<a title=""x" href=y>stray</a>',
        "<a ",
        "<!-- ",
        '<!-- > <a href="demo-9.0.tar.gz"> --><p title="<!--">',
    ],
)
def test_broken_html_takes_nothing_of_what_stands_before(text: str) -> None:
    body = f'<a href="{GOOD}">x</a>{text}'

    assert [file.filename for file in read(body.encode(), "text/html").files] == [GOOD]


def test_a_stray_quote_takes_nothing_of_what_stands_behind() -> None:
    body = f'<a href="x" title=\'it\'s\'>x</a><a href="{GOOD}">x</a>'

    assert [file.filename for file in read(body.encode(), "text/html").files] == [GOOD]


@pytest.mark.parametrize(
    "base", ["http://[::1", "javascript:x", "//[", "\0", "h\0><x", "h\u202e/"]
)
def test_a_base_that_is_no_address_ends_in_a_clear_way(base: str) -> None:
    body = f'<base href="{escape(base)}"><a href="{GOOD}">x</a>'
    try:
        page = read(body.encode(), "text/html")
    except NotAnIndexError:
        return
    assert not page.files or page.files[0].url.startswith("https://index.test/")
    assert all(file.url.isprintable() for file in page.files)


_BEYOND = "&#" + "9" * 5_000 + ";"


@pytest.mark.parametrize(
    "text",
    [
        f'<a href="demo-2.0{_BEYOND}.exe">x</a>',
        f'<a href="demo-9.0.exe" data-requires-python="{_BEYOND}">x</a>',
        f'<meta name="pypi:repository-version{_BEYOND}" content="1.0">',
        f"<a name={_BEYOND[:-1]}>x</a>",
    ],
)
def test_a_character_of_5000_digits_takes_nothing_else_with_it(text: str) -> None:
    body = f'<a href="{GOOD}" data-yanked="&#98;ad{_BEYOND}">x</a>{text}'

    (file,) = read(body.encode(), "text/html").files

    assert file.filename == GOOD
    assert file.yanked == "bad\ufffd"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        pytest.param('x="' + "&a" * 500_000 + '"', id="a value that nobody reads"),
        pytest.param('data-yanked="' + "&a" * 500_000 + '"', id="one that is read"),
        pytest.param(" ".join(f"a{n}=1" for n in range(150_000)), id="many"),
    ],
)
def test_the_attributes_of_one_tag_take_little_memory(text: str) -> None:
    tag = f'<a href="{GOOD}" {text}>'
    tracemalloc.start()
    try:
        (found,) = read_tags(tag)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.attributes["href"] == GOOD
    assert most_bytes < 4 * len(tag)


def test_the_reason_of_a_yank_is_text_that_can_be_written() -> None:
    page = from_json(entry(BAD, yanked="bad\ud800\u00e9"))

    assert page.files[1].yanked == "bad?\u00e9"


def test_believable_times_stay() -> None:
    page = from_json(entry(BAD, **{"upload-time": "2022-01-01T12:00:00+02:00"}))

    assert page.files[1].upload_time == datetime(2022, 1, 1, 10, tzinfo=UTC)


def test_no_password_is_looked_for_on_behalf_of_a_link() -> None:
    asked: list[str] = []

    def ask(url: str, _: str) -> str | None:
        asked.append(url)
        return None

    body = json.dumps({"files": [entry(url=f"https://me@host.test/{GOOD}")]}).encode()
    page = parse_page(
        canonicalize_name("demo"),
        body,
        content_type=JSON_TYPE,
        url=URL,
        credentials=Credentials(ask=ask),
    )

    assert [file.url for file in page.files] == [f"https://host.test/{GOOD}"]
    assert asked == []
