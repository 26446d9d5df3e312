"""The outermost layer: each request gets an id, is counted, and is a line in the log."""

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from time import perf_counter, time
from typing import TYPE_CHECKING, TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.server.watching.access_log import Answered, Logbook
from axletree.server.watching.figures import Figures, Kind
from axletree.server.watching.places import Places
from axletree.server.watching.request_ids import RequestIds, current

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READY = "axletree.ready"
"""Set in the environment of a request that is answered from memory."""

_Headers: TypeAlias = list[tuple[str, str]]
_Write: TypeAlias = Callable[[bytes], object]

_OF_FIRST: dict[str, Kind] = {
    "": "people",
    "docs": "people",
    "g": "generation",
    "views": "view",
    "sets": "set",
    "legacy": "upload",
    "healthz": "operations",
    "readyz": "operations",
    "metrics": "operations",
}
"""Of the first part of a path."""


def kind_of(path: str) -> Kind:
    """Tell what a path, below the prefix, asks for."""
    first, _, rest = path[1:].partition("/")
    if first == "simple":
        return "page" if rest else "list"
    if first == "files":
        return "metadata" if rest.endswith(".metadata") else "file"
    return _OF_FIRST.get(first, "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What a worker has to watch its own answers with."""

    figures: Figures
    places: Places
    note: Logbook | None = None
    """Writes a line for each request; None: nothing does."""

    @classmethod
    def over(cls, figures: Figures, note: Logbook | None = None) -> "Watching":
        """Put it together over a place for figures."""
        return cls(figures=figures, places=Places(figures), note=note)


class Observed:
    """WSGI middleware that watches what all others answer."""

    def __init__(self, inner: "WSGIApplication", watching: Watching) -> None:
        """Take what answers, where it is counted, and who writes the log."""
        self._inner = inner
        self._figures = watching.figures
        self._note = watching.note
        self._ids = RequestIds()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        request_id = self._ids.of(environ.get("HTTP_X_REQUEST_ID"))
        current.set(request_id)
        watch = _Watch(self._figures, self._note, environ, start_response, request_id)
        body = self._inner(environ, watch)
        if isinstance(body, list):
            watch.end(sum(map(len, body)))
            return body
        return _Counted(body, watch)


class _Watch:
    """One request, from its beginning to its end; begins its answer, as WSGI has it."""

    __slots__ = (
        *("_began", "_environ", "_figures", "_is_over", "_note", "_path"),
        *("_request_id", "_start", "_status"),
    )

    def __init__(
        self,
        figures: Figures,
        note: Logbook | None,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        request_id: str,
    ) -> None:
        self._began = perf_counter()
        self._figures = figures
        self._note = note
        self._environ = environ
        self._path = environ["PATH_INFO"]
        self._start = start_response
        self._request_id = request_id
        self._is_over = False
        self._status = 0

    def __call__(
        self, status: str, headers: _Headers, exc_info: "OptExcInfo | None" = None, /
    ) -> _Write:
        self._status = int(status[:3])
        told = [*headers, ("X-Request-ID", self._request_id)]
        return self._start(status, told, exc_info)

    def end(self, sent: int) -> None:
        """Count it and note it, once."""
        if self._is_over:
            return
        self._is_over = True
        environ = self._environ
        seconds = perf_counter() - self._began
        # A prefix was taken off by now.
        kind = kind_of(environ["PATH_INFO"])
        is_ready = READY in environ
        self._figures.answered(kind, self._status, sent, seconds, is_ready=is_ready)
        if kind == "upload" and self._status == HTTPStatus.OK:
            self._figures.add("received_bytes", int(environ.get("CONTENT_LENGTH") or 0))
        if self._note is not None:
            self._note(
                Answered(
                    at=time(),
                    address=environ.get("REMOTE_ADDR", ""),
                    method=environ["REQUEST_METHOD"],
                    path=self._path,
                    status=self._status,
                    sent_bytes=sent,
                    seconds=seconds,
                    request_id=self._request_id,
                )
            )


class _Counted:
    """A body that is sent in parts; it is over when it is closed."""

    __slots__ = ("_body", "_sent", "_watch")

    def __init__(self, body: Iterable[bytes], watch: _Watch) -> None:
        self._body = body
        self._watch = watch
        self._sent = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            self._sent += len(chunk)
            yield chunk

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                close()
        finally:
            self._watch.end(self._sent)
