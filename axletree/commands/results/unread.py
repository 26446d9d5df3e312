"""Questions whose answer holds what cannot be read: explained, not only refused."""

from axletree.resolver.conflicts.unread import other_ways
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.question import Question, skipping
from axletree.resolver.resolve import Refusal, Resolver


def resolve_or_explain(resolver: Resolver, question: Question) -> Resolution | Refusal:
    """Resolve; where a file that cannot be read is in the way, say why it is.

    :raises UnreadFileError: without that file there is an answer.
    """
    try:
        answer = resolver.resolve(question)
    except UnreadFileError as error:
        # As a lock does that leaves it out, by the fact that it cannot be read here.
        answer = resolver.resolve(skipping(question))
        if isinstance(answer, Refusal):
            return answer
        error.hint = _without(error, answer)
        raise
    if isinstance(answer, Refusal) and answer.explanation.knowledge.unread:
        # What cannot be read is a conflict of its own where nothing else would do.
        more = resolver.resolve(skipping(question))
        if isinstance(more, Refusal) and len(more.cores) > len(answer.cores):
            return more
    return answer


def _without(error: UnreadFileError, answer: Resolution) -> str:
    """Say what is taken where a file is left out that cannot be read."""
    pins = {pin.name: pin.version for pin in answer.pins}
    instead = (
        f"{name} {pins[name]}" if name in pins else f"no {name}" for name in error.names
    )
    return (
        f"--skip-unbuildable leaves it out, and gives {' and '.join(instead)}; "
        f"{other_ways(error.names[0])}"
    )
