"""An independent look at an answer: packaging's own words, no masks, no solver.

It shares no code with the search, on purpose: what both say is believed. Every
resolution passes through it before anybody sees it. Source: RESOLVING.md 1.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.distribution import DistributionFile, FileMetadata
from axletree.resolver.markers import MarkerEvaluator
from axletree.resolver.model import Resolution
from axletree.resolver.question import Question


@cache
def _parsed(text: str) -> Requirement:
    """Parse a line once: most stand in many releases, and answers are many."""
    return Requirement(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFile:
    """One release of an answer, with the file and metadata it was chosen by."""

    version: Version
    file: DistributionFile
    metadata: FileMetadata
    finals: tuple[str, ...]
    """Final versions of the project with a usable, unyanked file, as spelled."""
    unyanked: tuple[str, ...]
    """All its versions with a usable, unyanked file, as spelled."""


@dataclass(slots=True)
class _Demands:
    """All requirements on one project that are in force."""

    specifiers: list[SpecifierSet] = field(default_factory=list)
    extras: set[NormalizedName] = field(default_factory=set)


def violations(
    question: Question, chosen: Mapping[NormalizedName, ChosenFile]
) -> tuple[str, ...]:
    """Say what is wrong with an answer; empty when it is a true solution.

    The answer must satisfy roots, constraints and every true line of what is chosen,
    hold nothing that none of them asks for, let no gated release in without a
    founded reason, and leave one patch release of Python for all files.
    """
    check = _Check(question, chosen, MarkerEvaluator(question.environment.markers))
    return tuple(check.run())


def unmet_requirements(
    metadata: FileMetadata, extras: Iterable[str], answer: Resolution
) -> tuple[str, ...]:
    """Return the requirements of one distribution that an answer does not satisfy.

    Only those count that are in force in the answer's environment with `extras`, as
    spelled in `metadata`. For a wheel whose requirements were not known beforehand.
    """
    evaluator = MarkerEvaluator(answer.environment.markers)
    pins = {pin.name: pin for pin in answer.pins}
    unmet = []
    for text in metadata.requires_dist:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is not None and not any(
            evaluator.is_true(marker, str(marker), extra) for extra in ("", *extras)
        ):
            continue
        pin = pins.get(canonicalize_name(requirement.name))
        if (
            pin is None
            or requirement.url is not None
            or not requirement.specifier.contains(pin.version, prereleases=True)
            or not set(map(canonicalize_name, requirement.extras)).issubset(pin.extras)
        ):
            unmet.append(text)
    return tuple(unmet)


@dataclass(slots=True)
class _Check:
    question: Question
    chosen: Mapping[NormalizedName, ChosenFile]
    evaluator: MarkerEvaluator
    demands: dict[NormalizedName, _Demands] = field(default_factory=dict)
    admitted: set[NormalizedName] = field(default_factory=set)
    parsed: dict[NormalizedName, tuple[Requirement, ...]] = field(default_factory=dict)

    def run(self) -> Iterator[str]:
        constrained = {
            canonicalize_name(c.requirement.name) for c in self.question.constraints
        }
        for constraint in self.question.constraints:
            self._demand(constraint.requirement)
        roots = self._edited((r.requirement for r in self.question.roots), None)
        required = dict.fromkeys(map(self._demand, roots))
        while self._admit(required):
            pass
        for name, demands in self.demands.items():
            if name in required or name not in constrained:
                yield from self._unmet(name, demands)
        for name in self.chosen:
            if name not in self.admitted:
                yield f"{name} is chosen, but nothing admitted asks for it"
        yield from self._addresses()
        yield from self._python()

    def _demand(self, requirement: Requirement) -> NormalizedName:
        name = canonicalize_name(requirement.name)
        demands = self.demands.setdefault(name, _Demands())
        demands.specifiers.append(requirement.specifier)
        demands.extras.update(map(canonicalize_name, requirement.extras))
        return name

    def _admit(self, required: dict[NormalizedName, None]) -> bool:
        """Admit what can be, and collect all demands anew; True if that was news."""
        before = (set(self.admitted), self._snapshot())
        for name in list(required):
            chosen = self.chosen.get(name)
            if chosen is None or not self._is_open(name, chosen):
                continue
            self.admitted.add(name)
            for requirement in self._true_lines(name, chosen):
                known = self.demands.setdefault(
                    canonicalize_name(requirement.name), _Demands()
                )
                if requirement.specifier not in known.specifiers:
                    known.specifiers.append(requirement.specifier)
                known.extras.update(map(canonicalize_name, requirement.extras))
                required[canonicalize_name(requirement.name)] = None
        return before != (self.admitted, self._snapshot())

    def _snapshot(self) -> list[tuple[NormalizedName, int, int]]:
        return [(n, len(d.specifiers), len(d.extras)) for n, d in self.demands.items()]

    def _true_lines(
        self, name: NormalizedName, chosen: ChosenFile
    ) -> Iterator[Requirement]:
        extras = {"", *self.demands[name].extras}
        if name not in self.parsed:
            lines = map(_parsed, chosen.metadata.requires_dist)
            self.parsed[name] = tuple(self._edited(lines, name))
        for requirement in self.parsed[name]:
            marker = requirement.marker
            if marker is None or any(
                self.evaluator.is_true(marker, str(marker), extra) for extra in extras
            ):
                yield requirement

    def _edited(
        self, requirements: Iterable[Requirement], requirer: NormalizedName | None
    ) -> Iterator[Requirement]:
        """Apply overrides and exclusions, by code of its own; roots have no requirer.

        To the roots, which come with theirs applied, a second time changes nothing.
        """
        edits = self.question.edits
        excluded = {exclusion.project for exclusion in edits.exclusions}
        for requirement in requirements:
            target = canonicalize_name(requirement.name)
            on_target = [o for o in edits.overrides if o.target == target]
            own = [o for o in on_target if o.requirer and o.requirer == requirer]
            in_force = own or [o for o in on_target if o.requirer is None]
            if target in excluded:
                continue
            if not in_force:
                yield requirement
                continue
            versions = ",".join(str(o.specifier) for o in in_force if o.specifier)
            extras = ",".join(sorted(requirement.extras))
            marker = f"; {requirement.marker}" if requirement.marker else ""
            yield Requirement(f"{requirement.name}[{extras}]{versions}{marker}")

    def _is_open(self, name: NormalizedName, chosen: ChosenFile) -> bool:
        specifiers = self.demands[name].specifiers
        if chosen.file.yanked is not None and (
            not any(_pins(specifier, chosen) for specifier in specifiers)
            or _has_fitting(specifiers, chosen.unyanked)
        ):
            return False
        if not chosen.version.is_prerelease or self.question.limits.allow_prereleases:
            return True
        return any(map(_opts_in, specifiers)) or not _has_fitting(
            specifiers, chosen.finals
        )

    def _unmet(self, name: NormalizedName, demands: _Demands) -> Iterator[str]:
        chosen = self.chosen.get(name)
        if chosen is None:
            yield f"{name} is required, but nothing of it is chosen"
            return
        for specifier in demands.specifiers:
            if not _admits(specifier, chosen):
                yield f"{name} {chosen.version} is chosen, but {specifier} is required"

    def _addresses(self) -> Iterator[str]:
        # Roots and constraints with an address are refused where they are read.
        for name in self.admitted:
            for requirement in self._true_lines(name, self.chosen[name]):
                if requirement.url is not None:
                    yield f"{name} asks for {requirement.name} by an address"

    def _python(self) -> Iterator[str]:
        environment = self.question.environment
        minor = ".".join(environment.python_version.split(".")[:2])
        texts = {
            text
            for chosen in self.chosen.values()
            if (text := chosen.file.requires_python or chosen.metadata.requires_python)
        }
        limits = [SpecifierSet(text) for text in texts if _is_specifier(text)]
        if not any(
            all(s.contains(f"{minor}.{patch}", prereleases=True) for s in limits)
            for patch in environment.patches
        ):
            yield f"no patch release of Python {minor} fits all chosen files"


def _has_fitting(specifiers: Iterable[SpecifierSet], versions: Iterable[str]) -> bool:
    return any(
        all(specifier.contains(version, prereleases=True) for specifier in specifiers)
        for version in versions
    )


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except ValueError:
        return False
    return True


def _admits(specifiers: SpecifierSet, chosen: ChosenFile) -> bool:
    # `===` compares the spelling; packaging compares it with a normalised version.
    return all(
        chosen.file.version.lower() == specifier.version.lower()
        if specifier.operator == "==="
        else specifier.contains(chosen.version, prereleases=True)
        for specifier in specifiers
    )


def _pins(specifiers: SpecifierSet, chosen: ChosenFile) -> bool:
    return any(
        specifier.operator in {"==", "==="}
        and not specifier.version.endswith(".*")
        and _admits(SpecifierSet(str(specifier)), chosen)
        for specifier in specifiers
    )


def _opts_in(specifiers: SpecifierSet) -> bool:
    return any(
        specifier.operator in {"==", "===", "~=", ">=", ">"}
        and _names_prerelease(specifier.version)
        for specifier in specifiers
    )


def _names_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except ValueError:
        return False
