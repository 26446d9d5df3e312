"""Which answer by RESOLVING.md 2, once more: it looks every candidate up.

Like brute_force.py it shares no code with the engine.
"""

from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from tests.property.brute_files import Candidate, fits
from tests.property.brute_force import Choice, Demands, World, true_lines


def answer(world: World) -> dict[NormalizedName, Candidate] | None:
    """Follow the rule; None if there is no solution."""
    found = answer_for(world)
    return None if found is None else found[1]


def answer_for(world: World) -> tuple[World, dict[NormalizedName, Candidate]] | None:
    """Follow the rule; Python is decided before all others, its newest first.

    :returns: the answer with the world of its Python.
    """
    solutions = {each: each.solutions() for each in world.pythons()}
    if world.question.prefer == "balanced":
        vectors = [
            lag_vector(world, s) for listed in solutions.values() for s in listed
        ]
        solutions = {
            each: [s for s in listed if lag_vector(world, s) == min(vectors)]
            for each, listed in solutions.items()
        }
    for each, listed in solutions.items():
        if listed:
            return each, _Rule(each, listed).run()
    return None


def held_for(world: World, found: Choice) -> list[int]:
    """List the patch releases for which an answer is what it is for one of them.

    :param world: that of the one.
    """
    held = []
    # What is chosen for the sake of a marker may not be required elsewhere at all.
    extras = {name: demand.extras for name, demand in world.demands(found).items()}
    for micro in world.question.environment.micros:
        other = World(world.universe, world.question, micro)
        are_alike = all(
            _is_true(line, extras[name], other) is _is_true(line, extras[name], world)
            for name, candidate in found.items()
            for line in candidate.lines
        ) and all(
            other.holds(asked.requirement, "") is world.holds(asked.requirement, "")
            for asked in (*world.question.roots, *world.question.constraints)
        )
        if are_alike and all(micro in c.micros for c in found.values()):
            held.append(micro)
    return held


def _is_true(line: Requirement, extras: Iterable[str], world: World) -> bool:
    """Tell whether the base or any extra makes a line true; which one is no matter."""
    return any(world.holds(line, extra) for extra in ("", *extras))


def lag_vector(world: World, solution: Choice) -> list[int]:
    """Return the lags of the roots, largest first."""
    roots = {canonicalize_name(r.requirement.name) for r in world.question.roots}
    lags = [lag(world, solution[name]) for name in roots if name in solution]
    # What no root asks for, for this patch release of Python, lags not at all.
    return sorted((*lags, *[0] * (len(roots) - len(lags))), reverse=True)


def lag(world: World, chosen: Candidate) -> int:
    """Count the days, or else the releases, that a root is behind."""
    asked = [*world.question.roots, *world.question.constraints]
    named = [
        a
        for a in asked
        if canonicalize_name(a.requirement.name) == chosen.project
        and "full_version" not in str(a.requirement.marker)
    ]
    finals = [
        candidate
        for candidate in world.candidates[chosen.project]
        if candidate.is_final
        and all(fits(a.requirement.specifier, candidate) for a in named)
    ]
    newer = [final for final in finals if final.version > chosen.version]
    if not newer:
        return 0
    if not all(
        map(world.files.has_time, (r.requirement.name for r in world.question.roots))
    ):
        return len(newer)
    newest = max(newer, key=lambda candidate: candidate.version)
    now, then = newest.file.upload_time, chosen.file.upload_time
    assert now is not None
    assert then is not None
    return max(0, (now - then).days)


class _Rule:
    def __init__(self, world: World, solutions: list[Choice]) -> None:
        self.world = world
        self.solutions = solutions
        self.line: list[NormalizedName] = []
        self.decided: dict[NormalizedName, Candidate] = {}
        self.asked: dict[NormalizedName, list[str]] = {}

    def run(self) -> dict[NormalizedName, Candidate]:
        for root in self.world.question.roots:
            if self.world.holds(root.requirement, ""):
                self.ask(root.requirement)
        while self.line:
            name = self.turn()
            self.decided[name] = self.version(name)
            self.line.remove(name)
            self.append_lines(name)
        return self.decided

    def turn(self) -> NormalizedName:
        """Requirers first: the first that no other waiting project's front requires."""
        for name in self.line:
            others = [other for other in self.line if other != name]
            if not any(name in self.front_requires(other) for other in others):
                return name
        return self.line[0]

    def order(self, name: NormalizedName) -> tuple[list[Candidate], list[Candidate]]:
        """List the candidates whose gates are open, and those with a shut one."""
        specifiers = self.in_force(name)
        candidates = self.world.candidates.get(name, [])
        opened = [c for c in candidates if self.world.is_open(c, specifiers)]
        preferred = self.world.question.preferences.get(name)
        # Sorting is stable: what is not preferred stays in its order.
        opened.sort(key=lambda candidate: candidate.version != preferred)
        return opened, [c for c in candidates if c not in opened]

    def in_force(self, name: NormalizedName) -> list[SpecifierSet]:
        return self.world.demands(self.decided).get(name, Demands()).specifiers

    def front_requires(self, name: NormalizedName) -> set[NormalizedName]:
        specifiers = self.in_force(name)
        for candidate in self.order(name)[0]:
            if all(fits(specifier, candidate) for specifier in specifiers):
                lines = true_lines(candidate, self.asked[name], self.world)
                return {canonicalize_name(line.name) for line in lines}
        return set()

    def version(self, name: NormalizedName) -> Candidate:
        opened, shut = self.order(name)
        for candidate in [*opened, *shut]:
            wanted = {**self.decided, name: candidate}
            if any(wanted.items() <= solution.items() for solution in self.solutions):
                return candidate
        message = f"no solution is left at {name}"
        raise AssertionError(message)

    # The waiting line.

    def ask(self, requirement: Requirement) -> list[tuple[NormalizedName, str]]:
        """Line a project up; return its new extras if it is decided already."""
        name = canonicalize_name(requirement.name)
        if name not in self.line and name not in self.decided:
            self.line.append(name)
        asked = self.asked.setdefault(name, [])
        new = [
            e
            for e in sorted(map(canonicalize_name, requirement.extras))
            if e not in asked
        ]
        asked.extend(new)
        return [(name, extra) for extra in new] if name in self.decided else []

    def append_lines(self, name: NormalizedName) -> None:
        later: list[tuple[NormalizedName, str]] = []
        for line in true_lines(self.decided[name], list(self.asked[name]), self.world):
            later += self.ask(line)
        while later:
            project, extra = later.pop(0)
            candidate = self.decided[project]
            for line in candidate.lines:
                if self.world.holds(line, extra):
                    later += self.ask(line)
