"""Time answers from the public index, all caches cold, beside uv in the same run.

Sets and target are those of the project's anchors: Python 3.9 on linux, the index as
of 2022-02-01. Runs of the two tools alternate, so that a slow minute of the network
or the machine hits both. Whole processes are timed; read the ratio, not the seconds.

Run: .venv/bin/python -m benchmarks.lazy [--repetitions N] [SET...]
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from axletree.builder.interpreters.find import find_interpreter
from axletree.config import load
from axletree.wheelhouse.upstream.public_index import public_index_url
from benchmarks.measuring import (
    BIN,
    PLATFORM,
    PYTHON_VERSION,
    SETS,
    clean_environment,
    compile_as_installed,
    fresh_folder,
    measure,
    read_pins,
)

WITHOUT_ANSWER = frozenset("b")
"""Timed up to the core: uv proves no repairs either."""

AS_OF = "2022-02-01"
"""Axletree's --exclude-newer: the whole day, UTC."""
AS_OF_FOR_UV = "2022-02-02T00:00:00Z"
"""The same moment for uv, which hides what was uploaded then or later. A bare date
would mean the end of that day in the time zone of this machine."""
LIMIT = 1.3
"""The promise: at most this many times uv."""
REQUEST_MARKS = (
    "Sending fresh GET request",
    "Sending fresh HEAD request",
    "Sending revalidation request",
    "by range request",
)
"""What uv logs for a request; what it logs for one range read may be several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process: how long it took, what it answered and what it read."""

    seconds: float
    pins: Mapping[str, str]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """All runs of both tools on one set."""

    name: str
    axletree: list[Run] = field(default_factory=list)
    uv: list[Run] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Divide the medians; below 1 means faster than uv."""
        return median_seconds(self.axletree) / median_seconds(self.uv)


def median_seconds(runs: Sequence[Run]) -> float:
    """Return the median wall time."""
    return statistics.median(run.seconds for run in runs)


def run_axletree(name: str, cache: Path) -> Run:
    """Lock the set, or explain it up to the core."""
    verb = ["explain", "--no-repairs"] if name in WITHOUT_ANSWER else ["lock"]
    command = [
        str(BIN / "axletree"),
        *verb,
        *SETS[name],
        *("--python-version", PYTHON_VERSION, "--python-platform", PLATFORM),
        *("--exclude-newer", AS_OF, "--index-url", "public"),
        *("--cache-dir", str(cache), "--json"),
    ]
    expected = frozenset({1 if name in WITHOUT_ANSWER else 0})
    done = measure(command, clean_environment(), expected)
    document = json.loads(done.out)
    return Run(
        seconds=done.seconds,
        pins={pin["name"]: pin["version"] for pin in document.get("pins", [])},
        counters=document.get("counters", {}),
    )


def run_uv(name: str, cache: Path, *, interpreter: str, logged: bool = False) -> Run:
    """Compile the set; with `logged`, count its requests (and time nothing)."""
    requirements = cache / "requirements.in"
    requirements.write_text("\n".join(SETS[name]) + "\n")
    command = [
        *(str(BIN / "uv"), "pip", "compile", str(requirements), "--no-config"),
        *(
            "--python",
            interpreter,
            "--default-index",
            public_index_url(load(os.environ)),
        ),
        *("--python-version", PYTHON_VERSION, "--python-platform", PLATFORM),
        *("--exclude-newer", AS_OF_FOR_UV),
        *("--quiet", "--no-header", "--no-annotate"),
    ]
    environment = clean_environment(UV_CACHE_DIR=str(cache / "uv"))
    if logged:
        environment["RUST_LOG"] = "uv_client=trace"
    expected = frozenset({1 if name in WITHOUT_ANSWER else 0})
    done = measure(command, environment, expected)
    return Run(
        seconds=done.seconds,
        pins=read_pins(done.out),
        counters=count_uv(cache / "uv", done.err if logged else ""),
    )


def count_uv(cache: Path, log: str) -> dict[str, int]:
    """Count what uv read from what a fresh cache holds afterwards, and its log."""
    counters = {
        "pages": sum(1 for _ in cache.glob("simple-v*/**/*.rkyv")),
        "metadata": sum(1 for _ in cache.glob("wheels-v*/**/*.msgpack"))
        + sum(1 for _ in cache.glob("sdists-v*/**/metadata.msgpack")),
    }
    requests = sum(log.count(mark) for mark in REQUEST_MARKS)
    return counters | ({"requests": requests} if requests else {})


def alternate(name: str, repetitions: int, interpreter: str) -> Timings:
    """Alternate the two tools; who begins alternates too."""
    timings = Timings(name=name)

    def axletree(cache: Path) -> None:
        timings.axletree.append(run_axletree(name, cache))

    def uv(cache: Path) -> None:
        timings.uv.append(run_uv(name, cache, interpreter=interpreter))

    pair: list[Callable[[Path], None]] = [axletree, uv]
    for _ in range(repetitions):
        for run in pair:
            with fresh_folder() as cache:
                run(cache)
        pair.reverse()
        print(f"set {name}: {timings.axletree[-1].seconds:.2f} s,", end=" ")
        print(f"uv {timings.uv[-1].seconds:.2f} s", flush=True)
    return timings


def row_of(timings: Timings, uv_counters: Mapping[str, int]) -> str:
    """Draw one line of the table: axletree/uv in each counter's column."""
    counters = timings.axletree[-1].counters
    columns = [
        f"{counters.get(name, '-')}/{uv_counters.get(name, '-')}"
        for name in ("pages", "metadata", "requests")
    ]
    within = "yes" if timings.ratio <= LIMIT else "NO"
    ours, theirs = median_seconds(timings.axletree), median_seconds(timings.uv)
    return (
        f"{timings.name:<4}{ours:>9.2f}{theirs:>7.2f}{timings.ratio:>7.2f}"
        f"{within:>7}{columns[0]:>12}{columns[1]:>12}{columns[2]:>12}"
        f"{counters.get('rounds', '-'):>8}"
    )


