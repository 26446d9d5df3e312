"""The engine against brute force (tests/property/brute_force.py).

One draw serves several laws where drawing costs more than checking.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, assume, event, given, reject, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.engine.checked_files import (
    violations,
)
from axletree.resolver.engine.decisions import Inquiry
from axletree.resolver.model.answers import (
    Repair,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    FactKey,
    RootKey,
)
from axletree.resolver.model.limits import (
    Exemption,
    hash_limits,
)
from axletree.resolver.model.question import Question, skipping
from axletree.resolver.repairs.collecting import (
    FileRepairs,
    Upstream,
)
from axletree.resolver.repairs.costs import LATER_DATE, OVERRIDE, cost_of, with_skipping
from axletree.resolver.repairs.lifting import LiftRepairs
from axletree.resolver.repairs.proving import (
    Prover,
    WrittenKey,
    with_specifier,
    written,
)
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Universe,
)
from axletree.resolver.universe.unbuilt import is_hidden
from tests.property.brute_conflicts import Choices
from tests.property.brute_force import Candidate, Choice, World, fits
from tests.property.brute_rule import answer, answer_for, held_for
from tests.property.choices import OnTables, chosen_files, exchanges
from tests.property.strategies import Case, cases, preferences, root, with_root

PROFILE = settings.default or settings()
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])
"""A universe takes some 20 ms to draw, more on a busy machine."""
MORE = settings(SLOW, max_examples=3 * PROFILE.max_examples)


@dataclass(kw_only=True)
class LazyUniverse:
    """An index: nothing is at hand, each thing is read at most once."""

    base: Universe
    is_frozen: bool = False
    pages_read: list[NormalizedName] = field(default_factory=list)
    files_read: list[DistributionFile] = field(default_factory=list)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        self.pages_read += projects
        return self.base.pages(projects)

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        self.files_read += files
        return self.base.metadata(files)


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


# Answers.


@MORE
@given(case=cases())
def test_the_answer_is_the_one_that_brute_force_finds(case: Case) -> None:
    expected = answer_for(World(case.universe, case.question))

    found = resolve(case.universe, case.question)

    assert pins(found) == (None if expected is None else files(expected[1]))
    if expected is not None and isinstance(found, Resolution):
        assert list(found.environment.micros) == held_for(*expected)


@pytest.mark.slow
@MORE
@given(case=cases(), drawn=st.data())
def test_preferred_versions_come_first_as_in_brute_force_read_lazily_or_not(
    case: Case, drawn: st.DataObject
) -> None:
    question = replace(case.question, preferences=drawn.draw(preferences(case)))
    expected = files(answer(World(case.universe, question)))

    assert pins(resolve(case.universe, question)) == expected
    assert pins(resolve(LazyUniverse(base=case.universe), question)) == expected


@pytest.mark.slow
@SLOW
@given(case=cases())
def test_an_answer_without_gates_is_given_again_if_it_is_preferred(case: Case) -> None:
    found = resolve(case.universe, case.question)
    if not isinstance(found, Resolution):
        reject()
    # A gate may open later than its project's turn comes: then others go before.
    assume(not any(pin.version.is_prerelease for pin in found.pins))
    assume(all(pin.file.yanked is None for pin in found.pins))
    kept = {pin.name: pin.version for pin in found.pins}

    again = resolve(case.universe, replace(case.question, preferences=kept))

    assert pins(again) == pins(found)


@pytest.mark.slow
@SLOW
@given(case=cases(), ahead=st.sets(st.integers(0, 30)))
def test_reading_more_or_less_of_an_index_changes_nothing(
    case: Case, ahead: set[int]
) -> None:
    index = LazyUniverse(base=case.universe)
    expected = pins(resolve(case.universe, case.question))

    assert pins(resolve(index, case.question)) == expected
    assert len(index.pages_read) == len(set(index.pages_read))
    assert len(index.files_read) == len(set(index.files_read))

    resolver = Resolver(MemoUniverse(LazyUniverse(base=case.universe)))
    inquiry = resolver.search(case.question)
    read_ahead(inquiry, case, ahead)
    decisions = resolver.run(inquiry)

    assert expected == (
        None
        if decisions is None
        else {
            name: inquiry.knowledge.file_of(release).filename
            for name, release in decisions.releases.items()
        }
    )


@pytest.mark.slow
@MORE
@given(case=cases())
def test_balanced_leaves_no_root_further_behind_than_it_must_be(case: Case) -> None:
    question = replace(case.question, prefer="balanced")
    expected = files(answer(World(case.universe, question)))

    assert pins(resolve(case.universe, question)) == expected
    assert pins(resolve(LazyUniverse(base=case.universe), question)) == expected


def read_ahead(inquiry: Inquiry, case: Case, places: Iterable[int]) -> None:
    """Read some pages, and some metadata, before anybody asks for it."""
    reading = inquiry.search.reading
    names = enumerate(case.universe.page_of)
    reading.read_ahead(name for place, name in names if place in places)
    releases = [
        (name, position)
        for name, project in reading.projects.items()
        if project is not None
        for position in range(len(project.versions))
    ]
    reading.read_ahead((), (r for i, r in enumerate(releases) if i in places))


# The independent checker.


@pytest.mark.slow
@SLOW
@given(case=cases(most_projects=4))
def test_the_checker_accepts_solutions_and_refuses_what_only_looks_like_one(
    case: Case,
) -> None:
    pythons = World(case.universe, case.question).pythons()
    solutions = [(each, found) for each in pythons for found in each.solutions()]
    assume(solutions)
    on_tables = OnTables.of(case.universe, case.question)
    for world, solution in solutions[:2] + solutions[-1:]:
        assert world.micro is not None
        for choice in (solution, *exchanges(world, solution)):
            chosen = chosen_files(world, choice)
            found = violations(case.question, chosen, world.micro)
            told = on_tables.violations(choice, world.micro)

            assert (not told) is (not found), (choice, told)
            assert (not found) is world.is_solution(choice), (choice, found)


# Conflicts.


@SLOW
@given(case=cases(has_twins=False, most_projects=4))
def test_what_is_claimed_of_a_conflict_is_true(case: Case) -> None:
    refusal = refuse(case.universe, case.question)
    choices = Choices(case.universe, case.question)

    assert_claims(refusal, choices)
    first = refusal.cores[0]
    assert first.claim == "smallest"
    assert not choices.has_core_of(len(first.keys) - 1), f"a smaller one than {first}"
    fewest = {len(core.keys) for core in refusal.cores if core.claim == "smallest"}
    assert fewest == {len(first.keys)}
    assert_tree(refusal, choices)


@pytest.mark.slow
@SLOW
@given(case=cases(has_twins=False, most_projects=4))
def test_what_is_claimed_of_a_conflict_in_an_index_is_true(case: Case) -> None:
    refusal = refuse(LazyUniverse(base=case.universe), case.question)

    assert_claims(refusal, Choices(case.universe, case.question))


def refuse(universe: Universe, question: Question) -> Refusal:
    """Give the refusal; a question with an answer is no example."""
    outcome = resolve(universe, question)
    if isinstance(outcome, Resolution):
        reject()
    return outcome


def assert_claims(refusal: Refusal, choices: Choices) -> None:
    assert refusal.cores
    for core in refusal.cores:
        assert not choices.can_hold(core.keys), f"no cause: {core}"
        for key in core.keys:
            others = [other for other in core.keys if other != key]
            assert choices.can_hold(others), f"needs no {key}: {core}"


def assert_tree(refusal: Refusal, choices: Choices) -> None:
    """Whatever roots and constraints are left out, the rest's conflict is told."""
    if not refusal.conflict.complete:
        return
    asked = [f for f in choices.facts if isinstance(f, RootKey | ConstraintKey)]
    for left_out in subsets(asked):
        if not choices.can_hold(choices.facts - left_out):
            assert any(left_out.isdisjoint(core.keys) for core in refusal.cores)


