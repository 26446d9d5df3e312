"""Our server beside nginx on the exported index, and beside other servers.

    python -m benchmarks.serve FOLDER [--rounds 7] [--seconds 2] [--peers]

All serve the same files from FOLDER, which is filled on the first run. Each round asks
every server for every case, one after the other, so that what else the machine does meets
all alike: read the ratios, not the times. wrk asks, over 16 connections.
"""

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep

from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from benchmarks.measuring import BIN, BenchmarkError, clean_environment
from benchmarks.served_world import ServedWorld, make_world

JSON = "application/vnd.pypi.simple.v1+json"
_START_TIMEOUT_S = 120.0
_CONNECTIONS = 16
_NGINX = """
worker_processes 2; daemon off; error_log stderr; pid {folder}/pid;
events {{ worker_connections 2048; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000; types {{ }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {site}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked for."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_large: bool = False
    """Whether so few are sent in a second that bytes are counted instead."""
    bar: float = 0.0
    """What part of nginx's speed we want to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One that answers."""

    name: str
    port: int
    pages: str = "/simple"
    """Where the index is; files are where they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    knows_files: bool = True
    """Whether it has files under our addresses."""

    def path_of(self, case: Case) -> str:
        """Give the path of a case here."""
        if case.path.startswith("/simple/"):
            return f"{self.pages}{case.path.removeprefix('/simple')}"
        return case.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What wrk has seen."""

    per_s: float
    p99_ms: float
    megabytes_per_s: float

    def rate(self, case: Case) -> float:
        """Give what servers are compared by."""
        return self.megabytes_per_s if case.is_large else self.per_s


def cases(world: ServedWorld) -> tuple[Case, ...]:
    """List what is asked for."""
    compressed = {"Accept": JSON, "Accept-Encoding": "gzip"}
    plain = {"Accept": "text/html"}
    wheel = world.path_of("medium-1.0-py3-none-any.whl")
    large = world.path_of("large-1.0-py3-none-any.whl")
    return (
        Case(name="39 files", path="/simple/medium/", headers=plain, bar=0.6),
        Case(name="39, json gz", path="/simple/medium/", headers=compressed, bar=0.6),
        Case(name="1500 files", path="/simple/many/", headers=plain, bar=0.5),
        Case(name="1500, json gz", path="/simple/many/", headers=compressed, bar=0.5),
        Case(name="list, json gz", path="/simple/", headers=compressed, bar=0.5),
        Case(name=".metadata", path=f"{wheel}.metadata", bar=0.4),
        Case(name="50 MB wheel", path=large, is_large=True, bar=0.4),
    )


