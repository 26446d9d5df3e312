import pytest

from axletree.server.answers.negotiation import (
    MOST_CHARACTERS,
    Format,
    accepts_gzip,
    choose_format,
    wants_page,
)

HTML, SIMPLE_HTML, JSON = Format.HTML, Format.SIMPLE_HTML, Format.SIMPLE_JSON

PIP = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
)
UV = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, HTML),
        ("", HTML),
        (f'text/html;a="b, {JSON.value};q=1", {JSON.value};q=0.5', HTML),
        (f'{JSON.value};a="x;q=0,y\\"";q=1, text/html;q=0.9', JSON),
        (f'{JSON.value};a="unended, text/html', JSON),
        ("*/*", HTML),
        (PIP, JSON),
        (UV, JSON),
        (BROWSER, HTML),
        ("text/html", HTML),
        ("TEXT/HTML", HTML),
        ("text/html; charset=utf-8", HTML),
        ("application/vnd.pypi.simple.v1+html", SIMPLE_HTML),
        ("application/vnd.pypi.simple.latest+html", SIMPLE_HTML),
        ("application/vnd.pypi.simple.v1+json", JSON),
        ("Application/Vnd.PyPI.Simple.V1+JSON", JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("application/vnd.pypi.simple.latest+json, text/html", JSON),
        ("text/html, application/vnd.pypi.simple.v1+json", JSON),
        ("text/html, application/vnd.pypi.simple.v1+json;q=0.9", HTML),
        ("text/html;q=0.5, application/vnd.pypi.simple.v1+json;q=0.51", JSON),
        ("application/vnd.pypi.simple.v1+json;q=0, */*", HTML),
        ("text/html;q=0, */*", JSON),
        ("text/html;q=0, application/*", JSON),
        ("application/*", JSON),
        ("text/*", HTML),
        ("text/*;q=0.3, application/vnd.pypi.simple.v1+html;q=0.4", SIMPLE_HTML),
        ("*/*, application/vnd.pypi.simple.v1+json", JSON),
        ("application/vnd.pypi.simple.v1+json;q=0.1, */*", HTML),
        (f"{JSON.value};q=0, application/vnd.pypi.simple.latest+json", JSON),
        ("application/json", HTML),
        ("application/vnd.pypi.simple.v2+json", HTML),
        ("text/html;q=0", HTML),
        ("image/png", HTML),
        (";;,,q=1,/", HTML),
        ("text/html;q=high, application/vnd.pypi.simple.v1+json;q=0.1", JSON),
        ("text/html;q=2, application/vnd.pypi.simple.v1+json;q=0.1", JSON),
        ("text/html;q=nan, application/vnd.pypi.simple.v1+json;q=0.1", JSON),
        ("text/html;q=-1, application/vnd.pypi.simple.v1+json;q=0.1", JSON),
    ],
)
def test_format_is_the_one_wanted_most(accept: str | None, expected: Format) -> None:
    assert choose_format(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0.001", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("br", False),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=1.0, identity;q=0.5", True),
        ("gzip, identity", True),
    ],
)
def test_gzip_is_sent_when_it_is_wanted(
    accept_encoding: str | None, *, expected: bool
) -> None:
    assert accepts_gzip(accept_encoding) is expected


def test_only_the_beginning_of_a_long_header_is_read() -> None:
    asked = "application/vnd.pypi.simple.v1+json"
    rest = "x," * MOST_CHARACTERS
    assert choose_format(f"{asked}, {rest}") is Format.SIMPLE_JSON
    assert choose_format(f"{rest}{asked}") is Format.HTML
    assert wants_page(f"text/html, {rest}{asked}")
    # As uv publish sends it.
    assert not wants_page("application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7")
    assert not accepts_gzip(f"{rest}gzip")
