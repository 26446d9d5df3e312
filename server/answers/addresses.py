"""Under which address users reach the index: what absolute URLs begin with.

Nearly all URLs on our pages are relative. Absolute are those that are read away from their
page: in a lock, on the page for people, and where attestations are (PEP 740).
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from axletree.server.answers.peers import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

RootOf: TypeAlias = "Callable[[WSGIEnvironment], str]"
"""Gives `https://pkgs.example/python/` for a request; empty: its own host is none."""

is_host = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
).fullmatch


def root_of(public_url: str) -> RootOf:
    """Make what gives the root of all addresses.

    :param public_url: where users reach the index, if that was said; else each request's
        own host is believed, and only for its own answer.
    """
    if public_url:
        root = f"{public_url.rstrip('/')}/"
        return lambda _: root
    return _root_of_request


def _root_of_request(environ: "WSGIEnvironment") -> str:
    host = environ.get("HTTP_HOST", "")
    if not is_host(host):
        return ""
    path = quote(environ.get("SCRIPT_NAME", ""), encoding="latin-1")
    return f"{_scheme(environ)}://{host}{path.rstrip('/')}/"


def _scheme(environ: "WSGIEnvironment") -> str:
    """Take the word of a proxy on this machine for how it was asked."""
    if is_loopback(environ):
        said = environ.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip().lower()
        if said in {"http", "https"}:
            return str(said)
    return str(environ.get("wsgi.url_scheme", "http"))
