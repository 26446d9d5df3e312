"""What is asked of an index, and what comes back."""

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import field
from pathlib import Path
from typing import TypeAlias, TypeVar
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from axletree.late_dataclasses import dataclass
from axletree.limits import BodyKind
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.errors import UnreachableIndexError

Result = TypeVar("Result")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# All that a URL may hold: an address is taken as it is spelled, but for the rest.
_SPELLED = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET request."""

    url: str
    """Without credentials."""
    kind: BodyKind
    """Says how much may come."""
    name: str
    """What errors call it: `the page of numpy`, or a file name."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_compressed: bool = False
    """Whether the answer may be sent compressed (it is decompressed on arrival)."""
    into: Path | None = None
    """File that takes the body. If it has content, the rest is asked for."""
    announced_bytes: int | None = None
    """Length of the file, as its page says."""
    on_bytes: Callable[[int], None] | None = None
    """Told the file's length so far, now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: any status that repeating the request would not change."""

    status: int
    url: str
    """After redirects."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Empty if the request's `into` took it, and where the status is no success."""


Exchange: TypeAlias = Generator[Request, Response, Result]
"""An exchange may catch what is thrown in place of an answer, or let it end the run."""


def sendable(url: str) -> str:
    """Return `url` as ASCII that libcurl takes.

    :raises UnreachableIndexError: if it is no http or https URL.
    """
    if not _is_address(url) or _CONTROL.search(url):
        raise UnreachableIndexError(
            "the index names an address that is not an http or https URL",
            where=printable(url),
            hint="tell those who run the index",
        )
    return quote(url, safe=_SPELLED, errors="replace")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # A port that is none raises as well.
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0
        )
    except ValueError:
        return False


def _scheme(url: str) -> str:
    return url.partition(":")[0].lower()


def redirected(url: str, location: str) -> str:
    """Return where an answer to `url` sends us.

    :raises UnreachableIndexError: if we do not go there: other schemes, and from
        https to http, where everybody on the way could read and change the answer.
    """
    # Header lines are read as Latin-1, which keeps all bytes; they are UTF-8.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        # Joining would drop control characters in silence.
        is_clean = not _CONTROL.search(location)
        target = urldefrag(urljoin(url, location)).url if is_clean else location
    except ValueError:
        target = location
    if _scheme(url) == "https" and _scheme(target) == "http":
        raise UnreachableIndexError(
            "the index redirects from https to http, which is not followed: "
            "everybody on the way could change what comes",
            where=f"{printable(url)} to {printable(target)}",
            hint="tell those who run the index, or use its http address from the start",
        )
    try:
        return sendable(target)
    except UnreachableIndexError as error:
        raise UnreachableIndexError(
            "the index redirects to an address that is not an http or https URL",
            where=f"{printable(url)} to {printable(target)}",
            hint="tell those who run the index",
        ) from error


def too_many_redirects(most: int, url: str) -> UnreachableIndexError:
    """Say that we are led on and on."""
    return UnreachableIndexError(
        f"the index redirects more than {most} times",
        where=printable(url),
        hint="tell those who run the index, or allow more with AXLETREE_MAX_REDIRECTS",
    )


def host_of(url: str) -> str:
    """Return host and port of a URL."""
    return url.partition("://")[2].partition("/")[0]
