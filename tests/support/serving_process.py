"""The program that `live_server` runs: serves a folder, and prints where."""

import argparse
from functools import partial
from pathlib import Path

from axletree.server.app import app_over
from axletree.server.serve import ServerSettings, serve
from tests.support.index_sources import FolderSource


class PrintingReporter:
    """Prints one line for each event."""

    def listening(self, url: str) -> None:
        """Print the URL."""
        print(f"listening {url}", flush=True)  # noqa: T201  what the test waits for

    def stopped(self) -> None:
        """Print that all went well."""
        print("stopped", flush=True)  # noqa: T201  what the test looks for


def main() -> None:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--public-url", default="")
    given = parser.parse_args()
    source = FolderSource(given.home)
    load_app = partial(app_over, source, public_url=given.public_url)
    settings = ServerSettings(host=given.host, port=given.port, workers=given.workers)
    serve(load_app, settings, PrintingReporter())


if __name__ == "__main__":
    main()
