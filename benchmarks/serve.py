"""Our server beside nginx on the exported index, and beside other servers.

    python -m benchmarks.serve FOLDER [--rounds 7] [--seconds 1] [--peers] [--pages 30000]
        [--only speed|bars]

All serve the same files from FOLDER, which is filled on the first run (minutes). Each round
asks every server for every case, one after the other, so that what else the machine does
meets all alike: read the ratios, not the times. wrk asks, over 16 connections. At the end
stands each bar with its figure, and the exit code is 1 where one is missed.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from benchmarks.measuring import BenchmarkError
from benchmarks.serve_bars import (
    PAGES,
    Bar,
    compile_bar,
    first_answer_of_many,
    late_bars,
    memory_bars,
)
from benchmarks.served_by import Server, start_all, start_peers
from benchmarks.served_world import ServedWorld, make_world

JSON = "application/vnd.pypi.simple.v1+json"
COMPRESSED = {"Accept": JSON, "Accept-Encoding": "gzip"}
"""As pip and uv ask."""
_CONNECTIONS = 16


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
    plain = {"Accept": "text/html"}
    wheel = world.path_of("medium-1.0-py3-none-any.whl")
    large = world.path_of("large-1.0-py3-none-any.whl")
    return (
        Case(name="39 files", path="/simple/medium/", headers=plain, bar=0.6),
        Case(name="39, json gz", path="/simple/medium/", headers=COMPRESSED, bar=0.6),
        Case(name="1500 files", path="/simple/many/", headers=plain, bar=0.5),
        Case(name="1500, json gz", path="/simple/many/", headers=COMPRESSED, bar=0.5),
        Case(name="list, json gz", path="/simple/", headers=COMPRESSED, bar=0.5),
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
            f"http://127.0.0.1:{server.port}{server.path_of(case.path)}",
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


ALIKE = {"of a generation": 0.9, "through a view": 0.9, "with tokens": 0.9}
"""What part of our own speed these ways have to have."""
WAYS = {*ALIKE, "through nginx"}
"""Of which not every form is asked for, so that a round ends."""

Seen = dict[tuple[str, str], list[Asked]]
"""By case and server."""


def main() -> int:
    """Measure as the arguments say, and print tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--projects", type=int, default=2_000)
    parser.add_argument("--wheels", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--only", choices=("speed", "bars"))
    given = parser.parse_args()
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    world = make_world(given.folder, projects=given.projects, wheels=given.wheels)
    rounds, seconds = given.rounds, given.seconds
    is_met = True
    of_speed: Iterable[Bar] = ()
    if given.only != "bars":
        of_speed = speed(world, rounds, seconds, with_peers=given.peers)
    others: Iterable[Bar] = ()
    if given.only != "speed":
        others = besides(world, rounds, seconds, given.pages)
    for bar in chain(of_speed, others):
        print(bar.line, flush=True)
        is_met = is_met and bar.is_met
    return 0 if is_met else 1


def speed(
    world: ServedWorld, rounds: int, seconds: float, *, with_peers: bool
) -> list[Bar]:
    """Ask all servers for all cases; gives the bars of that."""
    asked_for = cases(world)
    seen: Seen = {}
    with ExitStack() as stack:
        servers, first = start_all(stack, world)
        bars = [Bar(name="first answer, 20,000 files", figure=first, bar=1, unit="s")]
        if with_peers:
            servers += start_peers(stack, world, servers[1].port)
        # Once unseen: what is made at the first request is no part of any round.
        for number in range(-1, rounds):
            for case in asked_for:
                for at in range(len(servers)):
                    server = servers[(at + number) % len(servers)]
                    if not _is_asked(server, case):
                        continue
                    found = ask(server, case, seconds if number >= 0 else 1)
                    if number >= 0:
                        seen.setdefault((case.name, server.name), []).append(found)
    _show(asked_for, servers, seen)
    return [*bars, *_speed_bars(asked_for, seen)]


def _is_asked(server: Server, case: Case) -> bool:
    is_page = case.path.startswith("/simple/")
    if server.name == "files by nginx":
        return case.is_large
    if server.name in WAYS and "Accept" in case.headers and case.headers != COMPRESSED:
        return False
    return is_page or server.knows_files


def besides(
    world: ServedWorld, rounds: int, seconds: float, pages: int
) -> Iterator[Bar]:
    """Give the bars that are no comparison of speed."""
    by_name = {case.name: case for case in cases(world)}
    page, large = by_name["39, json gz"], by_name["50 MB wheel"]
    few = max(1, rounds // 2)
    with ExitStack() as stack:
        servers, _ = start_all(stack, world)
        nginx, ours = servers[:2]
        ask(ours, page, 1)
        yield from late_bars(world, lambda: ask(ours, page, 2 * seconds).p99_ms, few)
        yield compile_bar(world, nginx, ours, few)
    yield first_answer_of_many(world)
    yield from memory_bars(world, large.path, pages)


def _speed_bars(asked_for: Sequence[Case], seen: Seen) -> Iterator[Bar]:
    for case in asked_for:
        name = f"{case.name}, to nginx"
        yield _bar(name, seen, case, ("axletree", "nginx"), case.bar)
    for way, bar in {**ALIKE, "through nginx": 1.0}.items():
        for case in asked_for:
            is_page = case.path.startswith("/simple/")
            if (case.name, way) in seen and (is_page or way in ALIKE):
                name = f"{case.name}, {way}, to direct"
                yield _bar(name, seen, case, (way, "axletree"), bar)


def _bar(
    name: str, seen: Seen, case: Case, servers: tuple[str, str], bar: float
) -> Bar:
    own, base = (
        [each.rate(case) for each in seen[case.name, server]] for server in servers
    )
    figure = statistics.median(a / b for a, b in zip(own, base, strict=True))
    return Bar(name=name, figure=figure, bar=bar, is_least=True)


def _show(asked_for: Sequence[Case], servers: Sequence[Server], seen: Seen) -> None:
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
            print(
                f"{case.name:16}{server.name:18}"
                f"{statistics.median(each.per_s for each in found):9.0f}"
                f"{statistics.median(each.megabytes_per_s for each in found):9.0f}"
                f"{statistics.median(each.p99_ms for each in found):8.1f}"
                f"  {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
            )


if __name__ == "__main__":
    sys.exit(main())
