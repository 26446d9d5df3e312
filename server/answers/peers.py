"""Who is at the other end of a connection."""

from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def is_loopback(environ: "WSGIEnvironment") -> bool:
    """Tell whether a request comes from this machine; a proxy on it may hand it on."""
    return is_loopback_address(environ.get("REMOTE_ADDR", ""))


def is_loopback_address(text: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    # On `::` a client of IPv4 is ::ffff:127.0.0.1.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
