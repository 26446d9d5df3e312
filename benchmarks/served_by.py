"""Starting the servers that are compared: ours, nginx in three ways, and other projects'.

All listen on ports of their own until a stack is left; peers are installed on first use.
"""

import base64
import json
import os
import socket
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
from benchmarks.measuring import BIN, ROOT, BenchmarkError, clean_environment
from benchmarks.served_world import ServedWorld

VIEW = "benchmark"
_START_TIMEOUT_S = 120.0
_NGINX = """
{user} worker_processes 2; daemon off; error_log stderr; pid {folder}/pid;
events {{ worker_connections 2048; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000; types {{ }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {site}
}}
"""


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

    def path_of(self, path: str) -> str:
        """Give a path of ours as it is here."""
        if path.startswith("/simple/"):
            return f"{self.pages}{path.removeprefix('/simple')}"
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A process that answers."""

    port: int
    process: int
    first_answer_s: float


@contextmanager
def running(
    command: Sequence[str | Path], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[Started]:
    """Run a server until the block ends.

    :raises BenchmarkError: it does not answer.
    """
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
        first = perf_counter() - began
        yield Started(port=port, process=process.pid, first_answer_s=first)
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


def free_port() -> int:
    """Give a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def start_ours(
    stack: ExitStack, home: Path, *options: str, path: str = "/simple/medium/"
) -> Started:
    """Start our own server over a wheelhouse."""
    port = free_port()
    environment = clean_environment(AXLETREE_HOME=str(home))
    command: tuple[str | Path, ...] = (
        *(BIN / "axletree", "serve", "--port", str(port), "-q"),
        *options,
    )
    return stack.enter_context(running(command, port, path, environment))


def start_nginx(stack: ExitStack, world: ServedWorld) -> Server:
    """Start nginx on the exported index, as our configuration has it."""
    return _nginx(stack, world, "nginx", "site.conf", {"/srv/pkgs": str(world.site)})


def start_proxy(stack: ExitStack, world: ServedWorld, ours: int) -> Server:
    """Start nginx before our server, as our configuration has it."""
    changes = {"127.0.0.1:8080": f"127.0.0.1:{ours}"}
    return _nginx(stack, world, "through nginx", "proxy.conf", changes)


def start_accel(stack: ExitStack, world: ServedWorld) -> Server:
    """Start nginx before a server of ours that leaves files to it."""
    ours = start_ours(stack, world.home, "--x-accel", "/wheelhouse-files/").port
    changes = {
        "127.0.0.1:8080": f"127.0.0.1:{ours}",
        "/var/lib/axletree/files/": f"{world.home}/files/",
    }
    return _nginx(stack, world, "files by nginx", "accel.conf", changes)


def _nginx(
    stack: ExitStack,
    world: ServedWorld,
    name: str,
    file: str,
    changes: Mapping[str, str],
) -> Server:
    port, folder = free_port(), world.folder / file
    folder.mkdir(exist_ok=True)
    site = (ROOT / "deploy/nginx" / file).read_text()
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{port} reuseport;",
        "/var/cache/nginx": str(folder),
        **changes,
    }.items():
        site = site.replace(before, after)
    # Root's nginx would read files as somebody who may not read the wheelhouse.
    user = "user root;" if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(folder=folder, site=site, user=user))
    command = ("nginx", "-c", settings, "-p", folder)
    stack.enter_context(running(command, port, "/simple/medium/", clean_environment()))
    return Server(name=name, port=port)


def start_all(stack: ExitStack, world: ServedWorld) -> tuple[list[Server], float]:
    """Start nginx, the measure, first, then ours in all ways; says how long ours took."""
    servers = [start_nginx(stack, world)]
    ours = start_ours(stack, world.home)
    generation = _made_ready(world)
    servers += [
        Server(name="axletree", port=ours.port),
        *(
            Server(name=name, port=ours.port, pages=pages, knows_files=False)
            for name, pages in {
                "of a generation": f"/g/{generation}/simple",
                "through a view": f"/views/{VIEW}/simple",
            }.items()
        ),
    ]
    private = start_ours(stack, world.home, "--token-to-read")
    login = {"Authorization": f"Bearer {_secret_of(world)}"}
    servers += [
        Server(name="with tokens", port=private.port, headers=login),
        start_proxy(stack, world, ours.port),
        start_accel(stack, world),
    ]
    return servers, ours.first_answer_s


