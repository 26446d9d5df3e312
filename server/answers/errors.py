"""The server's own errors, and how any error of ours is told over HTTP."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Flask, Response, json, make_response, request
from werkzeug.exceptions import HTTPException

from axletree.errors import AxletreeError
from axletree.server.answers.negotiation import wants_page
from axletree.server.answers.problem_page import (
    HEADERS,
    problem_page,
)
from axletree.wheelhouse.errors import (
    BreaksSetError,
    FilenameTakenError,
    GoneGenerationError,
    NoSpaceError,
    WithdrawnFileError,
    WrongHashError,
)

UPLOADS = "upload"
"""The blueprint of uploads."""
TEXT_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_log = logging.getLogger(__name__)


class ServerError(AxletreeError):
    """The root of the server's errors."""

    status: HTTPStatus | None = None
    """How it is answered; None: as `STATUS_BY_EXIT_CODE` says."""


class AddressInUseError(ServerError):
    """Another process listens on the address that we were told to take."""

    reference = "address-in-use"
    exit_code = 3


class AddressUnusableError(ServerError):
    """The address is not this machine's, or not ours to take."""

    reference = "address-unusable"
    exit_code = 3


class ServerStoppedError(ServerError):
    """The server's workers ended without having been asked to."""

    reference = "server-stopped"
    exit_code = 3


class InvalidPublicUrlError(ServerError):
    """A public URL that is not an absolute http or https one."""

    reference = "invalid-public-url"
    exit_code = 2


class InvalidProxyError(ServerError):
    """A trusted proxy that is neither an address nor a network."""

    reference = "invalid-proxy"
    exit_code = 2


class InvalidLocationError(ServerError):
    """A location for nginx that is no path, or that no file lies behind."""

    reference = "invalid-location"
    exit_code = 2


class NotASiteError(ServerError):
    """A folder to export to holds what is not ours."""

    reference = "not-a-site"
    exit_code = 2


class NotServedError(ServerError):
    """Nothing is published under the requested path."""

    reference = "not-found"
    exit_code = 1
    status = HTTPStatus.NOT_FOUND

    def __init__(
        self,
        what: str,
        *,
        hint: str,
        near: Sequence[str] = (),
        near_below: str = "simple/",
    ) -> None:
        """Keep also what may have been meant, and where that is, for people."""
        super().__init__(what, hint=hint)
        self.near = tuple(near)
        self.near_below = near_below


class NoSuchIndexError(ServerError):
    """An index that is not there, asked for a name that is here."""

    reference = "no-such-index"
    exit_code = 1
    status = HTTPStatus.GONE


class NotGivenOutError(ServerError):
    """A file is here and nobody gets it: withdrawn, or its project is quarantined."""

    reference = "not-given-out"
    exit_code = 1
    status = HTTPStatus.FORBIDDEN


class DamagedFileError(ServerError):
    """A file's bytes are not those that the wheelhouse's table names."""

    reference = "damaged-file"
    exit_code = 4


class TooBusyError(ServerError):
    """As many downloads, or uploads, are under way as a worker takes at once."""

    reference = "too-busy"
    exit_code = 3
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after_s = 5


class FilesSilentError(ServerError):
    """What keeps the files has not answered within the time of a probe."""

    reference = "files-unreachable"
    exit_code = 3


class RefusedRequestError(ServerError):
    """The base of what a client is told to do otherwise."""

    exit_code = 1


class TokenNeededError(RefusedRequestError):
    """No token came along, or one that opens nothing."""

    reference = "token-needed"
    status = HTTPStatus.UNAUTHORIZED


class NoRightError(RefusedRequestError):
    """The token does not allow it."""

    reference = "no-right"
    status = HTTPStatus.FORBIDDEN


class UpstreamProjectError(NoRightError):
    """An upload into a project that was collected."""

    reference = "upstream-project"


class ReservedProjectError(NoRightError):
    """An upload into a project of a reserved name, by a right that does not name it."""

    reference = "reserved-project"


class ClosedProjectError(NoRightError):
    """An upload into a project that takes none: archived, or quarantined."""

    reference = "closed-project"


class ForeignOriginError(RefusedRequestError):
    """A browser sends it for a page of another site."""

    reference = "foreign-origin"
    status = HTTPStatus.FORBIDDEN


class PlainHttpError(RefusedRequestError):
    """A secret came over plain http from another machine."""

    reference = "plain-http"
    status = HTTPStatus.FORBIDDEN


