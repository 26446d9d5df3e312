import pytest

from axletree.wheelhouse.transport.errors import UnreachableIndexError
from axletree.wheelhouse.transport.request import (
    redirected,
    sendable,
)

FROM = "https://host.test/simple/p/"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/q/", "https://host.test/q/"),
        ("../q/?a=b#c", "https://host.test/simple/q/?a=b"),
        ("https://other.test/", "https://other.test/"),
        ("//other.test/x y", "https://other.test/x%20y"),
        ("/\xc3\xbc/%20", "https://host.test/%C3%BC/%20"),
    ],
)
def test_a_redirect_leads_on(location: str, target: str) -> None:
    assert redirected(FROM, location) == target


def test_http_may_lead_to_https() -> None:
    assert redirected("http://host.test/", FROM) == FROM


@pytest.mark.parametrize(
    "location", ["http://host.test/simple/p/", "HTTP://host.test/"]
)
def test_https_never_leads_to_http(location: str) -> None:
    with pytest.raises(UnreachableIndexError, match="from https to http") as caught:
        redirected(FROM, location)

    assert caught.value.exit_code == 3
    assert "https://host.test/simple/p/ to http://host.test/" in caught.value.where


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://[::1",
        "http://host:0/",
        "http://host:99999/",
        "http://host:port/",
        "http://host/\r\nX: y",
        "http://host/\x00",
        "http://host/\x7f",
    ],
)
def test_what_is_no_web_address_is_not_sent(url: str) -> None:
    with pytest.raises(
        UnreachableIndexError, match="not an http or https URL"
    ) as caught:
        sendable(url)

    assert caught.value.where.isprintable()


@pytest.mark.parametrize("url", ["http://host/\ud800", "http://host/ü", 'http://h/"\\'])
def test_what_is_sent_is_ascii(url: str) -> None:
    assert sendable(url).isascii()
    assert not {'"', "\\", " "} & set(sendable(url))
