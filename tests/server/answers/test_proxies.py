"""A trusted proxy says how a request reached it; nobody else does."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from axletree.server.answers.errors import InvalidProxyError
from axletree.server.answers.proxies import TrustProxies, networks_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PLAIN = {
    "wsgi.url_scheme": "http",
    "HTTP_HOST": "inner:8080",
    "SCRIPT_NAME": "",
    "REMOTE_ADDR": "10.1.2.3",
}
ALL = {
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "pkgs.example:444",
    "HTTP_X_FORWARDED_PREFIX": "/python",
}
BELIEVED = ("https", "pkgs.example:444", "/python")
AS_IT_CAME = ("http", "inner:8080", "")
HOST = "HTTP_X_FORWARDED_HOST"


def seen(**said: str) -> tuple[str, str, str]:
    """Give scheme, host and prefix as the application sees them."""
    came: list[WSGIEnvironment] = []

    def inner(environ: "WSGIEnvironment", _: "StartResponse") -> Iterable[bytes]:
        came.append(environ)
        return []

    networks = networks_of(["10.1.0.0/16", "::1"])
    answer = TrustProxies(networks=networks, inner=inner)
    answer({**PLAIN, **said}, lambda *_: lambda _: None)
    [environ] = came
    return environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ["SCRIPT_NAME"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", BELIEVED),
        ("::ffff:10.1.2.3", BELIEVED),
        ("::1", BELIEVED),
        ("10.2.2.3", AS_IT_CAME),
        ("127.0.0.1", AS_IT_CAME),
        ("", AS_IT_CAME),
    ],
)
def test_who_is_not_trusted_is_not_heard(
    address: str, expected: tuple[str, str, str]
) -> None:
    assert seen(REMOTE_ADDR=address, **ALL) == expected


@pytest.mark.parametrize(
    ("header", "scheme", "host"),
    [
        ("proto=https;host=pkgs.example", "https", "pkgs.example"),
        ('for="[::1]:80, x";Host="pkgs.example:444"', "http", "pkgs.example:444"),
        ("host=first.example, Proto=HTTPS", "https", "inner:8080"),
        ('host="a\\.example"', "http", "a.example"),
        ('host="unended, proto=https', "http", "inner:8080"),
        ("proto=gopher;host=a b", "http", "inner:8080"),
        ("", "http", "inner:8080"),
    ],
)
def test_the_standard_header_is_read(header: str, scheme: str, host: str) -> None:
    assert seen(HTTP_FORWARDED=header) == (scheme, host, "")


def test_the_nearest_proxy_counts_and_two_words_are_none() -> None:
    assert seen(**{HOST: "evil.example, pkgs.example"})[1] == "pkgs.example"
    assert seen(**{HOST: "pkgs", "HTTP_FORWARDED": "host=evil"})[1] == "inner:8080"
    assert seen(**{HOST: "pkgs", "HTTP_FORWARDED": "host=pkgs"})[1] == "pkgs"
    # One that says nothing of the host does not contradict.
    assert seen(**{HOST: "pkgs", "HTTP_FORWARDED": "proto=https"})[1] == "pkgs"


@pytest.mark.parametrize(
    ("prefix", "taken"),
    [
        ("/a/b-c.d/", "/a/b-c.d"),
        ("a", ""),
        ("/", ""),
        ("//evil.example", ""),
        ("/a/../b", ""),
        ("/a?b", ""),
        ("/<b>", ""),
    ],
)
def test_a_prefix_is_a_path_and_nothing_else(prefix: str, taken: str) -> None:
    assert seen(HTTP_X_FORWARDED_PREFIX=prefix)[2] == taken


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/33", "10.0.0.7/8", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidProxyError, match="neither an address nor a network"):
        networks_of([text])
