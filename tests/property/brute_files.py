"""Which files fall away, and what may be chosen of each release: naive, as the text says.

By RESOLVING.md 1. It shares no code with the engine, only value types and packaging.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Literal, TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import FrozenUniverse


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A release with the file that would be installed."""

    project: NormalizedName
    version: Version
    file: DistributionFile
    lines: tuple[Requirement, ...]
    micros: frozenset[int]
    """Patch releases of Python that the file admits."""

    def __repr__(self) -> str:
        return f"{self.file.filename}{'!' if self.is_yanked else ''}"

    @property
    def is_yanked(self) -> bool:
        return self.file.yanked is not None

    @property
    def is_final(self) -> bool:
        """Tell whether it can keep the gate of pre-releases shut."""
        return not self.version.is_prerelease and not self.is_yanked


FallenReason: TypeAlias = Literal[
    "no-time",
    "date",
    "tag",
    "binary-policy",
    "requires-python",
    "metadata",
    "hash",
    "policy",
]


def fits(specifiers: SpecifierSet, candidate: Candidate) -> bool:
    """Tell whether all specifiers admit a candidate; gates are not looked at."""
    return all(fits_one(specifier, candidate) for specifier in specifiers)


def fits_one(specifier: Specifier, candidate: Candidate) -> bool:
    """Tell whether one specifier admits a candidate."""
    if specifier.operator == "===":
        return specifier.version.lower() == candidate.file.version.lower()
    return specifier.contains(candidate.version, prereleases=True)


def edited(
    question: Question, lines: Iterable[Requirement], requirer: str | None
) -> Iterator[Requirement]:
    """Exchange versions, and drop what is excluded; None stands for the user."""
    changes = question.changes
    for line in lines:
        target = canonicalize_name(line.name)
        for scope in (requirer, None):
            texts = [
                str(override.specifier)
                for override in changes.overrides
                if (override.requirer, override.target) == (scope, target)
            ]
            if texts:
                line.specifier = SpecifierSet(",".join(filter(None, texts)))
                line.url = None
                break
        if target not in {exclusion.project for exclusion in changes.exclusions}:
            yield line


