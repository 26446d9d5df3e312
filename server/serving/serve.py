"""Running the application for real: granian, several worker processes, one address.

The parent process only watches; each worker opens the wheelhouse for itself. The
address is tried before any worker starts, because workers share their port by
SO_REUSEPORT, under which a second server would start happily beside the first.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from axletree.house_place import HousePlace
from axletree.server.answers.errors import (
    AddressInUseError,
    AddressUnusableError,
    ServerStoppedError,
)
from axletree.server.answers.proxies import networks_of
from axletree.server.guard import AccessSettings
from axletree.server.serving.app import (
    app_over,
    check_location,
    create_app,
)
from axletree.server.serving.attending import Attendant, Knocker
from axletree.server.serving.connections import (
    MOST_CONNECTIONS,
    ConnectionLimits,
    Connections,
)
from axletree.server.serving.reporter import ServerReporter
from axletree.server.watching.access_log import (
    AccessLog,
    log_settings,
    logbook,
)
from axletree.server.watching.figures import SharedFigures
from axletree.server.watching.observed import Watching
from axletree.wheelhouse.catalog.house import Wheelhouse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DEFAULT_WORKERS = 2
THREADS_PER_WORKER = 256
"""A download holds a thread until its reader has taken it: with 16, sixty-four slow
readers stopped everything (seen). Threads start when needed and end when idle. Downloads
and uploads hold fewer than all (`axletree.server.watching.places`)."""
SWITCH_S = 0.0005
"""After which a thread that makes a long page lets others answer. An answer from memory
takes a tenth of it; with Python's own 5 ms it came late for each that was made meanwhile."""
HTTP_BUFFER_BYTES = 64 * 1024
"""That a connection may hold, coming or going: headers are no longer, and of what a slow
reader is sent no more waits here. granian's own is six times as much."""
STOP_TIMEOUT_S = 10
"""How long running downloads may go on after the server is asked to stop."""

_PR_SET_PDEATHSIG = 1
_POLL_INTERVAL_S = 0.02


AppLoader: TypeAlias = "Callable[[Watching], WSGIApplication]"
"""Makes one application; called in every worker and nowhere else."""
_BESIDES = 256
"""Files that a worker has open besides connections: downloads, the database."""
_FEWEST_CONNECTIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8080
    """0: any free one; the reporter is told which."""
    workers: int = DEFAULT_WORKERS
    access_log: AccessLog = "none"


def serve_wheelhouse(
    home: Path | HousePlace,
    settings: ServerSettings,
    reporter: ServerReporter,
    *,
    public_url: str = "",
    access: AccessSettings | None = None,
) -> None:
    """Serve the wheelhouse at `home`, as `serve` does.

    :param public_url: how users reach the index, as of `axletree.server.serving.app.app_over`.
    :raises AxletreeError: what `create_app` and `serve` raise.
    """
    # Tried here first, so that a wheelhouse that cannot be opened is one clear error
    # and not crashing workers; and closed, for SQLite must not be open in a fork.
    with Wheelhouse.open_to_read(home) as wheelhouse:
        app_over(wheelhouse, public_url=public_url)
        check_location((access or AccessSettings()).location, wheelhouse)
        networks_of((access or AccessSettings()).proxies)

    def load(watching: Watching) -> "WSGIApplication":
        return create_app(home, public_url=public_url, access=access, watching=watching)

    serve(load, settings, reporter)


def serve(
    load_app: AppLoader, settings: ServerSettings, reporter: ServerReporter
) -> None:
    """Serve until SIGTERM or SIGINT; call it from the main thread of a process.

    Requests under way are finished, for at most `STOP_TIMEOUT_S`. The process is
    forked, and should hold no open database.

    :raises AddressInUseError: somebody listens there already.
    :raises AddressUnusableError: the host is not ours or the port not allowed.
    :raises ServerStoppedError: workers ended again and again.
    """
    most = allow_connections()
    with (
        reserved(settings.host, settings.port) as (address, port),
        closing(SharedFigures()) as shared,
    ):
        server = _granian(settings, address, port, most)

        def load() -> "WSGIApplication":
            _tie_to_parent()
            sys.setswitchinterval(SWITCH_S)
            watching = Watching.over(shared.take(), logbook(settings.access_log))
            return _attended(load_app(watching), watching, address, port, most)

        url = f"http://{_in_url(settings.host)}:{port}/"
        announce = threading.Thread(
            target=_announce_when_ready,
            args=(server, settings.workers, url, reporter),
            daemon=True,
        )
        server.on_startup(announce.start)
        try:
            server.serve(target_loader=load, wrap_loader=False)
        except SystemExit as error:
            raise ServerStoppedError(
                "the server's workers ended unexpectedly",
                where=url,
                hint="the lines above say why",
            ) from error
    reporter.stopped()


