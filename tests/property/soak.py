"""Many random universes through all laws: `python -m tests.property.soak`.

A universe is its seed: what `--seed N` draws is what a long run drew as number N, with
the same hypothesis and the same strategies, and hypothesis makes it smaller before it
shows it. Nothing is read from or written to hypothesis's own database.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TextIO

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from tests.property import features
from tests.property.case import Case
from tests.property.laws import LAWS, Law
from tests.property.strategies import cases

UNIVERSES = 10_000
VARIANTS = "it is decided without each of its features, too"
"""No law of its own: the count of what plays a part, which may fail as laws do."""
_CHUNK = 50
"""Universes after which a process tells how it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A law that one universe breaks."""

    seed: int
    law: str
    said: str


@dataclass(slots=True, kw_only=True)
class Tally:
    """What some universes were, and what became of the laws."""

    universes: int = 0
    answers: int = 0
    present: Counter[str] = field(default_factory=Counter)
    playing: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another one's in."""
        self.universes += other.universes
        self.answers += other.answers
        self.present += other.present
        self.playing += other.playing
        self.held += other.held
        self.seconds += other.seconds
        self.failures += other.failures


def run(seeds: Iterable[int], laws: Sequence[Law] = LAWS) -> Tally:
    """Hold each law to each seed's universe, and go on after a failure."""
    tally = Tally()
    for number in seeds:
        _hold_all(number, laws, tally)
    return tally


def replay(number: int, laws: Sequence[Law] = LAWS) -> None:
    """Hold the laws to one universe once more, made small where one fails.

    :raises AssertionError: the first that does not hold.
    """

    @seed(number)
    @settings(_quiet(Phase.generate, Phase.shrink), print_blob=False)
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        case = data.draw(_any_cases())
        features.parts(case)
        for law in laws:
            if law.allows_twins or not case.has_twins:
                with suppress(UnsatisfiedAssumption):
                    law.hold(case, data)

    hold()


def _quiet(*phases: Phase) -> settings:
    return settings(
        # The first example is always the least one, the same for all seeds.
        max_examples=2,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def _any_cases() -> st.SearchStrategy[Case]:
    return st.booleans().flatmap(lambda has_twins: cases(has_twins=has_twins))


def _hold_all(number: int, laws: Sequence[Law], tally: Tally) -> None:
    examples = iter(range(2))

    @seed(number)
    @_quiet(Phase.generate)
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        case = data.draw(_any_cases())
        if next(examples, 0) == 0:
            return
        tally.universes += 1
        _try(VARIANTS, partial(_count, case, tally), number, tally)
        for law in laws:
            if law.allows_twins or not case.has_twins:
                _try(law.name, partial(law.hold, case, data), number, tally)

    hold()


def _count(case: Case, tally: Tally) -> None:
    found = features.parts(case)
    tally.answers += found.has_answer
    tally.present.update(found.present)
    tally.playing.update(found.playing)


def _try(name: str, check: Callable[[], None], number: int, tally: Tally) -> None:
    started = time.perf_counter()
    try:
        check()
    except UnsatisfiedAssumption:
        pass
    except Exception as error:  # noqa: BLE001  whatever it is, the run goes on
        said = f"{type(error).__name__}: {error}"
        tally.failures.append(Failure(seed=number, law=name, said=said))
    else:
        tally.held[name] += 1
    tally.seconds[name] += round(1e6 * (time.perf_counter() - started))


# The command.


def main(
    arguments: Sequence[str] | None = None,
    out: TextIO = sys.stdout,
    progress: TextIO = sys.stderr,
) -> int:
    """Run or replay; exit 1 when a law does not hold."""
    asked = _parser().parse_args(arguments)
    laws = [law for law in LAWS if asked.law in law.name]
    if asked.seed is not None:
        replay(asked.seed, laws)
        print(f"universe {asked.seed}: every law holds", file=out)
        return 0
    seeds = range(asked.first, asked.first + asked.universes)
    tally = _in_processes(seeds, laws, asked.jobs, progress)
    for line in report(tally, laws):
        print(line, file=out)
    return 1 if tally.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.property.soak")
    parser.add_argument("--universes", type=int, default=UNIVERSES, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--law", default="", metavar="WORDS", help="only laws so named")
    parser.add_argument("--seed", type=int, metavar="SEED", help="replay one universe")
    return parser


def _in_processes(
    seeds: range, laws: Sequence[Law], jobs: int, progress: TextIO
) -> Tally:
    tally = Tally()
    started = time.monotonic()
    chunks = [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]
    names = frozenset(law.name for law in laws)
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        for part in pool.map(_run_named, chunks, [names] * len(chunks)):
            tally.add(part)
            pace = tally.universes / (time.monotonic() - started) * 60
            said = f"{tally.universes} universes, {pace:.0f} a minute"
            print(f"{said}, {len(tally.failures)} failures", file=progress)
            for failure in part.failures:
                print(_told(failure), file=progress, flush=True)
    return tally


def _run_named(seeds: range, names: frozenset[str]) -> Tally:
    # The laws themselves cannot be sent to another process, their names can.
    return run(seeds, [law for law in LAWS if law.name in names])


def report(tally: Tally, laws: Sequence[Law] = LAWS) -> Iterator[str]:
    """Say what the universes were, and how many held each law."""
    conflicts = tally.universes - tally.answers
    yield (
        f"{tally.universes} universes: {tally.answers} have an answer, "
        f"{conflicts} a conflict"
    )
    yield ""
    yield f"{'law':<48}{'held':>8}{'n/a':>8}{'failed':>8}{'s':>8}"
    for name in (VARIANTS, *(law.name for law in laws)):
        failed = sum(failure.law == name for failure in tally.failures)
        held, seconds = tally.held[name], tally.seconds[name] / 1e6
        others = tally.universes - held - failed
        yield f"{name:<48}{held:>8}{others:>8}{failed:>8}{seconds:>8.0f}"
    yield ""
    yield f"{'feature':<48}{'there':>8}{'plays a part':>16}"
    for name in features.NAMES:
        yield f"{name:<48}{tally.present[name]:>8}{tally.playing[name]:>16}"
    yield ""
    yield from map(_told, tally.failures)
    yield f"{len(tally.failures)} failures"


def _told(failure: Failure) -> str:
    said = failure.said.strip().partition("\n")[0][:200]
    return (
        f"FAILED  {failure.law}: {said}\n"
        f"        python -m tests.property.soak --seed {failure.seed}"
    )


if __name__ == "__main__":
    sys.exit(main())
