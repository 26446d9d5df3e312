"""What nobody can read here: an answer that does without it is the answer everywhere.

A file that cannot be read on one machine may be read on another, where it requires
whatever it likes, or turns out to be of no use. The very universe as drawn is one such
truth, another is that without these files, and more are drawn.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.question import skipping
from axletree.resolver.resolve import Refusal
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.property.asking import MORE, SLOW, files, pins, resolve
from tests.property.brute_conflicts import Choices
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.universes import LazyUniverse

pytestmark = pytest.mark.slow

KINDS: tuple[UnusableKind, ...] = ("backend", "limits", "host")
UNFIT = UnusableMetadata(reason="it calls itself otherwise")


def draw_unread(case: Case, data: st.DataObject) -> dict[str, UnusableMetadata]:
    """Say of some files that nobody can read them here."""
    named = sorted(case.universe.metadata_of)
    chosen = data.draw(st.sets(st.sampled_from(named), min_size=1, max_size=4))
    kinds = st.sampled_from(KINDS)
    return {
        name: UnusableMetadata(reason="it cannot be read", kind=data.draw(kinds))
        for name in sorted(chosen)
    }


def with_answers(
    universe: FrozenUniverse, answers: Mapping[str, MetadataAnswer]
) -> FrozenUniverse:
    return replace(universe, metadata_of={**universe.metadata_of, **answers})


def draw_truths(
    case: Case, unread: Mapping[str, UnusableMetadata], data: st.DataObject
) -> list[FrozenUniverse]:
    """List universes of which this machine sees the same."""
    known = [a for a in case.universe.metadata_of.values() if a != UNFIT]
    others = {name: data.draw(st.sampled_from([*known, UNFIT])) for name in unread}
    unfit: dict[str, MetadataAnswer] = dict.fromkeys(unread, UNFIT)
    free: dict[str, MetadataAnswer] = dict.fromkeys(unread, FileMetadata())
    drawn = (unfit, free, others)
    return [case.universe, *(with_answers(case.universe, each) for each in drawn)]


@MORE
@given(case=cases(most_projects=4), data=st.data())
def test_an_answer_without_what_cannot_be_read_is_the_answer_everywhere(
    case: Case, data: st.DataObject
) -> None:
    assume(case.universe.metadata_of)
    question = replace(
        case.question, prefer=data.draw(st.sampled_from(("newest", "balanced")))
    )
    unread = draw_unread(case, data)
    here = with_answers(case.universe, unread)
    truths = draw_truths(case, unread, data)
    said = []
    for universe in (here, LazyUniverse(base=here)):
        try:
            outcome = resolve(universe, question)
        except UnreadFileError as error:
            event("stopped")
            said.append((str(error), error.exit_code, error.names))
            continue
        event("refused" if isinstance(outcome, Refusal) else "answered")
        said.append((str(pins(outcome)), 0, ()))
        for truth in truths:
            assert pins(outcome) == files(answer(World(truth, question)))
    assert said[0] == said[1]


@SLOW
@given(case=cases(has_twins=False, most_projects=4), data=st.data())
def test_what_is_claimed_of_a_conflict_is_true_everywhere(
    case: Case, data: st.DataObject
) -> None:
    assume(case.universe.metadata_of)
    unread = draw_unread(case, data)
    here = with_answers(case.universe, unread)
    truths = draw_truths(case, unread, data)
    try:
        refusal = resolve(here, case.question)
    except UnreadFileError:
        return
    assume(isinstance(refusal, Refusal))
    assert isinstance(refusal, Refusal)
    for choices in [Choices(truth, case.question) for truth in truths]:
        for core in refusal.cores:
            assert not choices.can_hold(core.keys), f"no cause: {core}"
            event(core.claim)
            for key in core.keys if core.claim != "cause" else ():
                others = [other for other in core.keys if other != key]
                assert choices.can_hold(others), f"needs no {key}: {core}"


@SLOW
@given(case=cases(most_projects=4), data=st.data())
def test_leaving_out_what_cannot_be_read_is_as_if_it_were_of_no_use(
    case: Case, data: st.DataObject
) -> None:
    assume(case.universe.metadata_of)
    unread = draw_unread(case, data)
    here = with_answers(case.universe, unread)
    unfit = with_answers(case.universe, dict.fromkeys(unread, UNFIT))

    outcome = resolve(here, skipping(case.question))

    assert pins(outcome) == files(answer(World(unfit, case.question)))
