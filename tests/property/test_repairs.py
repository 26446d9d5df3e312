"""Repairs work, no part of them does, and they say how far: against brute force."""

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from packaging.version import Version

from axletree.resolver.model.answers import (
    Repair,
)
from axletree.resolver.model.distribution import (
    UnusableMetadata,
)
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.question import Question, skipping
from axletree.resolver.repairs.collecting import (
    FileRepairs,
    Upstream,
)
from axletree.resolver.repairs.lifting import LiftRepairs
from axletree.resolver.repairs.proving import (
    Prover,
)
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.unbuilt import is_hidden
from tests.property.asking import MORE, SLOW, files, pins, refuse
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case
from tests.property.lifted_bans import (
    DAY_BEFORE,
    assert_day_before,
    assert_lifted,
    ban_of,
    lifted,
)
from tests.property.relaxed_lines import (
    is_nearest,
    is_needed,
    is_proved,
    with_edits,
    written_in,
)
from tests.property.stamped_wheels import assert_override
from tests.property.strategies import cases
from tests.support.universes import LazyUniverse


@SLOW
@given(case=cases(has_twins=False))
def test_a_repair_works_and_says_how_far(case: Case) -> None:
    memo = MemoUniverse(case.universe)
    refusal = refuse(memo, case.question)
    repairs = Repairer(memo, case.question, refusal).repairs()
    for repair in repairs:
        match repair.kind:
            case "relax-root":
                assert any(is_proved(case, repair, k) for k in written_in(case, repair))
            case "override":
                assert_override(case, repair)
            case _:
                assert_lifted(case, repair)
    if repairs and repairs[0].claim == "cheapest":
        assert any(
            is_nearest(case, repairs[0], k) for k in written_in(case, repairs[0])
        )
    written = [
        {(edit.old, edit.origin) for edit in repair.edits}
        for repair in repairs
        if repair.kind == "relax-root"
    ]
    assert not any(one < other for one in written for other in written)
    bans = [
        set(map(ban_of, repair.changes))
        for repair in repairs
        if repair.kind in {"date", "lift"}
    ]
    assert not any(one < other for one in bans for other in bans)


BANS = ("pre-release", "yank", "date", "format", "hash", "policy", "odd")


@pytest.mark.slow
@MORE
@given(case=cases(has_twins=False, most_projects=4, quirks=BANS), is_lazy=st.booleans())
def test_a_lifted_ban_works_and_no_part_of_it_does(case: Case, is_lazy: bool) -> None:  # noqa: FBT001  drawn
    """The same of lifts alone, of which the universe has more here."""
    universe = LazyUniverse(base=case.universe) if is_lazy else case.universe
    memo = MemoUniverse(universe)
    refusal = refuse(memo, case.question)
    repairs = list(LiftRepairs(Prover(memo, case.question, refusal)).find())
    for repair in repairs:
        event(f"{len(repair.changes)} {repair.changes[0].split()[0]}")
        if repair.claim == "untried":
            # What would have to be built as of a later day is not read over an index.
            assert is_lazy
            assert has_hidden_sdist(case)
            continue
        assert_lifted(case, repair)
    bans = [set(map(ban_of, repair.changes)) for repair in repairs]
    assert not any(one < other for one in bans for other in bans)


@pytest.mark.slow
@MORE
@given(
    case=cases(has_twins=False, most_projects=4, quirks=BANS),
    drawn=st.data(),
    is_lazy=st.booleans(),
)
def test_nothing_is_claimed_over_what_could_not_be_read(
    case: Case,
    drawn: st.DataObject,
    is_lazy: bool,  # noqa: FBT001  drawn
) -> None:
    """Whatever is claimed holds in the universe in which all can be read."""
    filenames = sorted(case.universe.metadata_of)
    assume(filenames)
    unread = drawn.draw(st.sets(st.sampled_from(filenames), min_size=1))
    seen = with_unread(case.universe, unread)
    memo = MemoUniverse(LazyUniverse(base=seen) if is_lazy else seen)
    try:
        refusal = refuse(memo, case.question)
    except UnreadFileError:
        refusal = refuse(memo, skipping(case.question))

    for repair in Repairer(memo, case.question, refusal).repairs():
        is_skipping = repair.changes[-1] == "--skip-unbuildable"
        event(f"{repair.kind} {repair.claim} {is_skipping}")
        if is_skipping:
            # All that is left out is of no use there.
            unfit = without(case.universe, unread)
            changes = repair.changes[:-1]
            assert_claim(
                replace(case, universe=unfit), replace(repair, changes=changes)
            )
        else:
            assert_claim(case, repair)