def subsets(items: Collection[FactKey]) -> Iterator[frozenset[FactKey]]:
    for size in range(len(items) + 1):
        yield from map(frozenset, combinations(sorted(items, key=repr), size))


# Repairs.


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


def with_edits(
    question: Question, keys: Sequence[WrittenKey], repair: Repair
) -> Question:
    for key, edit in zip(keys, repair.edits, strict=True):
        question = with_specifier(question, key, specifier_of(edit.new))
    return question


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


def written_in(case: Case, repair: Repair) -> Iterator[tuple[WrittenKey, ...]]:
    """List what a repair's edits may stand for, since places are not unique here."""
    question = case.question
    keys: list[WrittenKey] = [*map(RootKey, range(len(question.roots)))]
    keys += map(ConstraintKey, range(len(question.constraints)))
    for found in permutations(keys, len(repair.edits)):
        texts = [written(question, key).text for key in found]
        if texts == [edit.old for edit in repair.edits]:
            yield found


def is_proved(case: Case, repair: Repair, keys: Sequence[WrittenKey]) -> bool:
    """Tell whether a repair holds when applied to these roots and constraints."""
    changed = case.question
    for key, edit in zip(keys, repair.edits, strict=True):
        changed = with_specifier(changed, key, specifier_of(edit.new))
    expected = answer(World(case.universe, changed))
    if pins(repair.resolution) != files(expected) or not is_needed(case, keys):
        return False
    if len(keys) > 1 or isinstance(keys[0], ConstraintKey):
        return True
    [key], [edit] = keys, repair.edits
    old = case.question.roots[key.index].requirement
    if any(
        each.operator in {"==", "==="} and "*" not in str(each)
        for each in old.specifier
    ):
        return is_the_nearest_pin(case, repair, key.index)
    return says_how_far(case, key.index, specifier_of(edit.new))


