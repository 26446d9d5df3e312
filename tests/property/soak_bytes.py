"""Hostile bytes for each reader, for minutes: `python -m tests.property.soak_bytes`.

A chunk of examples is its number: `--reader NAME --chunk N` draws the same again, and
hypothesis makes what fails smaller before it shows it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.property.foreign_readers import READERS, ForeignReader

MINUTES = 10.0
EXAMPLES = 200
"""Of one chunk."""
MOST_SECONDS = 5.0
"""Processor time that one example may take: bounded work, on any machine."""


@dataclass(slots=True, kw_only=True)
class Soaked:
    """What became of one reader."""

    reader: str
    examples: int = 0
    slowest_s: float = 0.0
    failures: dict[int, str] = field(default_factory=dict)
    """By the number of the chunk."""


def soak(name: str, minutes: float, first: int = 0) -> Soaked:
    """Feed one reader until the time is over, and go on after a failure."""
    reader = next(reader for reader in READERS if reader.name == name)
    soaked = Soaked(reader=name)
    end = time.monotonic() + 60 * minutes
    number = first
    while time.monotonic() < end:
        try:
            run_chunk(reader, number, soaked)
        except Exception as error:  # noqa: BLE001  whatever it is, the run goes on
            soaked.failures[number] = f"{type(error).__name__}: {error}"
        number += 1
    return soaked


def run_chunk(
    reader: ForeignReader,
    number: int,
    soaked: Soaked,
    phases: Sequence[Phase] = (Phase.generate,),
) -> None:
    """Feed a reader with the examples of one chunk."""

    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(raw=reader.inputs)
    def hold(raw: bytes) -> None:
        started = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            reader.read(raw, Path(folder))
        taken = time.process_time() - started
        soaked.examples += 1
        soaked.slowest_s = max(soaked.slowest_s, taken)
        assert taken < MOST_SECONDS

    hold()


# The command.


def main(arguments: Sequence[str] | None = None, out: TextIO = sys.stdout) -> int:
    """Run or replay; exit 1 when something fails."""
    asked = _parser().parse_args(arguments)
    chosen = [reader for reader in READERS if asked.reader in reader.name]
    if asked.chunk is not None:
        for reader in chosen:
            soaked = Soaked(reader=reader.name)
            run_chunk(reader, asked.chunk, soaked, (Phase.generate, Phase.shrink))
        print(f"chunk {asked.chunk}: nothing fails", file=out)
        return 0
    names = [reader.name for reader in chosen]
    with ProcessPoolExecutor(max_workers=asked.jobs) as pool:
        found = list(pool.map(soak, names, [asked.minutes] * len(names)))
    for line in report(found):
        print(line, file=out)
    return 1 if any(soaked.failures for soaked in found) else 0


def report(found: Sequence[Soaked]) -> Iterator[str]:
    """Say how many examples each reader had, and what failed."""
    yield f"{'reader':<16}{'examples':>12}{'slowest s':>12}{'failed':>8}"
    for soaked in found:
        yield (
            f"{soaked.reader:<16}{soaked.examples:>12}{soaked.slowest_s:>12.2f}"
            f"{len(soaked.failures):>8}"
        )
    for soaked in found:
        for number, said in soaked.failures.items():
            yield f"FAILED  {soaked.reader}: {said.partition(chr(10))[0][:200]}"
            yield (
                "        python -m tests.property.soak_bytes "
                f"--reader '{soaked.reader}' --chunk {number}"
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.property.soak_bytes")
    parser.add_argument("--minutes", type=float, default=MINUTES, metavar="N")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--reader", default="", metavar="NAME", help="only those named")
    parser.add_argument("--chunk", type=int, metavar="N", help="replay one chunk")
    return parser


if __name__ == "__main__":
    sys.exit(main())
