"""Sending what is ready: before Flask's routing where it can be, else from a view.

Most of an answer's cost is routing, so that a rendered page, and METADATA that was read
once, is answered before Flask sees the request (`FastAnswers`). Whatever is not ready
goes on to the views, which render it, redirect, or say that it is not there.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from flask import Response, request

from axletree.server.answers.addresses import RootOf
from axletree.server.answers.conditional import is_unchanged
from axletree.server.answers.negotiation import Form, choose_form
from axletree.server.answers.variants import Headers, private
from axletree.server.guard import Readers
from axletree.server.live.index import LiveIndex
from axletree.server.live.ready import Ready
from axletree.server.watching.observed import READY

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_Write: TypeAlias = Callable[[bytes], object]
_READS = frozenset({"GET", "HEAD"})


class FastAnswers:
    """WSGI middleware that sends what is ready and hands all else on."""

    def __init__(
        self,
        index: LiveIndex,
        readers: Readers,
        root_of: RootOf,
        fallback: "WSGIApplication",
    ) -> None:
        """Remember both sides, who may read, and how the index is reached.

        Where not everybody may read, what is sent from here is private.
        """
        self._index = index
        self._root_of = root_of
        self._readers = readers
        self._fallback = fallback

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        is_read = environ["REQUEST_METHOD"] in _READS
        ready = self._index.ready(environ["PATH_INFO"]) if is_read else None
        if ready is not None and ready.is_by_root:
            ready = self._index.ready(environ["PATH_INFO"], self._root_of(environ))
        form = wanted_form(environ)
        if (
            ready is None
            or not ready.has(form)
            or not (
                self._readers.is_everybody
                or self._readers.admit(environ.get("HTTP_AUTHORIZATION"), ready.project)
            )
        ):
            return self._fallback(environ, start_response)
        environ[READY] = True
        status, headers, body = _chosen(
            ready, form, environ, is_private=not self._readers.is_everybody
        )
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]


class PrivateAnswers:
    """WSGI middleware that lets nobody between keep what only some may read.

    A cache before the index would hand it to everybody.
    """

    def __init__(self, inner: "WSGIApplication") -> None:
        """Remember what answers."""
        self._inner = inner

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""

        # Annotated with names alone: what stands here is evaluated for each request.
        def start(
            status: str, headers: Headers, exc_info: "OptExcInfo | None" = None, /
        ) -> _Write:
            return start_response(status, private(headers), exc_info)

        return self._inner(environ, start)


def respond(ready: Ready) -> Response:
    """Send what is ready, a page in the `wanted_form`, from a view."""
    form = wanted_form(request.environ)
    # What only some may read, `PrivateAnswers` makes private after all views.
    status, headers, body = _chosen(ready, form, request.environ, is_private=False)
    # A list, because of a plain body Flask would count the Content-Length anew, and
    # the empty body of HEAD must carry that of GET.
    return Response([body], status=status, headers=headers)


def wanted_form(environ: "WSGIEnvironment") -> Form:
    """Say in which form a page is asked for."""
    return choose_form(environ.get("HTTP_ACCEPT"), environ.get("HTTP_ACCEPT_ENCODING"))


def _chosen(
    ready: Ready, form: Form, environ: "WSGIEnvironment", *, is_private: bool
) -> tuple[HTTPStatus, Headers, bytes]:
    variant = ready.variant(form)
    if is_unchanged(environ.get("HTTP_IF_NONE_MATCH"), variant.etag):
        unchanged = variant.unchanged_headers
        if is_private:
            unchanged = variant.private_unchanged_headers
        return HTTPStatus.NOT_MODIFIED, unchanged, b""
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else variant.body
    headers = variant.private_headers if is_private else variant.headers
    return HTTPStatus.OK, headers, body
