"""What trusted proxies say of how a request reached them: scheme, host, path prefix.

Whoever is not trusted is not heard: a client can send these headers as well. So is a proxy
that says two things: one of them it may have handed on unread.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown
from axletree.server.answers.addresses import is_host
from axletree.server.answers.errors import InvalidProxyError
from axletree.server.answers.listed import parts_of, unquoted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network: TypeAlias = IPv4Network | IPv6Network
_is_prefix = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+)+/?").fullmatch


def networks_of(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read addresses and networks: `10.0.0.7`, `10.1.0.0/16`.

    :raises InvalidProxyError: one is neither.
    """
    found = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise InvalidProxyError(
                f"neither an address nor a network: {shown(text)}",
                where="--trusted-proxy",
                hint="give it as 10.0.0.7 or 10.1.0.0/16",
            ) from error
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustProxies:
    """WSGI middleware: a request is what the trusted proxy that sends it says."""

    networks: tuple[Network, ...]
    inner: "WSGIApplication"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Hand one request on, as its user has sent it."""
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            _apply(environ)
        return self.inner(environ, start_response)

    def _trusts(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        # On `::` a proxy of IPv4 is ::ffff:10.0.0.7.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)


def _apply(environ: "WSGIEnvironment") -> None:
    forwarded = _last_forwarded(environ.get("HTTP_FORWARDED", ""))
    scheme = _agreed(environ, "PROTO", forwarded.get("proto")).lower()
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"] = scheme
    host = _agreed(environ, "HOST", forwarded.get("host"))
    if is_host(host):
        environ["HTTP_HOST"] = host
    prefix = _agreed(environ, "PREFIX", None)
    if _is_prefix(prefix):
        environ["SCRIPT_NAME"] = prefix.rstrip("/")


def _agreed(environ: "WSGIEnvironment", name: str, also: str | None) -> str:
    """Return what the nearest proxy has said last; nothing, if it said two things."""
    listed = environ.get(f"HTTP_X_FORWARDED_{name}", "")
    said = {parts_of(listed, ",")[-1], also or ""} - {""}
    return said.pop() if len(said) == 1 else ""


def _last_forwarded(header: str) -> dict[str, str]:
    """Read what the nearest proxy has added. Source: RFC 7239 section 4."""
    found: dict[str, str] = {}
    for pair in parts_of(parts_of(header, ",")[-1], ";"):
        name, equals, value = pair.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), unquoted(value.strip()))
    return found
