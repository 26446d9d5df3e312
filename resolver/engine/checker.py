"""An independent look at an answer: packaging's own words, no masks, no solver.

It shares no code with the search, on purpose: what both say is believed. Every
resolution passes through it before anybody sees it. Source: RESOLVING.md 1.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Self

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.foreign_text import (
    parsed_requirement,
    read_requirement,
    read_specifiers,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.question import Question


@dataclass(frozen=True, slots=True)
class _Line:
    """A requirement with what is asked of it again and again."""

    requirement: Requirement
    target: NormalizedName
    extras: frozenset[NormalizedName]
    specifier: str
    marker: str

    @classmethod
    def of(cls, requirement: Requirement) -> Self:
        return cls(
            requirement,
            canonicalize_name(requirement.name),
            frozenset(map(canonicalize_name, requirement.extras)),
            str(requirement.specifier),
            str(requirement.marker or ""),
        )


@cache
def _parsed(text: str) -> _Line:
    """Parse a line once: most stand in many releases, and answers are many."""
    return _Line.of(parsed_requirement(text))


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

    by_text: dict[str, SpecifierSet] = field(default_factory=dict)
    extras: set[NormalizedName] = field(default_factory=set)

    @property
    def specifiers(self) -> Iterable[SpecifierSet]:
        """Return each once."""
        return self.by_text.values()

    def add(self, line: _Line) -> None:
        """Take one more into account."""
        self.by_text.setdefault(line.specifier, line.requirement.specifier)
        self.extras |= line.extras


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
        try:
            requirement = read_requirement(text)
        except InvalidRequirement:
            unmet.append(text)
            continue
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
    lines: dict[NormalizedName, tuple[_Line, ...]] = field(default_factory=dict)
    taken: dict[NormalizedName, int] = field(default_factory=dict)
    """How many extras were asked for when an admitted release's lines were taken."""

    def run(self) -> Iterator[str]:
        constrained = {
            canonicalize_name(c.requirement.name) for c in self.question.constraints
        }
        for constraint in self.question.constraints:
            self._demand(_Line.of(constraint.requirement))
        written = (_Line.of(root.requirement) for root in self.question.roots)
        required = dict.fromkeys(map(self._demand, self._edited(written, None)))
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

    def _demand(self, line: _Line) -> NormalizedName:
        self.demands.setdefault(line.target, _Demands()).add(line)
        return line.target

    def _admit(self, required: dict[NormalizedName, None]) -> bool:
        """Admit what can be, and take its lines; True if that was news."""
        is_news = False
        for name in list(required):
            chosen = self.chosen.get(name)
            if chosen is None or not self._is_open(name, chosen):
                continue
            self.admitted.add(name)
            extras = len(self.demands[name].extras)
            if self.taken.get(name) != extras:
                self.taken[name] = extras
                is_news = True
                for line in self._true_lines(name, chosen):
                    required[self._demand(line)] = None
        return is_news

    def _true_lines(self, name: NormalizedName, chosen: ChosenFile) -> Iterator[_Line]:
        extras = ("", *self.demands[name].extras)
        if name not in self.lines:
            parsed = map(_parsed, chosen.metadata.requires_dist)
            self.lines[name] = tuple(self._edited(parsed, name))
        for line in self.lines[name]:
            marker = line.requirement.marker
            if marker is None or any(
                self.evaluator.is_true(marker, line.marker, extra) for extra in extras
            ):
                yield line

    def _edited(
        self, lines: Iterable[_Line], requirer: NormalizedName | None
    ) -> Iterator[_Line]:
        """Apply overrides and exclusions, by code of its own; roots have no requirer.

        To the roots, which come with theirs applied, a second time changes nothing.
        """
        edits = self.question.edits
        excluded = {exclusion.project for exclusion in edits.exclusions}
        for line in lines:
            on_target = [o for o in edits.overrides if o.target == line.target]
            own = [o for o in on_target if o.requirer and o.requirer == requirer]
            in_force = own or [o for o in on_target if o.requirer is None]
            if line.target in excluded:
                continue
            if not in_force:
                yield line
                continue
            versions = ",".join(str(o.specifier) for o in in_force if o.specifier)
            name, extras = line.requirement.name, ",".join(sorted(line.extras))
            marker = f"; {line.marker}" if line.marker else ""
            yield _Line.of(Requirement(f"{name}[{extras}]{versions}{marker}"))

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
            for line in self._true_lines(name, self.chosen[name]):
                if line.requirement.url is not None:
                    yield f"{name} asks for {line.requirement.name} by an address"

    def _python(self) -> Iterator[str]:
        environment = self.question.environment
        minor = ".".join(environment.python_version.split(".")[:2])
        texts = {
            text
            for chosen in self.chosen.values()
            if (text := chosen.file.requires_python or chosen.metadata.requires_python)
        }
        limits = [read_specifiers(text) for text in texts if _is_specifier(text)]
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
        read_specifiers(text)
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
