"""Time the engine alone: one process, the universe loaded, each set asked many times.

Run: .venv/bin/python -m benchmarks.in_process SNAPSHOT REPETITIONS SET...
Prints one JSON object: set -> times of single answers, in seconds; once for the plain
engine, once (`SET compiled`) for tables in memory, if they have the answer.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Search, Shared
from axletree.resolver.engine.table_pins import table_pins
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.resolver.universe.table_reader import (
    KnowledgeReader,
    unlimited_knowledge,
)
from axletree.resolver.universe.tables import Tables
from benchmarks.closed_world import ALL_SETS
from benchmarks.measuring import PLATFORM, PYTHON_VERSION

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import RootTable


def timed_answer(universe: Universe, question: Question) -> float:
    """Answer with nothing compiled yet; up to the cores where there is no answer."""
    started = time.perf_counter()
    Resolver(MemoUniverse(universe)).resolve(question)
    return time.perf_counter() - started


def compiled_times(
    universe: Universe, environment: Environment, texts: Sequence[str], repetitions: int
) -> list[float]:
    """Answer from tables alone; empty where that is left to the plain engine."""
    packed: dict[str, bytes | None] = {}
    parsed: dict[str, RootTable] = {}
    times: list[float] = []
    for _ in range(repetitions + 2):
        started = time.perf_counter()
        tables = Tables(
            packed,
            parsed,
            len(environment.micros),
            lambda: KnowledgeReader(
                knowledge=unlimited_knowledge(universe, environment)
            ),
        )
        found = [tables.root(text) for text in texts]
        roots = [Demand(*table, Origin()) for table in found if table is not None]
        if table_pins(Search(Shared(tables), Problem(roots))) is None:
            return []
        times.append(time.perf_counter() - started)
        packed = tables.pack()
    # The first one compiles, the second one may read what the first did not.
    return times[2:]


def main(words: list[str]) -> int:
    """Measure the sets; the first answer of each, which fills caches, is left out."""
    snapshot, repetitions, *names = words
    universe = universe_from_json(orjson.loads(Path(snapshot).read_bytes()))
    environment = environment_for(PYTHON_VERSION, PLATFORM)
    questions = {
        name: ask(map(parse_requirement, ALL_SETS[name]), environment) for name in names
    }
    times = {
        name: [timed_answer(universe, question) for _ in range(int(repetitions) + 1)]
        for name, question in questions.items()
    }
    document = {name: listed[1:] for name, listed in times.items()}
    for name in names:
        texts = ALL_SETS[name]
        found = compiled_times(universe, environment, texts, int(repetitions))
        if found:
            document[f"{name} compiled"] = found
    sys.stdout.buffer.write(orjson.dumps(document))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
