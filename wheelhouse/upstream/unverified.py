"""Files that nobody has verified: no hash to trust, and no TLS on the way."""

from collections.abc import Iterable

from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.request import host_of

_TRUSTED = frozenset({"sha256", "sha384", "sha512"})
"""MD5 and SHA-1 are no proof: two files with one of these can be made."""


def unverified_host(file: DistributionFile) -> str | None:
    """Return the host that a file comes from unverified; None if it is verified.

    What is asked for by https is never redirected to http.
    """
    if file.url[:7].lower() != "http://" or _TRUSTED & file.hashes.keys():
        return None
    return host_of(printable(file.url))


def unverified_note(host: str) -> str:
    """Say what may have happened to files of this host."""
    return (
        f"what came from {host} is not verified: it comes over plain http, and no "
        "SHA-256 of it is given, so that anybody on the way could change it"
    )


def unverified_notes(files: Iterable[DistributionFile]) -> list[str]:
    """Return one note for each host that gave unverified files."""
    hosts = {host: None for file in files if (host := unverified_host(file))}
    return [unverified_note(host) for host in hosts]