def is_nearest(case: Case, repair: Repair, keys: Sequence[WrittenKey]) -> bool:
    """Tell whether no nearer version works that the repair does not take in."""
    [key, *others], [edit, *_] = keys, repair.edits
    if others or isinstance(key, ConstraintKey):
        return True
    old = case.question.roots[key.index].requirement
    listed = World(case.universe, case.question).candidates[canonicalize_name(old.name)]
    named = [at for at, found in enumerate(listed) if fits(old.specifier, found)]
    new = Requirement(edit.new).specifier
    taken = [at for at, found in enumerate(listed) if fits(new, found)]
    nearest = min((abs(at - to) for at in taken for to in named), default=0)
    return not any(
        found.is_final
        and at not in taken
        and min(abs(at - to) for to in named) < nearest
        and works(case, key.index, found)
        for at, found in enumerate(listed)
        if named
    )


def is_the_nearest_pin(case: Case, repair: Repair, index: int) -> bool:
    """Tell whether a pin moved to the nearest version, newer before older."""
    old = case.question.roots[index].requirement
    name = canonicalize_name(old.name)
    [chosen] = (pin.version for pin in repair.resolution.pins if pin.name == name)
    listed = usable_versions(case, name)
    away = {version: steps_from(old.specifier, version, listed) for version in listed}
    candidates = World(case.universe, case.question).candidates[name]
    working = [c.version for c in candidates if c.is_final and works(case, index, c)]
    if working:
        nearest = min(working, key=lambda v: (away[v], listed.index(v)))
        if not Version(chosen.public).is_prerelease and chosen != nearest:
            # A pre-release that was pinned may move to another.
            return any(Version(p.version).is_prerelease for p in old.specifier)
    beside = re.search(r"; (?:at least )?(\S+) to (\S+) work$", repair.text)
    if beside is None:
        return True
    lowest, highest = map(Version, beside.groups())
    finals = {c.version for c in candidates if c.is_final}
    return lowest <= chosen <= highest and all(
        version in working for version in finals if lowest <= version <= highest
    )


def usable_versions(case: Case, name: NormalizedName) -> list[Version]:
    """List the versions with a file that the page lets in, newest first."""
    world = World(case.universe, case.question)
    return sorted(
        {
            Version(file.version)
            for file in case.universe.page_of[name].files
            if not world.reasons(file)
            - {"metadata", *(() if file.requires_python else ("requires-python",))}
        },
        reverse=True,
    )


