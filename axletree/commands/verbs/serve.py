"""`axletree serve`: the wheelhouse as a package index."""

import gc
import socket
from urllib.parse import urlsplit

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.server.guard import AccessSettings
from axletree.server.serving.checking import Checked, exit_code
from axletree.server.serving.checking import check_config as checked
from axletree.server.serving.serve import (
    ServerSettings,
    serve_wheelhouse,
)
from axletree.server.watching.access_log import AccessLog

_SOON = 700
"""Objects made before garbage is looked for, as Python does. Other commands end before it
matters (`axletree.start`); of a server's pages it would keep 30 MB in each worker."""

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
    proxies: tuple[str, ...],
    max_upload: int,
    plain_http_uploads: bool,
    token_to_read: bool,
    gate: bool,
    x_accel: str,
    check_config: bool,
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
    access = AccessSettings(
        max_file_bytes=max_upload * 1_000_000,
        is_plain_http_allowed=plain_http_uploads,
        needs_token_to_read=token_to_read,
        location=x_accel,
        is_gated=gate,
        proxies=proxies,
    )
    of_run = settings_for()
    if check_config:
        found = checked(of_run.place, settings, public_url=public_url, access=access)
        return _tell(console, found)
    announcer = _Announcer(console, host)
    gc.set_threshold(_SOON)
    with reading(of_run):
        serve_wheelhouse(
            of_run.place,
            settings,
            announcer,
            public_url=public_url,
            access=access,
        )
    return 0


def _tell(console: Console, found: tuple[Checked, ...]) -> int:
    """Print what was found, and end as a start would."""
    code = exit_code(found)
    if console.is_json:
        console.document(
            {
                "format": "axletree.serve-check/1",
                "would_serve": code == 0,
                "settings": [_to_json(each) for each in found],
            }
        )
        return code
    width = max(len(each.name) for each in found)
    for each in found:
        mark = "wrong" if each.problem else "note" if each.note else "ok"
        console.result(f"{mark:5}  {each.name:{width}}  {each.value}\n")
        if each.problem is not None:
            said = filter(None, (each.problem.what, each.problem.hint))
            console.result("".join(f"{'':{width + 9}}{line}\n" for line in said))
        elif each.note:
            console.result(f"{'':{width + 9}}{each.note}\n")
    return code


def _to_json(checked: Checked) -> JsonObject:
    problem = checked.problem
    return {
        "name": checked.name,
        "value": checked.value,
        "note": checked.note,
        "problem": None
        if problem is None
        else {
            "reference": problem.reference,
            "what": problem.what,
            "where": problem.where,
            "hint": problem.hint,
        },
    }


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
