"""What runs beside the answers in each worker: looks at connections, keeps threads coming.

granian starts a thread only when a request comes and fewer threads seem idle than requests
wait (`src/blocking.rs`). One that has just taken a request still counts as idle, so that a
request now and then (one in some hundred) stays without a thread until the next one comes,
if downloads hold all others. So while any is under way the worker asks itself, five times a
second, over a connection of its own. This can go when granian counts otherwise.
"""

import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from typing import TYPE_CHECKING

from axletree.server.serving.connections import Connections, Look
from axletree.server.serving.operations import note_memory
from axletree.server.watching.figures import Figures
from axletree.server.watching.places import Places

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_EVERY_S = 1.0
KNOCK_EVERY_S = 0.2
_MOST_TRIES = 64
_TIMEOUT_S = 2.0
_HEADER = "X-Axletree-Knock"


class Knocker:
    """Asks the worker itself; the address is that of all workers, which share it."""

    def __init__(self, host: str, port: int) -> None:
        """Remember where to ask; nothing is asked yet."""
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        self._port = port
        self._secret = secrets.token_hex(16)
        self._link: HTTPConnection | None = None

    def heeded(self, inner: "WSGIApplication") -> "WSGIApplication":
        """Wrap an application so that it answers its own worker with nothing."""
        secret = self._secret

        def answer(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            if environ.get("HTTP_X_AXLETREE_KNOCK") == secret:
                start_response("204 No Content", [])
                return []
            return inner(environ, start_response)

        return answer

    def knock(self) -> bool:
        """Ask once; False: no connection has led here."""
        if self._link is not None and self._is_own(self._link):
            return True
        self._forget()
        for _ in range(_MOST_TRIES):
            link = HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
            if self._is_own(link):
                self._link = link
                return True
            link.close()
        return False

    def _is_own(self, link: HTTPConnection) -> bool:
        try:
            link.request("HEAD", "/healthz", headers={_HEADER: self._secret})
            answer = link.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return False
        return answer.status == HTTPStatus.NO_CONTENT

    def _forget(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


class Attendant:
    """A thread of a worker, for as long as the worker lives."""

    def __init__(
        self,
        *,
        connections: Connections,
        knocker: Knocker,
        places: Places,
        figures: Figures,
    ) -> None:
        """Take what is looked at, and where it is noted."""
        self._connections = connections
        self._knocker = knocker
        self._places = places
        self._figures = figures

    def start(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._attend, name="attendant", daemon=True).start()

    def _attend(self) -> None:
        looked_at = float("-inf")
        while True:
            if self._places.are_taken:
                self._knocker.knock()
            if monotonic() - looked_at >= LOOK_EVERY_S:
                looked_at = monotonic()
                # What the system does not tell now it may tell with the next look.
                with suppress(OSError):
                    self._note(self._connections.look())
            sleep(KNOCK_EVERY_S)

    def _note(self, look: Look) -> None:
        self._figures.put("connections", look.open)
        if look.cut:
            self._figures.add("slow_cut", look.cut)
        if look.closed:
            self._figures.add("idle_closed", look.closed)
        note_memory(self._figures)
