"""Time the engine alone: one process, the universe loaded, each set asked many times.

Run: .venv/bin/python -m benchmarks.in_process SNAPSHOT REPETITIONS SET...
Prints one JSON object: set -> times of single answers, in seconds.
"""

import sys
import time
from pathlib import Path

import orjson

from axletree.resolver.environment import environment_for
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.question import Question, ask
from axletree.resolver.requirements import parse_requirement
from axletree.resolver.resolve import Resolver
from axletree.resolver.snapshot import universe_from_json
from axletree.resolver.universe import Universe
from benchmarks.closed_world import ALL_SETS
from benchmarks.measuring import PLATFORM, PYTHON_VERSION


def timed_answer(universe: Universe, question: Question) -> float:
    """Answer with nothing compiled yet; up to the cores where there is no answer."""
    started = time.perf_counter()
    Resolver(MemoUniverse(universe)).resolve(question)
    return time.perf_counter() - started


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
    sys.stdout.buffer.write(orjson.dumps({name: t[1:] for name, t in times.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
