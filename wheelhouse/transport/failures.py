"""Which failures of a request may pass, and what a user should read if they do not."""

import errno
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pycurl

from axletree.late_dataclasses import dataclass
from axletree.limits import IndexLimits
from axletree.resolver.model.shown_text import shown
from axletree.sizes import size_words
from axletree.wheelhouse.errors import NoSpaceError, StorageError
from axletree.wheelhouse.transport.errors import UnreachableIndexError
from axletree.wheelhouse.transport.request import Response

# pycurl has no name for it.
_HTTP2_STREAM = 92
_PASSING_CODES = {
    pycurl.E_COULDNT_RESOLVE_HOST,
    pycurl.E_COULDNT_RESOLVE_PROXY,
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_PARTIAL_FILE,
    pycurl.E_OPERATION_TIMEDOUT,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_GOT_NOTHING,
    pycurl.E_SEND_ERROR,
    pycurl.E_RECV_ERROR,
    pycurl.E_HTTP2,
    _HTTP2_STREAM,
}
_CERTIFICATE_CODES = {
    pycurl.E_SSL_CACERT,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_ISSUER_ERROR,
}
_PARTIAL = 206
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
# A server without Range may call it not implemented: an answer, not an outage.
_NOT_IMPLEMENTED = 501
_REFUSED = {401, 403, 407}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request that brought no answer."""

    error: UnreachableIndexError
    may_pass: bool = True
    pause_s: float = 0.0
    """How long the server asks us to wait."""
    spoils_partial_file: bool = False
    """Whether a download must begin anew, because it cannot be continued."""


def failure_of_code(code: int, message: str, where: str) -> Failure:
    """Explain an error of libcurl."""
    if code in _CERTIFICATE_CODES:
        hint = (
            "if your network has its own certificate authority, "
            "name its bundle with SSL_CERT_FILE"
        )
    elif code == pycurl.E_OPERATION_TIMEDOUT:
        hint = "try again, or allow more time with AXLETREE_TIMEOUT (seconds)"
    else:
        hint = "check the address, the network and the proxy settings"
    reason = shown(message) or f"error {code} of libcurl"
    return Failure(
        error=UnreachableIndexError(
            f"the index cannot be reached: {reason}", where=where, hint=hint
        ),
        may_pass=code in _PASSING_CODES,
    )


def failure_of_status(
    response: Response, where: str, *, is_part: bool
) -> Failure | None:
    """Explain a status that is no answer; None for all others.

    :param is_part: a part was asked for.
    """
    status = response.status
    if status == _PARTIAL and not is_part:
        return Failure(error=_unasked_part(where), may_pass=False)
    if status in _REFUSED:
        return Failure(error=_refused(status, where), may_pass=False)
    is_down = status >= _SERVER_ERROR and status != _NOT_IMPLEMENTED
    if not is_down and status != _TOO_MANY_REQUESTS:
        return None
    return Failure(
        error=UnreachableIndexError(
            f"the index answers with an error, HTTP {status}",
            where=where,
            hint="try again later",
        ),
        pause_s=_retry_after_s(response.headers),
    )


def _refused(status: int, where: str) -> UnreachableIndexError:
    wants = "the proxy" if status == 407 else "the index"
    return UnreachableIndexError(
        f"{wants} refuses the request, HTTP {status}",
        where=where,
        hint="give credentials in the URL (https://user:password@host/…), "
        "in ~/.netrc or in the keyring, and check their rights",
    )


def slowness(limits: IndexLimits, where: str) -> Failure:
    """Explain why an answer was not waited for to its end."""
    least = size_words(limits.least_bytes_per_s)
    error = UnreachableIndexError(
        f"the index is too slow: it sends less than {least} a second for "
        f"{limits.rate_window_s:g} s",
        where=where,
        hint="try again later, or allow less with AXLETREE_MIN_RATE",
    )
    return Failure(error=error)


def impatience(failure: Failure) -> UnreachableIndexError:
    """Explain why we do not wait as long as the index asks us to."""
    error = failure.error
    return UnreachableIndexError(
        f"{error.what}, and asks us to wait {failure.pause_s:.0f} s, which is too long",
        where=error.where,
        hint="try again later, or allow more with AXLETREE_MAX_WAIT (seconds in all)",
    )


def _unasked_part(where: str) -> UnreachableIndexError:
    return UnreachableIndexError(
        "the index answers with a part that nobody asked for, HTTP 206",
        where=where,
        hint="tell those who run the index",
    )


def _retry_after_s(headers: Mapping[str, str]) -> float:
    """Read how long to wait: seconds, or a date. Source: RFC 9110 §10.2.3."""
    text = headers.get("retry-after", "")[:100]
    if text.isascii() and text.isdecimal():
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  late: few servers ask us to wait

    try:
        date = parsedate_to_datetime(text)
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError, OSError):
        return 0.0


@contextmanager
def storage_errors(path: Path | None) -> Iterator[None]:
    """Translate what the file system raises about `path`."""
    try:
        yield
    except OSError as error:
        kind = StorageError
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            kind = NoSpaceError
        raise kind(
            f"a file cannot be written: {error.strerror}", where=str(path or "")
        ) from error
