"""The package index: `/simple/` and `/simple/<project>/`.

A rendered page is answered before Flask's routing sees the request (`FastPages`): most
of an answer's cost is routing. Whatever is not ready, or not plainly a page, goes on to
the Flask views below, which render it, redirect, or say that it is not there.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from axletree.server.conditional import is_unchanged
from axletree.server.errors import NotServedError
from axletree.server.index import LIST_PATH, LiveIndex
from axletree.server.negotiation import accepts_gzip, choose_format, wants_page
from axletree.server.problem_page import near_names
from axletree.server.rendering import Headers, RenderedPage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FastPages:
    """WSGI middleware that answers rendered pages and hands all else on."""

    def __init__(self, index: LiveIndex, fallback: "WSGIApplication") -> None:
        """Remember both sides."""
        self._index = index
        self._fallback = fallback

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        page = self._page(environ)
        if page is None:
            return self._fallback(environ, start_response)
        status, headers, body = _answer(page, environ)
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _page(self, environ: "WSGIEnvironment") -> RenderedPage | None:
        path: str = environ["PATH_INFO"]
        is_page_request = path.startswith(LIST_PATH) and environ["REQUEST_METHOD"] in {
            "GET",
            "HEAD",
        }
        return self._index.ready_page(path) if is_page_request else None


def simple_blueprint(index: LiveIndex) -> Blueprint:
    """Make the views of the index."""
    blueprint = Blueprint("simple", __name__)

    # Each address has its rule, with and without the last slash: Flask's own slash
    # redirect is absolute, hence wrong behind a proxy that takes a prefix off.
    @blueprint.get("/simple")
    def project_list_without_slash() -> Response:
        return _moved("simple/")

    @blueprint.get("/simple/")
    def project_list() -> Response:
        return _respond(index.list_page())

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(project: str) -> Response:
        return _moved(f"{_normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(project: str) -> Response:
        name = _normalised(project)
        if name != project:
            return _moved(f"../{name}/")
        page = index.project_page(name)
        if page is None:
            raise _no_project(_near(index, name))
        return _respond(page)

    return blueprint


def _normalised(project: str) -> NormalizedName:
    """Normalise a name out of a path; what passes is safe in a header.

    :raises NotServedError: it is no project name.
    """
    try:
        return canonicalize_name(project, validate=True)
    except InvalidName as error:
        raise _no_project() from error


def _near(index: LiveIndex, name: str) -> tuple[str, ...]:
    """List what may have been meant: for people only, since it takes a look at all."""
    if not wants_page(request.headers.get("Accept")):
        return ()
    return near_names(name, index.source.projects())


def _no_project(near: Sequence[str] = ()) -> NotServedError:
    return NotServedError(
        "no such project on this index",
        hint="`/simple/` lists what there is; `axletree collect` brings what is not",
        near=near,
    )


def _moved(relative: str) -> Response:
    """Redirect for good, relative to the request: a prefix stays what it was."""
    status = HTTPStatus.MOVED_PERMANENTLY
    return Response(status=status, headers={"Location": relative})


def _respond(page: RenderedPage) -> Response:
    status, headers, body = _answer(page, request.environ)
    # A list, because of a plain body Flask would count the Content-Length anew, and
    # the empty body of HEAD must carry that of GET.
    return Response([body], status=status, headers=headers)


def _answer(
    page: RenderedPage, environ: "WSGIEnvironment"
) -> tuple[HTTPStatus, Headers, bytes]:
    variant = page.variant(
        choose_format(environ.get("HTTP_ACCEPT")),
        is_gzip=accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING")),
    )
    if is_unchanged(environ.get("HTTP_IF_NONE_MATCH"), variant.etag):
        return HTTPStatus.NOT_MODIFIED, variant.unchanged_headers, b""
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else variant.body
    return HTTPStatus.OK, variant.headers, body
