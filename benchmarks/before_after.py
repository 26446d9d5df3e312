"""Time two checkouts beside each other: what a change made slower, if anything.

Each subject runs in pairs, one run of either checkout, and who begins alternates, so
that a slow minute of the machine or of the network hits both. Each has caches and a
wheelhouse of its own, made by its own code. Read the ratios: below 1 is faster now.

Run: .venv/bin/python -m benchmarks.before_after OTHER [--pairs N] [SUBJECT...]
OTHER is a checkout with a .venv (make install); it counts as the one before.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from benchmarks.lazy import AS_OF, WITHOUT_ANSWER
from benchmarks.measuring import (
    PLATFORM,
    PYTHON_VERSION,
    ROOT,
    SETS,
    BenchmarkError,
    Measured,
    clean_environment,
    fresh_folder,
    measure,
)
from tests.support.wheels import make_wheel

LIMIT = 1.05
"""The promise: at most this many times the checkout before."""
WHEELS = 200
"""Published in one run."""
FILE_BYTES = 1_000_000
"""Of the file that is downloaded."""
REQUESTS = 400
LOCKS = 10
"""Quick answers in one run: each takes some 30 ms."""
TARGET = ("--python-version", PYTHON_VERSION, "--python-platform", PLATFORM)

# Each side publishes by its own code; only the call is timed, not what it imports.
PUBLISH = """
import sys, time
from pathlib import Path
from tests.support.wheelhouses import publish_all
home, wheels = map(Path, sys.argv[1:])
files = sorted(wheels.iterdir())
started = time.perf_counter()
publish_all(home, files)
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two checkouts."""

    checkout: Path
    folder: Path
    """Where its wheelhouse and its caches lie."""
    wheels: Path
    """What is published; the same for both."""
    by_cpu: bool
    """Count the CPU time of commands, not what passes on a clock."""

    def _taken(self, measured: Measured) -> float:
        return measured.cpu_seconds if self.by_cpu else measured.seconds

    @property
    def axletree(self) -> str:
        """Name its program."""
        return str(self.checkout / ".venv" / "bin" / "axletree")

    @property
    def home(self) -> Path:
        """Name the wheelhouse that is locked over and served."""
        return self.folder / "house"

    def environment(self) -> dict[str, str]:
        """Give one in which it finds nothing of the other side."""
        return clean_environment(
            AXLETREE_HOME=str(self.home), AXLETREE_CACHE_DIR=str(self.folder / "cache")
        )

    def publish_into(self, home: Path) -> float:
        """Publish all wheels into a new wheelhouse; return the seconds."""
        python = str(self.checkout / ".venv" / "bin" / "python")
        done = subprocess.run(
            [python, "-c", PUBLISH, str(home), str(self.wheels)],
            cwd=self.checkout,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchmarkError(done.stderr)
        return float(done.stdout)

    # What is timed. Each returns seconds.

    def lazy(self, name: str) -> float:
        """Lock a set from the public index, or explain it, all caches cold."""
        verb = ["explain", "--no-repairs"] if name in WITHOUT_ANSWER else ["lock"]
        with fresh_folder() as cache:
            command = [
                *(self.axletree, *verb, *SETS[name], *TARGET),
                *("--exclude-newer", AS_OF, "--index-url", "public"),
                *("--cache-dir", str(cache), "--json"),
            ]
            expected = frozenset({1 if name in WITHOUT_ANSWER else 0})
            return self._taken(measure(command, self.environment(), expected))

    def publish(self) -> float:
        """Publish many wheels."""
        with fresh_folder() as folder:
            return self.publish_into(folder / "house")

    def quick_lock(self) -> float:
        """Lock over the wheelhouse, again and again."""
        command = [self.axletree, "lock", "project-0", *TARGET]
        runs = [measure(command, self.environment()) for _ in range(LOCKS)]
        return statistics.median(map(self._taken, runs))

    def page(self) -> float:
        """Ask the server for a project's page."""
        return self._per_request("/simple/project-0/")

    def file(self) -> float:
        """Download a file from the server."""
        [wheel] = self.wheels.glob("large-*.whl")
        with self._served() as url:
            page = urlsplit(f"{url}large/")
            text = _get(HTTPConnection(page.netloc), page.path).decode()
            # Each side may lay its files out in another way.
            link = next(part for part in text.split('"') if wheel.name in part)
            return _mean_seconds(page.netloc, urlsplit(urljoin(page.path, link)).path)

    def _per_request(self, path: str) -> float:
        with self._served() as url:
            return _mean_seconds(urlsplit(url).netloc, path)

    def _without_access_log(self) -> Sequence[str]:
        """Leave out what one side may have and the other not: a line a request."""
        done = subprocess.run(
            [self.axletree, "serve", "--help"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return ("--access-log", "none") if "--access-log" in done.stdout else ()

    @contextmanager
    def _served(self) -> Iterator[str]:
        command = [self.axletree, "serve", "--port", "0", "--workers", "1"]
        command += self._without_access_log()
        with subprocess.Popen(
            command,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                if not line.startswith("serving "):
                    raise BenchmarkError(f"{self.axletree} does not serve")
                yield line.split()[1]
            finally:
                process.terminate()
                process.wait()


SUBJECTS: Mapping[str, Callable[[Side], float]] = {
    **{f"lazy-{name}": partial(Side.lazy, name=name) for name in SETS},
    "publish": Side.publish,
    "page": Side.page,
    "file": Side.file,
    "quick-lock": Side.quick_lock,
}


def _get(connection: HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Accept": "text/html"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise BenchmarkError(f"HTTP {response.status} for {path}")
    return body


def _mean_seconds(netloc: str, path: str) -> float:
    """Return the seconds of one request, of many on one connection."""
    connection = HTTPConnection(netloc)
    for _ in range(REQUESTS // 10):
        _get(connection, path)
    started = time.perf_counter()
    for _ in range(REQUESTS):
        _get(connection, path)
    return (time.perf_counter() - started) / REQUESTS


def make_wheels(folder: Path) -> Path:
    """Make the wheels: each requires the next few, and one is large."""
    for number in range(WHEELS):
        others = range(number + 1, min(number + 4, WHEELS))
        requires = [f"project-{other}>=1" for other in others]
        make_wheel(folder, f"project-{number}", "1.0", requires_dist=requires)
    # Of bytes that compress to no less.
    content = bytes((i * i * 31 + i // 7) % 251 for i in range(FILE_BYTES))
    make_wheel(folder, "large", "1.0", files={"large.bin": content})
    return folder


def alternate(
    subject: str, before: Side, after: Side, pairs: int
) -> tuple[list[float], list[float]]:
    """Time both sides in turn; who begins alternates."""
    run = SUBJECTS[subject]
    # Once for nothing: bytecode, tables and the file system's cache.
    found: dict[Path, list[float]] = {}
    order = [before, after]
    for side in order:
        run(side)
        found[side.folder] = []
    for _ in range(pairs):
        for side in order:
            found[side.folder].append(run(side))
        order.reverse()
    return found[before.folder], found[after.folder]


def main(arguments: Sequence[str]) -> int:
    """Measure the subjects asked for; exit 1 when one is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, metavar="OTHER")
    parser.add_argument("subjects", nargs="*", help=", ".join(SUBJECTS))
    parser.add_argument("--pairs", type=int, default=5, metavar="N")
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="count CPU time: for a busy machine; page, file and publish keep the clock",
    )
    options = parser.parse_intermixed_args(arguments)
    names = options.subjects or list(SUBJECTS)
    if unknown := [name for name in names if name not in SUBJECTS]:
        parser.error(f"no such subject: {', '.join(unknown)}")
    with fresh_folder() as folder:
        wheels = make_wheels(folder / "wheels")
        before, after = (
            Side(
                checkout=checkout.absolute(),
                folder=folder / label,
                wheels=wheels,
                by_cpu=options.cpu,
            )
            for label, checkout in (("before", options.other), ("after", ROOT))
        )
        for side in (before, after):
            side.publish_into(side.home)
        print(
            f"{'subject':<12}{'before':>10}{'after':>10}{'ratio':>7}{f'<={LIMIT}':>8}"
        )
        ratios = []
        for name in names:
            times = alternate(name, before, after, options.pairs)
            old, new = map(statistics.median, times)
            ratios.append(new / old)
            within = "yes" if new / old <= LIMIT else "NO"
            print(
                f"{name:<12}{1000 * old:>8.1f}ms{1000 * new:>8.1f}ms"
                f"{new / old:>7.2f}{within:>8}",
                flush=True,
            )
    return 0 if all(ratio <= LIMIT for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