def _made_ready(world: ServedWorld) -> int:
    """Have the view there; gives the newest generation."""
    if VIEW not in world.axletree("view", "list"):
        world.axletree("view", "make", VIEW, "--exclude-newer", "2999-01-01")
    with Wheelhouse.open_to_read(world.home) as house:
        return house.generation()


def _secret_of(world: ServedWorld) -> str:
    with Wheelhouse.open(world.home) as house:
        tokens = Tokens(house=house)
        name = f"bench-{len(tokens.all())}"
        return tokens.make(name, [Right.parse("read")], None)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another server: how it is started, and where its pages are."""

    name: str
    project: str
    program: str
    arguments: tuple[str, ...]
    """After them comes the port."""
    pages: str = "/simple"
    settings: Mapping[str, str] = field(default_factory=dict)


def start_peers(stack: ExitStack, world: ServedWorld, our_port: int) -> list[Server]:
    """Start pypiserver, over the files, and proxpi and devpi, over our index."""
    ours = f"http://127.0.0.1:{our_port}/simple/"
    devpi = world.folder / "peers" / "devpi-data"
    peers = (
        Peer(
            name="pypiserver",
            project="pypiserver",
            program="pypi-server",
            arguments=("run", "-i", "127.0.0.1", str(world.wheels), "-p"),
        ),
        Peer(
            name="proxpi",
            project="proxpi",
            program="flask",
            arguments=("--app", "proxpi.server:app", "run", "-p"),
            pages="/index",
            settings={"PROXPI_INDEX_URL": ours},
        ),
        Peer(
            name="devpi",
            project="devpi-server",
            program="devpi-server",
            arguments=("--serverdir", str(devpi), "--port"),
            pages="/root/ours/+simple",
        ),
    )
    servers = []
    for peer in peers:
        environment = world.folder / "peers" / peer.name
        if not environment.exists():
            install = ("-m", "pip", "install", "-qq", peer.project)
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            subprocess.run([environment / "bin/python", *install], check=True)
        if peer.name == "devpi" and not devpi.exists():
            making = ("--serverdir", devpi, "--root-passwd", "", "--no-root-pypi")
            subprocess.run(
                [environment / "bin/devpi-init", *making],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        port = free_port()
        command: tuple[str | Path, ...] = (
            environment / "bin" / peer.program,
            *peer.arguments,
            str(port),
        )
        settings = clean_environment(**peer.settings)
        stack.enter_context(running(command, port, "/", settings))
        if peer.name == "devpi":
            _mirror(port, ours)
        servers.append(
            Server(name=peer.name, port=port, pages=peer.pages, knows_files=False)
        )
    return servers


def _mirror(port: int, url: str) -> None:
    """Have devpi mirror an index."""
    said = {"user": "root", "password": ""}
    login = _asked(port, "POST", "/+login", said)
    token = f"root:{login['result']['password']}"
    headers = {"X-Devpi-Auth": base64.b64encode(token.encode()).decode()}
    index = {"type": "mirror", "mirror_url": url, "volatile": True}
    _asked(port, "PUT", "/root/ours", index, headers)
    _asked(port, "PATCH", "/root/ours", index, headers)


def _asked(
    port: int,
    method: str,
    path: str,
    said: Mapping[str, object],
    headers: Mapping[str, str] | None = None,
) -> Mapping[str, Mapping[str, str]]:
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    kinds = {"Content-Type": "application/json", "Accept": "application/json"}
    link.request(method, path, json.dumps(said), {**kinds, **(headers or {})})
    answer: Mapping[str, Mapping[str, str]] = json.loads(link.getresponse().read())
    link.close()
    return answer
