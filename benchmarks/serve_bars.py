"""What is asked of our server besides its speed beside nginx's: one bar each.

Late answers while a generation comes every half second, the first answer, memory after very
many pages and before slow readers, and many clients that lock at once.
"""

import os
import socket
import statistics
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from time import perf_counter, sleep

from packaging.utils import NormalizedName, canonicalize_name

from axletree.builder.interpreters.uv_program import uv_program
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.changes import set_status
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import ProjectStatus
from benchmarks.growth import VERSIONS, grow
from benchmarks.measuring import BenchmarkError, clean_environment
from benchmarks.served_by import Server, start_ours
from benchmarks.served_world import ServedWorld

MANY_FILES = 200_000
PAGES = 30_000
"""That a worker renders before its memory is looked at; what it keeps is full after half of
them. The issue's 100,000 take some minutes: `--pages 100000`."""
PIPELINED = 50
SLOW_READERS = 160
COMPILES, COMPILED = 16, 1_000
_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure, and what it has to be."""

    name: str
    figure: float
    bar: float
    is_least: bool = False
    """Whether the bar is the least that is good, not the most."""
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether it is good."""
        return self.figure >= self.bar if self.is_least else self.figure <= self.bar

    @property
    def line(self) -> str:
        """Write it for people."""
        sign = ">=" if self.is_least else "<="
        mark = "" if self.is_met else "  missed"
        return (
            f"{self.name:44}{self.figure:9.2f} {self.unit:3} {sign} {self.bar:g}{mark}"
        )


@contextmanager
def changing(home: Path, project: NormalizedName) -> Iterator[None]:
    """Change a project every half second while the block runs."""
    is_over = threading.Event()

    def change() -> None:
        with Wheelhouse.open(home) as house:
            for number in count():
                if is_over.wait(_EVERY_S):
                    return
                reason = f"change {number}"
                set_status(house, project, ProjectStatus(reason=reason))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def late_bars(
    world: ServedWorld, p99_ms: Callable[[], float], rounds: int
) -> Iterator[Bar]:
    """Compare late answers of a page with those while it, or another, changes."""
    changes = {"another page": "project-0001", "the page itself": "medium"}
    seen: dict[str, list[float]] = {name: [] for name in changes}
    for _ in range(rounds):
        quiet = p99_ms()
        for name, project in changes.items():
            with changing(world.home, canonicalize_name(project)):
                seen[name].append(p99_ms() / quiet)
    for name, ratios in seen.items():
        figure = statistics.median(ratios)
        yield Bar(name=f"p99 while {name} changes, to quiet", figure=figure, bar=3)


def first_answer_of_many(world: ServedWorld) -> Bar:
    """Start over very many files, of which there are rows alone."""
    home = world.folder / "many-files"
    if not home.exists():
        grow(home, range(-(-MANY_FILES // len(VERSIONS))))
    with ExitStack() as stack:
        path = "/simple/made-up-7/"
        first = start_ours(stack, home, path=path).first_answer_s
    return Bar(name="first answer, 200,000 files", figure=first, bar=3, unit="s")


def memory_bars(world: ServedWorld, large: str, pages: int) -> Iterator[Bar]:
    """Ask one worker for very many pages; another for a wheel, by slow readers."""
    paths = list(islice(_pages(world, pages), pages))
    with ExitStack() as stack:
        ours = start_ours(stack, world.home, "--workers", "1")
        began = perf_counter()
        good = ask_all(ours.port, paths)
        if good != len(paths):
            raise BenchmarkError(f"{good} of {len(paths)} pages were good")
        print(f"{good} pages in {perf_counter() - began:.0f} s")
        yield _memory(f"memory after {pages:,} pages", ours.process, 150)
    with ExitStack() as stack:
        ours = start_ours(stack, world.home, "--workers", "1")
        for _ in range(SLOW_READERS):
            link = stack.enter_context(socket.socket())
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.connect(("127.0.0.1", ours.port))
            link.sendall(f"GET {large} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sleep(5)
        # No bar of the issue: what docs/how-to/serve.md says of each.
        yield _memory("memory before 160 slow readers", ours.process, 200)


def _memory(name: str, process: int, bar: float) -> Bar:
    asked = ["ps", "-o", "rss=", "--ppid", str(process)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    most = max(map(int, said.split())) * 1024 / 1e6
    return Bar(name=name, figure=most, bar=bar, unit="MB")


def _pages(world: ServedWorld, many: int) -> Iterator[str]:
    """Name pages that are all different: of a set, then of generations."""
    with Wheelhouse.open(world.home) as house:
        projects = house.projects()
        wanted = -(-many // len(projects))
        with house.publishing(), house.database.writing() as connection:
            while history.read_generation(connection) < wanted:
                history.add_generation(connection, utc_now())
        newest = house.generation()
    for project in projects:
        yield f"/sets/{_set_of(world)}/simple/{project}/"
    for generation in range(newest, 0, -1):
        for project in projects:
            yield f"/g/{generation}/simple/{project}/"


def _set_of(world: ServedWorld) -> str:
    """Have a set with a lock there; gives the path of its environment."""
    if "benchmark" not in _SETS:
        asked = world.folder / "benchmark.in"
        asked.write_text("large\n")
        if "benchmark" not in world.axletree("set", "list"):
            target = ("--python-version", "3.11", "--python-platform", "linux")
            world.axletree("set", "add", "benchmark", "-r", asked, *target)
        _SETS["benchmark"] = "benchmark/py311-linux"
    return _SETS["benchmark"]


_SETS: dict[str, str] = {}


def ask_all(port: int, paths: Iterable[str]) -> int:
    """Ask for pages over one connection, some at once; counts the good answers."""
    good = 0
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.settimeout(60)
        left = iter(paths)
        while some := tuple(islice(left, PIPELINED)):
            asked = "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in some)
            link.sendall(asked.encode())
            good += _good_answers(link, len(some))
    return good


def _good_answers(link: socket.socket, wanted: int) -> int:
    good, came, held = 0, 0, b""
    while came < wanted:
        while b"\r\n\r\n" not in held:
            held += link.recv(1 << 20)
        head, _, held = held.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(held) < length:
            held += link.recv(1 << 20)
        held = held[length:]
        came += 1
        good += head.startswith(b"HTTP/1.1 200 ")
    return good


def compile_bar(world: ServedWorld, nginx: Server, ours: Server, rounds: int) -> Bar:
    """Have many uv lock the same at once, from nginx and from us."""
    asked = world.folder / "compiled.in"
    asked.write_text("".join(f"project-{n:04}\n" for n in range(COMPILED)))
    ratios = []
    for _ in range(rounds):
        base, own = (_compiled(asked, server) for server in (nginx, ours))
        ratios.append(own / base)
    name = f"{COMPILES} uv compiles of {COMPILED:,} at once, to nginx"
    return Bar(name=name, figure=statistics.median(ratios), bar=1.5)


def _compiled(asked: Path, server: Server) -> float:
    url = f"http://127.0.0.1:{server.port}/simple/"
    command: Sequence[str | Path] = (
        *(uv_program(), "pip", "compile", "-q", "--no-cache", "--no-deps"),
        *("--python-version", "3.11", "--default-index", url, asked),
    )
    began = perf_counter()
    started = [
        subprocess.Popen(
            command, env=clean_environment(), stdout=subprocess.DEVNULL, cwd=os.sep
        )
        for _ in range(COMPILES)
    ]
    codes = [process.wait() for process in started]
    if any(codes):
        raise BenchmarkError(f"uv failed over {server.name}")
    return perf_counter() - began