class Files:
    """The files of a universe as one question sees them."""

    def __init__(self, universe: FrozenUniverse, question: Question) -> None:
        self.universe = universe
        self.question = question
        listed = question.environment.tags
        self._place_of = {tag: place for place, tag in enumerate(listed)}

    def candidates(self, files: Iterable[DistributionFile]) -> list[Candidate]:
        """List one candidate for each release: newest first, yanked last."""
        releases: dict[Version, list[DistributionFile]] = {}
        for file in files:
            try:
                releases.setdefault(Version(file.version), []).append(file)
            except InvalidVersion:
                continue
        found = [
            candidate
            for version, listed in releases.items()
            if (candidate := self._candidate(version, listed)) is not None
        ]
        found.sort(key=lambda candidate: candidate.version, reverse=True)
        return sorted(found, key=lambda candidate: candidate.is_yanked)

    def _candidate(
        self, version: Version, files: Iterable[DistributionFile]
    ) -> Candidate | None:
        left = [file for file in files if not self.reasons(file)]
        # A yanked file falls away while another of its release is left.
        best = min(
            left, key=lambda f: (f.yanked is not None, self._rank(f)), default=None
        )
        return None if best is None else self.candidate(version, best)

    def candidate(self, version: Version, file: DistributionFile) -> Candidate:
        """Make a candidate of a file; one without valid metadata has no lines."""
        metadata = self.universe.metadata_of.get(file.filename)
        lines: tuple[Requirement, ...] = ()
        micros = self.micros(self._requires_python(file))
        # A file that its own metadata's Python excludes stands for an invalid one.
        is_read = bool(micros or file.requires_python) and not self._is_invalid(file)
        if isinstance(metadata, FileMetadata) and is_read:
            lines = tuple(map(Requirement, metadata.requires_dist))
            lines = tuple(edited(self.question, lines, file.project))
        return Candidate(
            project=file.project,
            version=version,
            file=file,
            lines=lines,
            micros=micros,
        )

    def reasons(self, file: DistributionFile) -> frozenset[FallenReason]:
        """Name all reasons why a file falls away, yanks apart."""
        limits = self.question.limits
        time, limit = file.upload_time, limits.exclude_newer
        allows = (
            limits.formats.allows_sdist
            if file.kind == "sdist"
            else limits.formats.allows_wheel
        )
        found: dict[FallenReason, bool] = {
            "no-time": limit is not None and time is None,
            "date": limit is not None and time is not None and time >= limit,
            "tag": file.kind == "wheel" and not self._tag_places(file),
            "binary-policy": not allows(file.project),
            "requires-python": not self.micros(self._requires_python(file)),
            "metadata": self._is_invalid(file),
            "hash": self._is_unlisted(file),
            "policy": self._is_refused(file),
        }
        return frozenset(reason for reason, is_given in found.items() if is_given)

    def has_time(self, name: str) -> bool:
        """Tell whether all files that a project's page lets through have a time."""
        page = self.universe.page_of.get(canonicalize_name(name))
        return page is None or all(
            file.upload_time is not None
            for file in page.files
            if _is_version(file.version)
            and self.reasons(file) <= {"metadata", "requires-python"}
            and self.micros(file.requires_python)
        )

    def _is_unlisted(self, file: DistributionFile) -> bool:
        """Tell whether a line gives hashes of the project, but none of this file.

        A kind of hash that nobody gives of the file tells nothing.
        """
        lines = (*self.question.roots, *self.question.constraints)
        given = [
            [value.lower() for value in line.hashes]
            for line in lines
            if canonicalize_name(line.requirement.name) == file.project and line.hashes
        ]
        own = [f"{kind}:{digest}" for kind, digest in file.hashes.items()]
        known = [
            listed
            for listed in given
            if all(value.split(":")[0] in file.hashes for value in listed)
        ]
        return not all(any(value in listed for value in own) for listed in known)

    def _is_refused(self, file: DistributionFile) -> bool:
        policy = self.question.limits.policy
        for exemption in policy.exemptions:
            if (exemption.project, exemption.version) == (
                file.project,
                Version(file.version),
            ):
                return False
        if any(
            file.upload_time is None or age.now - file.upload_time < age.age
            for age in policy.minimum_ages
        ):
            return True
        release = Candidate(
            project=file.project,
            version=Version(file.version),
            file=file,
            lines=(),
            micros=frozenset(),
        )
        return any(
            block.project == file.project and fits(block.specifier, release)
            for block in policy.blocked
        )

    def _requires_python(self, file: DistributionFile) -> str | None:
        """Return the page's word, or that of valid metadata."""
        if file.requires_python or self._is_invalid(file):
            return file.requires_python
        metadata = self.universe.metadata_of[file.filename]
        return metadata.requires_python if isinstance(metadata, FileMetadata) else None

    def _is_invalid(self, file: DistributionFile) -> bool:
        metadata = self.universe.metadata_of.get(file.filename)
        return not isinstance(metadata, FileMetadata) or not all(
            map(_is_requirement, metadata.requires_dist)
        )

    def micros(self, text: str | None) -> frozenset[int]:
        """Give the patch releases of Python that a Requires-Python admits."""
        environment = self.question.environment
        minor = tuple(environment.python_version.split(".")[:2])
        return _micros(text or "", minor, frozenset(environment.micros))

    def _tag_places(self, file: DistributionFile) -> list[int]:
        pythons, abis, platforms = (part.split(".") for part in file.tag.split("-"))
        tags = ("-".join(parts) for parts in product(pythons, abis, platforms))
        return [self._place_of[tag] for tag in tags if tag in self._place_of]

    def _rank(self, file: DistributionFile) -> tuple[int, int, int, str]:
        """Order files: best tag, then highest build tag, sdist last."""
        if file.kind == "sdist":
            return (1, 0, 0, file.filename)
        digits = "".join(c for c in file.build if c.isdigit())
        best = min(self._tag_places(file))
        return (0, best, -int(digits or -1), file.filename)


@cache
def _micros(
    text: str, minor: tuple[str, ...], everything: frozenset[int]
) -> frozenset[int]:
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return everything  # limits nothing, as in pip
    return frozenset(
        micro
        for micro in everything
        if specifiers.contains(".".join((*minor, str(micro))), prereleases=True)
    )


@cache
def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