class InvalidUploadError(RefusedRequestError):
    """The form is not what twine or uv publish send, or contradicts its file."""

    reference = "invalid-upload"
    status = HTTPStatus.BAD_REQUEST


class UploadTooLargeError(RefusedRequestError):
    """The file, a field, or all fields together are above a limit."""

    reference = "upload-too-large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class LengthRequiredError(RefusedRequestError):
    """An upload does not say how long it is."""

    reference = "invalid-upload"
    status = HTTPStatus.LENGTH_REQUIRED


STATUS_OF: Mapping[type[AxletreeError], HTTPStatus] = {
    FilenameTakenError: HTTPStatus.CONFLICT,
    WrongHashError: HTTPStatus.BAD_REQUEST,
    NoSpaceError: HTTPStatus.INSUFFICIENT_STORAGE,
    WithdrawnFileError: HTTPStatus.FORBIDDEN,
    BreaksSetError: HTTPStatus.CONFLICT,
    GoneGenerationError: HTTPStatus.GONE,
}
"""Of errors that are not the server's own."""
STATUS_BY_EXIT_CODE: dict[int, HTTPStatus] = {
    1: HTTPStatus.NOT_FOUND,
    2: HTTPStatus.BAD_REQUEST,
    3: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""DESIGN.md 7's codes as statuses; any other is ours to mend, hence 500."""


def problem(  # noqa: PLR0913  one for each thing that is said
    status: HTTPStatus,
    *,
    detail: str,
    reference: str,
    hint: str,
    near: Sequence[str] = (),
    near_below: str = "simple/",
) -> Response:
    """Describe an error: to a browser as a page, else as RFC 9457's problem+json.

    Of an upload it is text: twine and uv publish show it to people as it is.
    """
    if request.blueprint == UPLOADS:
        text = "\n".join(filter(None, (detail, hint)))
        return Response(f"{text}\n", status=status, headers=TEXT_HEADERS)
    if wants_page(request.headers.get("Accept")):
        page = problem_page(
            request.path,
            title=status.phrase,
            detail=detail,
            hint=hint,
            reference=reference,
            near=near,
            near_below=near_below,
        )
        return Response(page, status=status, headers=HEADERS)
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "reference": reference,
    }
    if hint:
        document["hint"] = hint
    response = make_response(json.dumps(document) + "\n", status.value)
    response.headers["Content-Type"] = "application/problem+json"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def register_error_answers(app: Flask) -> None:
    """Make every error that reaches Flask a problem+json answer."""
    app.register_error_handler(AxletreeError, _answer_own_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_bug)


def status_of(error: AxletreeError) -> HTTPStatus:
    """Give the status that an error is answered with."""
    if isinstance(error, ServerError) and error.status is not None:
        return error.status
    for kind, status in STATUS_OF.items():
        if isinstance(error, kind):
            return status
    default = HTTPStatus.INTERNAL_SERVER_ERROR
    return STATUS_BY_EXIT_CODE.get(error.exit_code, default)


def _answer_own_error(error: AxletreeError) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(
        error, TooBusyError
    ):
        # `where` may be a path of this machine: for our log, not for the network.
        _log.error("%s: %s (%s)", error.reference, error.what, error.where)
    near: tuple[str, ...] = ()
    below = ""
    if isinstance(error, NotServedError):
        near, below = error.near, error.near_below
    answer = problem(
        status,
        detail=error.what,
        reference=error.reference,
        hint=error.hint,
        near=near,
        near_below=below,
    )
    if isinstance(error, TooBusyError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Axletree", charset="UTF-8"'
    return answer


def _answer_http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    detail, hint = error.description or status.phrase, ""
    if status in _NOT_THERE and request.method not in _READS:
        detail = "this address takes nothing"
        hint = (
            "twine and uv publish upload to `/legacy/`, below the index's own address"
        )
    elif status in _NOT_THERE:
        detail = f"this address does not answer {request.method}"
    answer = problem(
        status,
        detail=detail,
        reference=REFERENCES.get(status, REFERENCES[HTTPStatus.BAD_REQUEST]),
        hint=hint,
    )
    # `Allow` of a 405, for one, is part of the answer.
    for name, value in error.get_headers():
        if name not in answer.headers:
            answer.headers[name] = value
    return answer


_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_READS = frozenset({"GET", "HEAD"})
REFERENCES: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "invalid-request",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
}


def _answer_bug(error: Exception) -> Response:
    _log.error("a request failed by a bug of ours", exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="The server failed; its log says where.",
        reference=AxletreeError.reference,
        hint="",
    )
