"""What a repair claims that relaxes roots and constraints, by brute force."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.answers import (
    Repair,
)
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    RootKey,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.proving import (
    WrittenKey,
    with_specifier,
    written,
)
from tests.property.asking import files, pins
from tests.property.brute_files import Candidate, fits
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case, with_root


def with_edits(
    question: Question, keys: Sequence[WrittenKey], repair: Repair
) -> Question:
    for key, edit in zip(keys, repair.edits, strict=True):
        question = with_specifier(question, key, specifier_of(edit.new))
    return question


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
            if not world.files.reasons(file)
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


def works(case: Case, index: int, candidate: Candidate) -> bool:
    """Tell whether a root may have just this release."""
    requirement = case.question.roots[index].requirement
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    text = f"{requirement.name}{extras}=={candidate.version}"
    solutions = World(case.universe, with_root(case.question, index, text)).solutions()
    name = candidate.project
    return any(s[name].version == candidate.version for s in solutions)