def allow_connections() -> int:
    """Have the system allow as many open files as connections take; say how many."""
    wanted = MOST_CONNECTIONS + _BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= wanted:
        allowed = max(soft, wanted)
    else:
        allowed = hard
    if soft != resource.RLIM_INFINITY and allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(_FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, allowed - _BESIDES))


def _granian(
    settings: ServerSettings, address: str, port: int, most_connections: int
) -> MPServer:
    return MPServer(
        # Never imported: `target_loader` makes the application. It names the server
        # in process titles only.
        "axletree.server",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=HTTP_BUFFER_BYTES),
        websockets=False,
        workers=settings.workers,
        blocking_threads=THREADS_PER_WORKER,
        backpressure=most_connections,
        workers_kill_timeout=STOP_TIMEOUT_S,
        # One crash must not end the service; granian itself ends a crash loop.
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=log_settings(settings.access_log),
    )


def _attended(
    app: "WSGIApplication", watching: Watching, address: str, port: int, most: int
) -> "WSGIApplication":
    """Have somebody look after a worker's connections and threads."""
    knocker = Knocker(address, port)
    Attendant(
        connections=Connections(port, ConnectionLimits(most=most)),
        knocker=knocker,
        places=watching.places,
        figures=watching.figures,
    ).start()
    return knocker.heeded(app)


def _tie_to_parent() -> None:
    """Tie a worker's life to the parent's."""
    # Forked, a worker has the parent's handlers until granian sets its own, and would
    # swallow a stop that comes this early.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C in a terminal goes to the whole group: the parent alone is to hear it, and
    # to stop its workers in order.
    os.setpgrp()
    if sys.platform == "linux":
        # A parent that was killed outright cannot stop its workers, which would go
        # on holding the port.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def reserved(host: str, port: int) -> Iterator[tuple[str, int]]:
    """Hold an address for our workers, and keep everybody else off it.

    :returns: the numeric address and the port, which is chosen if `port` is 0.
    :raises AddressInUseError: somebody listens there already.
    :raises AddressUnusableError: unknown host, foreign address, forbidden port.
    """
    family, address = _resolved(host)
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        # Connections of a server that just ended may linger: no reason to refuse.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((address, port))
        except OSError as error:
            raise _bind_error(error, host, port) from error
        # Bound alone, so nobody else was there; from here on shared with our own
        # workers (SO_REUSEPORT) and with no other server that asks as we just did.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield address, holder.getsockname()[1]


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnusableError(
            f"no address is known for the host {host!r}",
            where=host,
            hint="give an address of this machine: 127.0.0.1, or 0.0.0.0 for all",
        ) from error
    family, _, _, _, address = found[0]
    return family, str(address[0])


def _bind_error(
    error: OSError, host: str, port: int
) -> AddressInUseError | AddressUnusableError:
    if error.errno == errno.EADDRINUSE:
        return AddressInUseError(
            f"port {port} is already in use",
            where=f"{host}:{port}",
            hint="stop what listens there, or choose `--port 0` for any free port",
        )
    return AddressUnusableError(
        f"cannot listen on {host}:{port}: {error.strerror}",
        where=f"{host}:{port}",
        hint="give an address of this machine and a port above 1023",
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _announce_when_ready(
    server: MPServer, workers: int, url: str, reporter: ServerReporter
) -> None:
    # Workers are forked: until all are, this thread only sleeps and holds no lock
    # that a child could inherit.
    while len(server.wrks) < workers:
        sleep(_POLL_INTERVAL_S)
    while not _answers(url):
        sleep(_POLL_INTERVAL_S)
    reporter.listening(url)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
