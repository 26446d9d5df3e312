"""Time answers over a closed world: uv, pip, nab and axletree on the same files.

Sets and target are those of the project's anchors. All runs are interleaved, so that
a slow minute of the machine hits every tool; read the ratios, not the milliseconds.
CPU time stands beside wall time because it tells a busy machine from a slow tool.

Run: .venv/bin/python -m benchmarks.resolve [--repetitions N] [--sets a,b] [--peers uv]
     .venv/bin/python -m benchmarks.resolve --growth
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from benchmarks import growth
from benchmarks.closed_world import (
    ALL_SETS,
    WITHOUT_ANSWER,
    World,
    newest_of,
    recorded,
)
from benchmarks.measuring import (
    BenchmarkError,
    TooSlowError,
    clean_environment,
    compile_as_installed,
    fresh_folder,
    measure,
)
from benchmarks.peers import Axletree, Making, Nab, Peer, Pip, Uv, warm_up
from benchmarks.report import Report, print_report
from tests.support.live_server import live_server

PEERS = ("uv", "nab", "pip", "axletree")
PIP_REPETITIONS = 1
"""pip takes seconds to minutes, where a run more or less tells nothing new."""
IN_PROCESS_REPETITIONS = 9


@dataclass(slots=True, kw_only=True)
class Bench:
    """One run of the benchmark."""

    peers: Sequence[str]
    repetitions: int
    timeout_s: float
    making: Making
    report: Report = field(default_factory=Report)

    def measure_world(self, world: World, set_names: Sequence[str]) -> None:
        """Measure sets that share a world."""
        with ExitStack() as stack:
            tools = self._tools(world, set_names, stack)
        # The server has stopped: from here on nothing else runs.
        for repetition in range(self.repetitions):
            order = tools if repetition % 2 == 0 else tools[::-1]
            for set_name, tool in itertools.product(set_names, order):
                self._run(tool, set_name, repetition)
        if "axletree" in self.peers:
            self._measure_in_process(world, set_names)

    def _tools(
        self, world: World, set_names: Sequence[str], stack: ExitStack
    ) -> list[Peer]:
        tools: list[Peer] = []
        indexed = {"uv", "nab"} & set(self.peers)
        url = ""
        if indexed:
            url = stack.enter_context(live_server(world.home)).index_url
        uv = nab = None
        if "uv" in self.peers:
            uv = Uv(
                folder=_made(world.folder / "uv"),
                index_url=url,
                interpreter=self.making.interpreter,
            )
            tools.append(uv)
        if "nab" in self.peers:
            nab = Nab(
                folder=_made(world.folder / "nab"),
                program=self.making.nab,
                index_url=url,
            )
            tools.append(nab)
        for tool_and_set, why in warm_up(uv, nab, set_names).items():
            print(f"warming {tool_and_set} up failed: {why}", file=sys.stderr)
        if uv is not None:
            relocking = replace(uv, relocks=True)
            tools.append(relocking)
            for set_name in set_names:
                # The first run, unmeasured, has no lock to start from.
                if not _is_idle(relocking, set_name):
                    relocking.run(set_name, timeout_s=self.timeout_s)
        if "pip" in self.peers:
            tools.append(Pip(folder=self.making.pip, wheels=world.wheels))
        if "axletree" in self.peers:
            tools += self._axletrees(world, set_names)
        return tools

    def _axletrees(self, world: World, set_names: Sequence[str]) -> list[Peer]:
        program = self.making.axletree
        cache = world.folder / "axletree-cache"
        tools = [
            Axletree(program=program, world=world, source=source, cache=cache)
            for source in ("snapshot", "folder", "wheelhouse")
        ]
        over_house = tools[-1]
        tools.append(replace(over_house, relocks=True))
        repairs = replace(over_house, with_repairs=True)
        for tool, set_name in itertools.product(tools, set_names):
            # Once unmeasured, as with the peers' caches.
            if not _is_idle(tool, set_name):
                tool.run(set_name, timeout_s=self.timeout_s)
        return [*tools, repairs]

    def _run(self, tool: Peer, set_name: str, repetition: int) -> None:
        key = (set_name, tool.name)
        if key in self.report.failures or _is_idle(tool, set_name):
            return
        if tool.name == "pip" and repetition >= PIP_REPETITIONS:
            return
        try:
            found = tool.run(set_name, timeout_s=self.timeout_s)
        except TooSlowError:
            self.report.failures[key] = f"stopped after {self.timeout_s:.0f} s"
        except BenchmarkError as error:
            self.report.failures[key] = "failed"
            print(f"{tool.name} on {set_name}: {error}", file=sys.stderr)
        else:
            self.report.runs[key].append(found)

    def _measure_in_process(self, world: World, set_names: Sequence[str]) -> None:
        done = measure(
            [
                *(sys.executable, "-m", "benchmarks.in_process"),
                *(str(world.snapshot), str(IN_PROCESS_REPETITIONS), *set_names),
            ],
            clean_environment(),
        )
        self.report.in_process.update(orjson.loads(done.out))


def _is_idle(tool: Peer, set_name: str) -> bool:
    """Tell whether a tool does with a set what another does already."""
    has_answer = set_name not in WITHOUT_ANSWER
    match tool:
        case Axletree(with_repairs=True):
            return has_answer
        case Axletree(relocks=True) | Uv(relocks=True):
            return not has_answer
        case _:
            return False


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for."""
    options = _options(arguments)
    compile_as_installed()
    with fresh_folder() as folder:
        if options.growth:
            return growth.main(folder, options.sizes, options.repetitions)
        making = Making(folder=folder)
        bench = Bench(
            peers=available(options.peers, making),
            repetitions=options.repetitions,
            timeout_s=options.timeout,
            making=making,
        )
        names = options.sets
        whole = [name for name in names if name != "hard10"]
        if whole:
            bench.measure_world(World(_made(folder / "whole"), recorded()), whole)
        if "hard10" in names:
            world = World(_made(folder / "newest"), newest_of(recorded()))
            bench.measure_world(world, ["hard10"])
    print_report(bench.report, names)
    return 0


def available(peers: Sequence[str], making: Making) -> list[str]:
    """Install what can be had; say plainly what cannot."""
    found: list[str] = []
    for peer in peers:
        try:
            if peer != "uv":
                getattr(making, peer)
        except (BenchmarkError, StopIteration) as error:
            print(f"{peer} is left out, it cannot be installed here: {error}")
        else:
            found.append(peer)
    return found


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=9, metavar="N")
    parser.add_argument("--sets", type=_among(ALL_SETS), default=list(ALL_SETS))
    parser.add_argument("--peers", type=_among(PEERS), default=list(PEERS))
    parser.add_argument(
        "--timeout",
        type=float,
        default=120.0,
        metavar="S",
        help="stop a run of any tool after this many seconds (pip needs it)",
    )
    parser.add_argument("--growth", action="store_true", help="grow a wheelhouse")
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(n) for n in text.split(",")],
        default=[1_000, 10_000, 100_000],
        metavar="N,N",
        help="numbers of projects for --growth",
    )
    return parser.parse_args(arguments)


def _among(known: Collection[str]) -> Callable[[str], list[str]]:
    def split(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in known]:
            message = (
                f"no such thing: {', '.join(unknown)}; there are {', '.join(known)}"
            )
            raise argparse.ArgumentTypeError(message)
        return names

    return split


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
