"""Questions put to the engine, and what came of them as brute force spells it."""

from hypothesis import HealthCheck, reject, settings

from axletree.resolver.model.answers import (
    Resolution,
)
from axletree.resolver.model.question import Question
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import (
    Universe,
)
from tests.property.brute_force import Choice

PROFILE = settings.default or settings()
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])
"""A universe takes some 20 ms to draw, more on a busy machine."""
MORE = settings(SLOW, max_examples=3 * PROFILE.max_examples)


def resolve(universe: Universe, question: Question) -> Resolution | Refusal:
    return Resolver(MemoUniverse(universe)).resolve(question)


def pins(outcome: Resolution | Refusal) -> dict[str, str] | None:
    """Give the files that would be installed, by project."""
    if isinstance(outcome, Refusal):
        return None
    return {pin.name: pin.file.filename for pin in outcome.pins}


def files(choice: Choice | None) -> dict[str, str] | None:
    if choice is None:
        return None
    return {name: candidate.file.filename for name, candidate in choice.items()}


def refuse(universe: Universe, question: Question) -> Refusal:
    """Give the refusal; a question with an answer is no example."""
    outcome = resolve(universe, question)
    if isinstance(outcome, Resolution):
        reject()
    return outcome