def ask(server: Server, case: Case, seconds: float) -> Asked:
    """Ask one server for one thing, as fast as it answers.

    :raises BenchmarkError: not all answers were good.
    """
    headers = [f"{k}: {v}" for k, v in {**case.headers, **server.headers}.items()]
    ran = subprocess.run(
        [
            *("wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds:.0f}s", "--latency"),
            *(word for header in headers for word in ("-H", header)),
            f"http://127.0.0.1:{server.port}{server.path_of(case)}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in ran.stdout:
        raise BenchmarkError(f"{server.name}, {case.name}:\n{ran.stdout}")
    return Asked(
        per_s=_figure(r"Requests/sec:\s+([0-9.]+)()", ran.stdout),
        p99_ms=_figure(r"99%\s+([0-9.]+)(us|ms|s|m)", ran.stdout),
        megabytes_per_s=_figure(r"Transfer/sec:\s+([0-9.]+)(B|KB|MB|GB)", ran.stdout),
    )


_UNITS = {
    "": 1.0,
    "us": 0.001,
    "ms": 1.0,
    "s": 1000.0,
    "m": 60_000.0,
    "B": 1e-6,
    "KB": 1e-3,
    "MB": 1.0,
    "GB": 1000.0,
}


def _figure(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise BenchmarkError(f"wrk said:\n{text}")
    return float(found[1]) * _UNITS[found[2]]


@contextmanager
def running(
    command: Sequence[str | Path], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[float]:
    """Run a server until the block ends; gives the seconds to its first answer."""
    began = perf_counter()
    process = subprocess.Popen(
        [*map(str, command)],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port, path):
            if process.poll() is not None or perf_counter() - began > _START_TIMEOUT_S:
                raise BenchmarkError(f"did not start: {command}")
            sleep(0.01)
        yield perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, path: str) -> bool:
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("GET", path)
        return link.getresponse().status < 500
    except OSError:
        return False
    finally:
        link.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def start_nginx(stack: ExitStack, world: ServedWorld) -> Server:
    """Start nginx on the exported index, as our configuration has it."""
    port, folder = _free_port(), world.folder / "nginx"
    folder.mkdir(exist_ok=True)
    ours = Path(__file__).parents[1] / "deploy/nginx/site.conf"
    site = (
        ours.read_text()
        .replace("listen 80;", f"listen 127.0.0.1:{port} reuseport;")
        .replace("/srv/pkgs", str(world.site))
    )
    file = folder / "nginx.conf"
    file.write_text(_NGINX.format(folder=folder, site=site))
    command = ("nginx", "-c", file, "-p", folder)
    stack.enter_context(running(command, port, "/simple/medium/", clean_environment()))
    return Server(name="nginx", port=port)


def start_ours(
    stack: ExitStack, world: ServedWorld, *options: str
) -> tuple[int, float]:
    """Start our own server; gives its port, and how long the first answer took."""
    port = _free_port()
    environment = clean_environment(AXLETREE_HOME=str(world.home))
    command: tuple[str | Path, ...] = (
        BIN / "axletree",
        "serve",
        "--port",
        str(port),
        "-q",
        *options,
    )
    first = stack.enter_context(running(command, port, "/simple/medium/", environment))
    return port, first


def secret_of(world: ServedWorld) -> str:
    """Make a token that may read all."""
    with Wheelhouse.open(world.home) as house:
        tokens = Tokens(house=house)
        name = f"bench-{len(tokens.all())}"
        return tokens.make(name, [Right.parse("read")], None)[1]


def start_all(stack: ExitStack, world: ServedWorld, *, peers: bool) -> list[Server]:
    """Start all servers: nginx, the measure, first."""
    servers = [start_nginx(stack, world)]
    port, first = start_ours(stack, world)
    print(f"first answer after {first:.2f} s")
    generation = _generation(world)
    servers += [
        Server(name="axletree", port=port),
        Server(
            name="of a generation",
            port=port,
            pages=f"/g/{generation}/simple",
            knows_files=False,
        ),
    ]
    private, _ = start_ours(stack, world, "--token-to-read")
    login = {"Authorization": f"Bearer {secret_of(world)}"}
    servers.append(Server(name="with tokens", port=private, headers=login))
    if peers:
        servers += start_peers(stack, world, port)
    return servers


def _generation(world: ServedWorld) -> int:
    with Wheelhouse.open_to_read(world.home) as house:
        return house.generation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another server: how it is started, and where its pages are."""

    name: str
    program: str
    arguments: tuple[str, ...]
    """After them comes the port."""
    pages: str = "/simple"
    settings: Mapping[str, str] = field(default_factory=dict)


def start_peers(stack: ExitStack, world: ServedWorld, our_port: int) -> list[Server]:
    """Start pypiserver, over the files, and proxpi, over our index."""
    ours = f"http://127.0.0.1:{our_port}/simple/"
    peers = (
        Peer(
            name="pypiserver",
            program="pypi-server",
            arguments=("run", "-i", "127.0.0.1", str(world.wheels), "-p"),
        ),
        Peer(
            name="proxpi",
            program="flask",
            arguments=("--app", "proxpi.server:app", "run", "-p"),
            pages="/index",
            settings={"PROXPI_INDEX_URL": ours},
        ),
    )
    servers = []
    for peer in peers:
        environment = world.folder / "peers" / peer.name
        if not environment.exists():
            install = ("-m", "pip", "install", "-qq", peer.name)
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            subprocess.run([environment / "bin/python", *install], check=True)
        port = _free_port()
        command: tuple[str | Path, ...] = (
            environment / "bin" / peer.program,
            *peer.arguments,
            str(port),
        )
        path = f"{peer.pages}/medium/"
        settings = clean_environment(**peer.settings)
        stack.enter_context(running(command, port, path, settings))
        servers.append(
            Server(name=peer.name, port=port, pages=peer.pages, knows_files=False)
        )
    return servers


def main() -> None:
    """Measure as the arguments say, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--projects", type=int, default=2_000)
    parser.add_argument("--wheels", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    world = make_world(given.folder, projects=given.projects, wheels=given.wheels)
    asked_for = cases(world)
    seen: dict[tuple[str, str], list[Asked]] = {}
    with ExitStack() as stack:
        servers = start_all(stack, world, peers=given.peers)
        # Once unseen: what is made at the first request is no part of any round.
        for number in range(-1, given.rounds):
            for case in asked_for:
                for at in range(len(servers)):
                    server = servers[(at + number) % len(servers)]
                    if not server.knows_files and not case.path.startswith("/simple/"):
                        continue
                    found = ask(server, case, given.seconds if number >= 0 else 1)
                    if number >= 0:
                        seen.setdefault((case.name, server.name), []).append(found)
    _show(asked_for, servers, seen)


def _show(
    asked_for: Sequence[Case],
    servers: Sequence[Server],
    seen: Mapping[tuple[str, str], Sequence[Asked]],
) -> None:
    print(f"{'':16}{'server':18}{'per s':>9}{'MB/s':>9}{'p99 ms':>8}  to nginx, spread")
    for case in asked_for:
        nginx = [each.rate(case) for each in seen[case.name, "nginx"]]
        for server in servers:
            found = seen.get((case.name, server.name))
            if found is None:
                continue
            ratios = [
                each.rate(case) / base for each, base in zip(found, nginx, strict=True)
            ]
            ratio = statistics.median(ratios)
            is_ours = server.name == "axletree"
            mark = " missed" if is_ours and ratio < case.bar else ""
            print(
                f"{case.name:16}{server.name:18}"
                f"{statistics.median(each.per_s for each in found):9.0f}"
                f"{statistics.median(each.megabytes_per_s for each in found):9.0f}"
                f"{statistics.median(each.p99_ms for each in found):8.1f}"
                f"  {ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f}){mark}"
            )


if __name__ == "__main__":
    main()
