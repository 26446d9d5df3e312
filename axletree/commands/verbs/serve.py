"""`axletree serve`: the wheelhouse as a package index."""

import socket
from urllib.parse import urlsplit

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.server.guard import AccessSettings
from axletree.server.serving.access_log import AccessLog
from axletree.server.serving.serve import (
    ServerSettings,
    serve_wheelhouse,
)

_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared, not listened on


@click.command(cls=VerbCommand)
@options_of("serve")
def serve(  # noqa: PLR0913  one parameter for each option
    *,
    host: str,
    port: int,
    workers: int,
    access_log: AccessLog,
    public_url: str,
    max_upload: int,
    plain_http_uploads: bool,
    token_to_read: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Serve the wheelhouse to pip, uv and browsers until it is stopped."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = ServerSettings(
        host=host,
        port=port,
        workers=workers,
        access_log="none" if console.is_quiet else access_log,
    )
    of_run = settings_for()
    announcer = _Announcer(console, host)
    with reading(of_run):
        serve_wheelhouse(
            of_run.place,
            settings,
            announcer,
            public_url=public_url,
            access=AccessSettings(
                max_file_bytes=max_upload * 1_000_000,
                is_plain_http_allowed=plain_http_uploads,
                needs_token_to_read=token_to_read,
            ),
        )
    return 0


class _Announcer:
    """Says where the index is, on stdout: scripts wait for that line."""

    def __init__(self, console: Console, host: str) -> None:
        self._console = console
        self._host = host

    def listening(self, url: str) -> None:
        if self._console.is_json:
            self._console.document({"format": "axletree.serving/1", "url": url})
        else:
            self._console.result(f"serving {url}simple/\n")
        if self._host in _EVERY_ADDRESS:
            there = f"http://{socket.gethostname()}:{urlsplit(url).port}/simple/"
            self._console.say(
                f"on every address of this machine; from others it is {there} "
                "(or what they call this machine)"
            )

    def stopped(self) -> None:
        self._console.say("stopped")
