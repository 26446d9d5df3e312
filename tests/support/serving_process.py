"""The program that `live_server` runs: serves a wheelhouse, prints where."""

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.errors import AxletreeError
from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from axletree.server.serving.serve import (
    ServerSettings,
    serve,
    serve_wheelhouse,
)
from axletree.server.watching.observed import Watching

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PrintingReporter:
    """Prints one line for each event."""

    def listening(self, url: str) -> None:
        """Print the URL."""
        print(f"listening {url}", flush=True)  # noqa: T201  what the test waits for

    def stopped(self) -> None:
        """Print that all went well."""
        print("stopped", flush=True)  # noqa: T201  what the test looks for


class RequestLog:
    """WSGI middleware that notes every request, one line each."""

    def __init__(self, path: Path, inner: "WSGIApplication") -> None:
        """Append to `path`."""
        self._path = path
        self._inner = inner

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Note one request and hand it on."""
        wanted = environ.get("HTTP_RANGE", "")
        line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']!a} {wanted}".rstrip()
        with self._path.open("a") as log:
            log.write(line.replace("'", "") + "\n")
        return self._inner(environ, start_response)


def load(
    home: Path, public_url: str, location: str, log: Path, watching: Watching
) -> "WSGIApplication":
    """Make the application, as a worker does, and note its requests."""
    app = create_app(
        home,
        public_url=public_url,
        access=AccessSettings(location=location),
        watching=watching,
    )
    return RequestLog(log, app)


def main() -> None:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--public-url", default="")
    parser.add_argument("--x-accel", default="")
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    settings = ServerSettings(host=given.host, port=given.port, workers=given.workers)
    reporter = PrintingReporter()
    home, public_url = given.home, given.public_url
    try:
        if given.log is None:
            serve_wheelhouse(home, settings, reporter, public_url=public_url)
        else:
            loader = partial(load, home, public_url, given.x_accel, given.log)
            serve(loader, settings, reporter)
    except AxletreeError as error:
        print(f"{error.reference}: {error.what}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