def steps_from(
    specifier: SpecifierSet, version: Version, listed: Sequence[Version]
) -> int:
    """Count the versions between one and the nearest that a specifier names."""
    named = [each for each in listed if specifier.contains(each, prereleases=True)]
    if not named:
        local = [Version(each.version) for each in specifier if "+" in each.version]
        named = [each for each in listed if each in [Version(v.public) for v in local]]
    if named:
        return min(abs(listed.index(version) - listed.index(each)) for each in named)
    bounds = [Version(each.version.removesuffix(".*")) for each in specifier]
    return min(
        sum(min(version, bound) <= each <= max(version, bound) for each in listed)
        for bound in bounds
    )


def specifier_of(text: str) -> str:
    return str(Requirement(text).specifier)


def is_needed(case: Case, keys: Sequence[WrittenKey]) -> bool:
    """Tell whether no smaller part of what was changed is enough."""
    for size in range(len(keys)):
        for part in combinations(keys, size):
            question = case.question
            for key in part:
                question = with_specifier(question, key, "")
            if World(case.universe, question).solutions():
                return False
    return True


def says_how_far(case: Case, index: int, specifier: str) -> bool:
    changed = with_specifier(case.question, RootKey(index), specifier)
    world = World(case.universe, changed)
    specifiers = changed.roots[index].requirement.specifier
    name = canonicalize_name(changed.roots[index].requirement.name)
    expected = answer(world)
    assert expected is not None
    finals = [candidate for candidate in world.candidates[name] if candidate.is_final]
    return all(
        fits(specifiers, candidate) or candidate.version < expected[name].version
        for candidate in finals
        if works(case, index, candidate)
    ) and all(
        works(case, index, candidate)
        for candidate in finals
        if fits(specifiers, candidate)
    )


def assert_override(case: Case, repair: Repair) -> None:
    """Resolve with the stamped wheels once more, and with a part of their changes."""
    expected = answer(World(with_wheels(case, repair.wheels), case.question))

    assert expected is not None
    chosen = {candidate.file for candidate in expected.values()}
    assert pins(repair.resolution) == files(expected)
    assert chosen.issuperset(repair.wheels)
    # A line that stands there twice is one.
    changed = {
        (file, text)
        for file, metadata in repair.wheels.items()
        for place, text in enumerate(original(case, file).requires_dist)
        if text != metadata.requires_dist[place]
    }
    # How far it goes back comes behind the kinds.
    back = repair.cost[-1]
    cost = cost_of([OVERRIDE] * len(changed), back)
    assert repair.cost in {cost, with_skipping(cost)}
    assert back >= 0
    for size in range(len(changed)):
        for part in combinations(changed, size):
            wheels = {
                file: part_of(original(case, file), metadata, file, part)
                for file, metadata in repair.wheels.items()
            }
            solutions = World(with_wheels(case, wheels), case.question).solutions()
            assert not any(
                {file.filename for file in wheels}
                <= {candidate.file.filename for candidate in solution.values()}
                for solution in solutions
            ), part


def original(case: Case, stamped: DistributionFile) -> FileMetadata:
    """Find the metadata of the release that a stamped wheel was made from."""
    base = re.sub(r"[.+]axle\.\d+$", "", stamped.version)
    page = case.universe.page_of[stamped.project]
    found = {
        case.universe.metadata_of[file.filename]
        for file in page.files
        if Version(file.version) == Version(base)
    }
    [metadata] = found
    assert isinstance(metadata, FileMetadata)
    return metadata


def part_of(
    old: FileMetadata,
    new: FileMetadata,
    file: DistributionFile,
    part: Collection[tuple[DistributionFile, str]],
) -> FileMetadata:
    texts = [
        new.requires_dist[place] if (file, text) in part else text
        for place, text in enumerate(old.requires_dist)
    ]
    return replace(old, requires_dist=tuple(texts))


def with_wheels(
    case: Case, wheels: Mapping[DistributionFile, FileMetadata]
) -> FrozenUniverse:
    pages = dict(case.universe.page_of)
    answers = dict(case.universe.metadata_of)
    for file, metadata in wheels.items():
        page = pages[file.project]
        assert page is not None
        pages[file.project] = replace(page, files=(*page.files, file))
        answers[file.filename] = metadata
    return FrozenUniverse(page_of=pages, metadata_of=answers)


