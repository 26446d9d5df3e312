"""What a change of the wheelhouse does to its requirement sets, told after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from axletree.console import Console
from axletree.errors import AxletreeError
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import BreaksSetError, IncompleteCollectionError

if TYPE_CHECKING:
    from axletree.wheelhouse.catalog.admission import Gate

    # It brings the resolver along, and few changes touch a set.
    from axletree.wheelhouse.sets.checking import SetCheck
    from axletree.wheelhouse.sets.records import Outcome


def recheck_sets(house: Wheelhouse, console: Console) -> None:
    """Check the sets again that a change touches: it is done, whatever they say.

    What fails here stays in the queue.
    """
    with house.database.reading() as connection:
        if not history.has_unchecked_sets(connection):
            return
    from axletree.wheelhouse.sets.checking import work_off  # noqa: PLC0415  late: the resolver

    def begun(count: int) -> None:
        places = counted(count, "environment")
        console.say(f"checking {places} of requirement sets that this touches")

    try:
        checks = work_off(house, begun=begun)
    except AxletreeError as error:
        console.notes(
            [f"sets are not checked yet, axletree set check does it: {error.what}"]
        )
        return
    for check in checks:
        if check.is_changed:
            console.say(news_of(check), style=style_of(check.after))


def gate_of(house: Wheelhouse, *, is_wanted: bool) -> "Gate | None":
    """Return who may say no to what would come in; None: nobody."""
    if not is_wanted:
        return None
    from axletree.wheelhouse.sets.gate import SetGate  # noqa: PLC0415  late: the resolver

    return SetGate(house=house)


@contextmanager
def refusal_explained(console: Console) -> Iterator[None]:
    """Print the explanation of what would break a set, before the error is told.

    :raises BreaksSetError: it does.
    """
    try:
        yield
    except BreaksSetError as error:
        if not console.is_json:
            console.result(f"{error.explanation}\n")
        raise


@contextmanager
def sets_heard(house: Wheelhouse, console: Console) -> Iterator[None]:
    """Do the same, and check the sets also where only some of all came in.

    :raises AxletreeError: as what is done.
    """
    try:
        with refusal_explained(console):
            yield
    except IncompleteCollectionError:
        recheck_sets(house, console)
        raise


def news_of(check: "SetCheck") -> str:
    """Tell in a line what became of a set in one environment."""
    return f"{check.name} for {check.target.label}: {_became(check)}"


def _became(check: "SetCheck") -> str:
    before, after = check.before, check.after
    if before is not None and before != after and after.result == "whole":
        how = "locked anew" if before.result == "whole" else "whole again"
        return f"{how}{_since(after)}"
    return standing(after)


def standing(outcome: "Outcome") -> str:
    """Say how a set is, and since when."""
    words = {
        "whole": "whole",
        "broken": "broken",
        "unknown": "cannot be judged",
    }
    return f"{words[outcome.result]}{_since(outcome)}"


def _since(outcome: "Outcome") -> str:
    return f" since {outcome.cause}, generation {outcome.since}"


def style_of(outcome: "Outcome") -> str:
    """Choose how it looks."""
    return "" if outcome.result == "whole" else "red"