HEADER = (
    f"{'set':<4}{'axletree':>9}{'uv':>7}{'ratio':>7}{f'<={LIMIT}':>7}"
    f"{'pages':>12}{'metadata':>12}{'requests':>12}{'rounds':>8}"
)


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each project that the answers pin differently."""
    for project in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(project, "-"), theirs.get(project, "-")
        if mine != other:
            yield f"  {project}: {mine}, uv {other}"


def print_table(measured: Sequence[Timings], counted: Mapping[str, Run]) -> None:
    """Print medians in seconds, what was read (axletree/uv), and pins that differ."""
    print(f"\n{HEADER}")
    for timings in measured:
        print(row_of(timings, counted[timings.name].counters))
    for timings in measured:
        lines = list(differences(timings.axletree[-1].pins, timings.uv[-1].pins))
        if lines:
            print(f"\nset {timings.name}: pins that differ")
            print("\n".join(lines))


def main(arguments: Sequence[str]) -> int:
    """Measure the sets asked for; exit 1 when one is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    options = parser.parse_args(arguments)
    names = options.sets or list(SETS)
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"no such set: {', '.join(unknown)}")
    # Before the timing, because uv's own search runs broken pyenv shims.
    interpreter = str(find_interpreter(PYTHON_VERSION, os.environ).executable)
    compile_as_installed()
    measured = [alternate(name, options.repetitions, interpreter) for name in names]
    counted: dict[str, Run] = {}
    for name in names:
        with fresh_folder() as cache:
            counted[name] = run_uv(name, cache, interpreter=interpreter, logged=True)
    print_table(measured, counted)
    return 0 if all(timings.ratio <= LIMIT for timings in measured) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