def with_unread(universe: FrozenUniverse, filenames: Collection[str]) -> FrozenUniverse:
    lacking = UnusableMetadata(reason="this machine lacks gcc", kind="host")
    answers = {**universe.metadata_of, **dict.fromkeys(filenames, lacking)}
    return FrozenUniverse(page_of=universe.page_of, metadata_of=answers)


def assert_claim(case: Case, repair: Repair) -> None:
    """Hold what is claimed of a repair against brute force over all that there is."""
    is_claimed = repair.claim in {"irreducible", "cheapest"}
    match repair.kind:
        case "relax-root":
            changed = [
                (keys, with_edits(case.question, keys, repair))
                for keys in written_in(case, repair)
            ]
            assert repair.claim == "untried" or any(
                is_answer(case, question, repair) for _, question in changed
            )
            assert not is_claimed or any(is_needed(case, keys) for keys, _ in changed)
        case "date" | "lift":
            question = lifted(case.question, repair.changes)
            assert repair.claim == "untried" or is_answer(case, question, repair)
            for size in range(len(repair.changes) if is_claimed else 0):
                for part in combinations(repair.changes, size):
                    less = lifted(case.question, part)
                    assert not World(case.universe, less).solutions(), part
            if DAY_BEFORE in repair.text:
                assert_day_before(case, repair)
        case "override" if is_claimed:
            assert_override(case, repair)


def is_answer(case: Case, question: Question, repair: Repair) -> bool:
    return pins(repair.resolution) == files(answer(World(case.universe, question)))


@pytest.mark.slow
@MORE
@given(case=cases(has_twins=False, most_projects=4), drawn=st.data())
def test_files_of_an_index_work_and_no_part_of_them_does(
    case: Case, drawn: st.DataObject
) -> None:
    filenames = sorted(case.universe.metadata_of)
    absent = drawn.draw(
        st.sets(st.sampled_from(filenames)) if filenames else st.just(set())
    )
    there = without(case.universe, absent)
    memo = MemoUniverse(there)
    refusal = refuse(memo, case.question)
    index = MemoUniverse(LazyUniverse(base=case.universe))
    upstream = Upstream(universe=index, name="public")

    prover = Prover(memo, case.question, refusal)
    repairs = list(FileRepairs(prover, upstream).find())

    for repair in repairs:
        event(f"{len(repair.changes)} files, {repair.claim}")
        brought = set(repair.changes)
        assert brought <= absent
        with_them = without(case.universe, absent - brought)
        expected = answer(World(with_them, case.question))
        assert pins(repair.resolution) == files(expected)
        if repair.claim == "irreducible":
            for size in range(len(brought)):
                for part in combinations(brought, size):
                    world = World(
                        without(case.universe, absent - set(part)), case.question
                    )
                    assert not world.solutions(), part
    brought_by = [set(repair.changes) for repair in repairs]
    assert not any(one < other for one in brought_by for other in brought_by)
    if not repairs and not has_gates(case.universe):
        assert not World(case.universe, case.question).solutions()


def without(universe: FrozenUniverse, absent: Collection[str]) -> FrozenUniverse:
    """Take files away, and the projects that have none then."""
    pages = {
        name: replace(
            page, files=tuple(f for f in page.files if f.filename not in absent)
        )
        for name, page in universe.page_of.items()
    }
    pages = {name: page for name, page in pages.items() if page.files}
    return FrozenUniverse(page_of=pages, metadata_of=universe.metadata_of)


def has_gates(universe: FrozenUniverse) -> bool:
    """Tell whether one file more may shut another out."""
    return any(
        file.yanked is not None or Version(file.version).is_prerelease
        for page in universe.page_of.values()
        for file in page.files
    )


def has_hidden_sdist(case: Case) -> bool:
    limit = case.question.limits.exclude_newer
    pages = case.universe.page_of.values()
    files = [file for page in pages for file in page.files]
    return limit is not None and any(
        file.kind == "sdist" and is_hidden(file, limit) for file in files
    )