def has_hidden_sdist(case: Case) -> bool:
    limit = case.question.limits.exclude_newer
    pages = case.universe.page_of.values()
    files = [file for page in pages for file in page.files]
    return limit is not None and any(
        file.kind == "sdist" and is_hidden(file, limit) for file in files
    )


def assert_lifted(case: Case, repair: Repair) -> None:
    """Lift the bans that a repair speaks of, by hand, and a part of them."""
    expected = answer(World(case.universe, lifted(case.question, repair.changes)))

    assert pins(repair.resolution) == files(expected)
    assert (repair.kind == "date") is (repair.cost[0] == LATER_DATE)
    for size in range(len(repair.changes)):
        for part in combinations(repair.changes, size):
            question = lifted(case.question, part)
            assert not World(case.universe, question).solutions(), part
    if any(change.startswith("--exclude-newer") for change in repair.changes):
        # All was read, so that nothing is left unsaid.
        assert DAY_BEFORE in repair.text
        assert_day_before(case, repair)


DAY_BEFORE = "(the day before does not work)"


def assert_day_before(case: Case, repair: Repair) -> None:
    earlier = [
        re.sub(r"\d{4}-.*", lambda day: the_day_before(day[0]), change)
        if change.startswith("--exclude-newer")
        else change
        for change in repair.changes
    ]
    question = lifted(case.question, earlier)
    assert not World(case.universe, question).solutions(), earlier


def ban_of(change: str) -> str:
    return "the date" if "--exclude-newer" in change else change


def the_day_before(day: str) -> str:
    return str(date.fromisoformat(day) - timedelta(days=1))


def lifted(question: Question, changes: Iterable[str]) -> Question:
    for change in changes:
        question = one_lifted(question, change)
    return question


def one_lifted(question: Question, change: str) -> Question:
    """Do what a change of a lift says."""
    limits = question.limits
    if change == "no --exclude-newer":
        limits = replace(limits, exclude_newer=None)
    elif change.startswith("--exclude-newer "):
        day = datetime.fromisoformat(change.split()[1]).replace(tzinfo=UTC)
        limits = replace(limits, exclude_newer=day + timedelta(days=1))
    elif change.startswith("no --only-binary"):
        project = canonicalize_name(change.rsplit(maxsplit=1)[-1])
        formats = limits.formats.without_limits(project)
        limits = replace(limits, formats=formats)
    elif " --hash=" in change:
        release, _, value = change.partition(" --hash=")
        project = canonicalize_name(release.partition("==")[0])
        return with_hash(question, project, value)
    elif change.startswith("an exception from the policy for "):
        name, _, version = change.rsplit(maxsplit=1)[-1].partition("==")
        exemption = Exemption(project=canonicalize_name(name), version=Version(version))
        exemptions = (*limits.policy.exemptions, exemption)
        policy = replace(limits.policy, exemptions=exemptions)
        limits = replace(limits, policy=policy)
    else:
        return replace(question, constraints=(*question.constraints, root(change)))
    return replace(question, limits=limits)


def with_hash(question: Question, project: NormalizedName, value: str) -> Question:
    roots, constraints = (
        tuple(
            replace(line, hashes=(*line.hashes, value))
            if canonicalize_name(line.requirement.name) == project and line.hashes
            else line
            for line in lines
        )
        for lines in (question.roots, question.constraints)
    )
    limits = replace(question.limits, hashes=hash_limits((*roots, *constraints)))
    return replace(question, roots=roots, constraints=constraints, limits=limits)


def works(case: Case, index: int, candidate: Candidate) -> bool:
    """Tell whether a root may have just this release."""
    requirement = case.question.roots[index].requirement
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    text = f"{requirement.name}{extras}=={candidate.version}"
    solutions = World(case.universe, with_root(case.question, index, text)).solutions()
    name = candidate.project
    return any(s[name].version == candidate.version for s in solutions)
