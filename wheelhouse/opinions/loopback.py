"""A `ShownIndex` over HTTP, on this machine alone, while a subprocess reads it.

It answers from the thread that waits for the subprocess: what is behind the index
need not be safe among threads, and Ctrl-C ends both at once.
"""

import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import socket
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from axletree.wheelhouse.opinions.shown_index import ShownIndex

POLL_S = 0.05
"""How long to wait for a request before looking at the subprocess again."""
CLIENT_TIMEOUT_S = 10.0
_METADATA = ".metadata"


class LoopbackServer(HTTPServer):
    """Answers one request at a time, whenever `handle_request` is called."""

    timeout = POLL_S

    def __init__(self, index: ShownIndex) -> None:
        """Listen on a free port."""
        self.failure: BaseException | None = None
        """What reading the index raised: no client is told of an outage as a 404."""
        super().__init__(("127.0.0.1", 0), partial(_Handler, index))

    @property
    def url(self) -> str:
        """What `--index-url` wants."""
        return f"http://127.0.0.1:{self.server_port}/simple/"

    def handle_error(
        self, request: socket | tuple[bytes, socket], client_address: object
    ) -> None:
        """Keep what went wrong; a client that went away is not worth a word."""
        del request, client_address
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            self.failure = error


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_TIMEOUT_S

    def __init__(
        self, index: ShownIndex, request: socket, address: object, server: HTTPServer
    ) -> None:
        self._index = index
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        """Answer one request."""
        content = self._content([unquote(part) for part in self.path.split("/")[1:]])
        self.send_response(404 if content is None else 200)
        # Only pages are looked at for their type.
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def _content(self, parts: list[str]) -> bytes | None:
        match parts:
            case ["simple", name, ""]:
                page = self._index.page(canonicalize_name(name))
                return None if page is None else page.encode()
            case ["files", name]:
                wheel = self._index.wheel(name.removesuffix(_METADATA))
                if wheel is None:
                    return None
                is_whole = not name.endswith(_METADATA)
                return wheel.content() if is_whole else wheel.metadata.encode()
            case _:
                return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  inherited
        """Say nothing: stderr is the command's."""
