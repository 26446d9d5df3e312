"""What packaging says of an answer, for the independent checker.

No masks and no solver: specifiers, versions and markers as they stand in the files.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Self

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.checker import Check, Line
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.foreign_text import (
    parsed_requirement,
    read_requirement,
    read_specifiers,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement, by_address
from axletree.resolver.model.spelling import MARK
from axletree.resolver.universe.verdicts import admits, opts_in


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
    """Parse a line once: most stand in many releases, and answers are many.

    One of old metadata fits no version, unless an override gives it others.
    """
    try:
        return _Line.of(parsed_requirement(text))
    except InvalidRequirement:
        head, _, marker = text.partition(";")
        named = re.split(r"[\s(<>=!~]", head.strip(), maxsplit=1)[0]
        return _Line.of(Requirement(f"{named}===none{marker and f'; {marker}'}"))


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


def violations(
    question: Question, chosen: Mapping[NormalizedName, ChosenFile], micro: int
) -> tuple[str, ...]:
    """Say what is wrong with an answer; empty when it is a true solution.

    :param micro: the patch release of Python at which it is looked at.
    """
    return tuple(Check(_Files(question, chosen, micro), chosen).run())


def violations_anywhere(
    question: Question, chosen: Mapping[NormalizedName, ChosenFile]
) -> tuple[str, ...]:
    """Say it of an answer that need only be one for some patch release of Python.

    :returns: what is wrong at the newest, if it is wrong at all of them.
    """
    at_newest: tuple[str, ...] | None = None
    for micro in reversed(question.environment.micros):
        wrong = violations(question, chosen, micro)
        if not wrong:
            return ()
        at_newest = at_newest or wrong
    return at_newest or ()


def requirements_in_force(
    metadata: FileMetadata, extras: Iterable[str], answer: Resolution
) -> Iterator[tuple[str, Requirement | None]]:
    """Yield the requirements of one distribution that hold where an answer holds.

    :param extras: as spelled in `metadata`.
    :returns: each with its text; None: it cannot be read.
    """
    evaluator = _evaluator(answer.environment, answer.environment.micros[-1])
    asked = ("", *extras)
    for text in metadata.requires_dist:
        try:
            requirement = read_requirement(text)
        except InvalidRequirement:
            yield text, None
            continue
        marker = requirement.marker
        if marker is None or any(
            evaluator.is_true(marker, str(marker), extra) for extra in asked
        ):
            yield text, requirement


def unmet_requirements(
    metadata: FileMetadata, extras: Iterable[str], answer: Resolution
) -> tuple[str, ...]:
    """Return the requirements of one distribution that an answer does not satisfy.

    Only those count that are in force. For a wheel whose requirements were not known
    beforehand.
    """
    pins = {pin.name: pin for pin in answer.pins}
    unmet = []
    for text, requirement in requirements_in_force(metadata, extras, answer):
        pin = pins.get(canonicalize_name(requirement.name)) if requirement else None
        if (
            pin is None
            or requirement is None
            or requirement.url is not None
            or not requirement.specifier.contains(pin.version, prereleases=True)
            or not set(map(canonicalize_name, requirement.extras)).issubset(pin.extras)
        ):
            unmet.append(text)
    return tuple(unmet)


class _Files:
    """What packaging says now of the files that were chosen."""

    def __init__(
        self,
        question: Question,
        chosen: Mapping[NormalizedName, ChosenFile],
        micro: int,
    ) -> None:
        self._question = question
        self._micro = micro
        self._chosen: Mapping[str, ChosenFile] = {str(n): c for n, c in chosen.items()}
        self._evaluator = _evaluator(question.environment, micro)
        self._lines: dict[str, tuple[_Line, ...]] = {}

    @property
    def allow_prereleases(self) -> bool:
        """Tell whether all pre-releases are let in."""
        return self._question.limits.allow_prereleases

    def roots(self) -> Iterable[Line]:
        """Return what is asked for, with the overrides that `ask` gave it.

        What `why` supposes is a root that no override changes.
        """
        return self._in_force(self._question.roots)

    def constraints(self) -> Iterable[Line]:
        """Return what limits and asks for nothing."""
        return self._in_force(self._question.constraints)

    def _in_force(self, asked: Iterable[RootRequirement]) -> Iterator[Line]:
        for each in asked:
            marker = each.requirement.marker
            if marker is None or self._evaluator.is_true(marker, str(marker), ""):
                yield _as_asked(each)

    def lines(self, name: str, extras: Iterable[str]) -> Iterable[Line]:
        """Return what a chosen release requires, with some of its extras."""
        if name not in self._lines:
            parsed = map(_parsed, self._chosen[name].metadata.requires_dist)
            self._lines[name] = tuple(self._edited(parsed, name))
        for line in self._lines[name]:
            marker = line.requirement.marker
            if marker is None or any(
                self._evaluator.is_true(marker, line.marker, extra)
                for extra in ("", *extras)
            ):
                yield self._as_line(line)

    def version(self, name: str) -> str:
        """Spell the chosen version."""
        return str(self._chosen[name].version)

    def fits(self, name: str, specifier: str) -> bool:
        """Tell whether a specifier admits the chosen version."""
        file = self._chosen[name].file
        if specifier.startswith(MARK):
            # Only what came from there.
            return file.address is not None and file.address.specifier == specifier
        return admits(_specifiers(specifier), file.version)

    def is_pinned(self, name: str, specifier: str) -> bool:
        """Tell whether the chosen version is pinned by a part of a specifier."""
        return not specifier.startswith(MARK) and any(
            each.operator in {"==", "==="}
            and not each.version.endswith(".*")
            and admits(SpecifierSet(str(each)), self._chosen[name].file.version)
            for each in _specifiers(specifier)
        )

    def opts_in(self, specifier: str) -> bool:
        """Tell whether a specifier names a pre-release as pin or lower bound."""
        return not specifier.startswith(MARK) and opts_in(_specifiers(specifier))

    def is_yanked(self, name: str) -> bool:
        """Tell whether the chosen file is yanked."""
        return self._chosen[name].file.yanked is not None

    def is_prerelease(self, name: str) -> bool:
        """Tell whether the chosen version is a pre-release."""
        return self._chosen[name].version.is_prerelease

    def has_fitting(
        self, name: str, specifiers: Collection[str], *, finals_only: bool
    ) -> bool:
        """Tell whether some version with a usable, unyanked file fits."""
        chosen = self._chosen[name]
        if any(each.startswith(MARK) for each in specifiers):
            # Nothing but the chosen file itself can.
            return not (finals_only and chosen.version.is_prerelease)
        return any(
            all(admits(_specifiers(specifier), version) for specifier in specifiers)
            for version in (chosen.finals if finals_only else chosen.unyanked)
        )

    def without_python(self) -> str:
        """Name the Python that is looked at, if not all that is chosen is for it."""
        environment = self._question.environment
        texts = {
            text
            for chosen in self._chosen.values()
            if (text := chosen.file.requires_python or chosen.metadata.requires_python)
        }
        limits = [read_specifiers(text) for text in texts if _is_specifier(text)]
        python = f"{environment.minor}.{self._micro}"
        is_fit = all(s.contains(python, prereleases=True) for s in limits)
        return "" if is_fit else python

    def _as_line(self, line: _Line) -> Line:
        url = line.requirement.url
        if url is None:
            return Line(line.target, line.specifier, line.extras)
        asked = by_address(line.requirement, self._question.limits.addresses)
        return Line(line.target, asked or "", line.extras, has_address=asked is None)

    def _edited(self, lines: Iterable[_Line], requirer: str) -> Iterator[_Line]:
        """Apply overrides and exclusions, by code of its own."""
        changes = self._question.changes
        excluded = {exclusion.project for exclusion in changes.exclusions}
        for line in lines:
            on_target = [o for o in changes.overrides if o.target == line.target]
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


def _evaluator(environment: Environment, micro: int) -> MarkerEvaluator:
    return MarkerEvaluator(replace(environment, micros=(micro,)))


@cache
def _specifiers(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def _as_asked(root: RootRequirement) -> Line:
    line = _Line.of(root.requirement)
    return Line(line.target, root.specifier, line.extras)


def _is_specifier(text: str) -> bool:
    try:
        read_specifiers(text)
    except ValueError:
        return False
    return True
