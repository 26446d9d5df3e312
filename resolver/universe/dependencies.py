"""The requirement lines of one file, parsed for one environment."""

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from functools import cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.old_requirements import (
    LAST_PIP,
    read_old,
)
from axletree.resolver.inputs.requirement_text import shorten
from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.model.foreign_text import parsed_requirement
from axletree.resolver.model.markers import MarkerEvaluator, names_patch
from axletree.resolver.model.overrides import (
    Changes,
    overridden,
)
from axletree.resolver.model.requirements import Override
from axletree.resolver.model.spelling import spell_demand


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLine:
    """One Requires-Dist, parsed once for all files that have it."""

    text: str
    """As METADATA has it."""
    requirement: Requirement
    """What is in force: with the versions of `overrides`, if there are any."""
    target: NormalizedName
    versions: str
    """The specifier, spelled once."""
    extras: tuple[NormalizedName, ...]
    marker_text: str
    """Empty without a marker."""
    names_extra: bool
    names_patch: bool
    """Its marker tells patch releases of Python apart."""
    overrides: tuple[Override, ...] = ()
    """Those that gave the requirement its versions."""

    @property
    def specifier(self) -> SpecifierSet:
        """Return the versions asked for."""
        return self.requirement.specifier

    @property
    def demand(self) -> str:
        """Spell the requirement without its marker."""
        url = f" @ {self.requirement.url}" if self.requirement.url else ""
        return spell_demand(self.target, self.extras, map(str, self.specifier)) + url


@cache
def _parse_line(text: str) -> ParsedLine | UnusableMetadata:
    try:
        requirement = parsed_requirement(text)
    except InvalidRequirement:
        old = f"; {LAST_PIP}" if read_old(text) is not None else ""
        reason = f"its metadata has a line that is not a requirement: {shorten(text)!r}"
        return UnusableMetadata(reason=f"{reason}{old}")
    return _parsed_line(text, requirement)


def _parsed_line(text: str, requirement: Requirement) -> ParsedLine:
    marker_text = str(requirement.marker) if requirement.marker else ""
    return ParsedLine(
        text=text,
        requirement=requirement,
        target=canonicalize_name(requirement.name),
        versions=str(requirement.specifier),
        extras=tuple(sorted(map(canonicalize_name, requirement.extras))),
        marker_text=marker_text,
        names_extra="extra" in marker_text,
        names_patch=names_patch(marker_text),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What a file requires in one environment."""

    requires_python: str | None
    _lines: tuple[ParsedLine, ...]
    _evaluator: MarkerEvaluator
    _provided: frozenset[NormalizedName]
    _active: dict[
        tuple[frozenset[NormalizedName], int | None], tuple[ParsedLine, ...]
    ] = field(default_factory=dict)

    @property
    def all_lines(self) -> tuple[ParsedLine, ...]:
        """Return every line, whatever its marker says."""
        return self._lines

    def lines(
        self,
        extras: frozenset[NormalizedName] = frozenset(),
        *,
        among: int | None = None,
    ) -> tuple[ParsedLine, ...]:
        """Return the lines true for the base or any of `extras`, in their order.

        :param among: mask of patch releases of Python, for one of which a line must be
            true; None: of all.
        """
        known = self._active.get((extras, among))
        if known is None:
            mask = self._evaluator.everything if among is None else among
            known = self._active[extras, among] = tuple(
                line for line in self._lines if self.micros(line, extras) & mask
            )
        return known

    def certain_lines(self) -> tuple[ParsedLine, ...]:
        """Return the lines of the base that are true for every patch release."""
        everything = self._evaluator.everything
        return tuple(line for line in self._lines if self.micros(line) == everything)

    def extra_lines(self, extra: NormalizedName) -> tuple[ParsedLine, ...]:
        """Return the lines that `extra` adds to those of the base."""
        return tuple(
            line
            for line in self._lines
            if line.names_extra and self.micros(line, (extra,)) & ~self.micros(line)
        )

    def micros(self, line: ParsedLine, extras: Iterable[NormalizedName] = ()) -> int:
        """Return the patch releases of Python for which a line is true.

        :param extras: with the base, or with one of these.
        """
        marker, text = line.requirement.marker, line.marker_text
        if marker is None:
            return self._evaluator.everything
        found = self._evaluator.micros(marker, text)
        for extra in extras if line.names_extra else ():
            found |= self._evaluator.micros(marker, text, extra)
        return found

    @property
    def provided(self) -> frozenset[NormalizedName]:
        """Return the extras that the metadata declares."""
        return self._provided

    def provides(self, extra: NormalizedName) -> bool:
        """Tell whether the metadata declares an extra."""
        return extra in self._provided


@dataclass(frozen=True, slots=True, eq=False)
class OddExtras:
    """The extras that make a line true whose marker does not simply name them."""

    found: Dependencies
    line: ParsedLine
    micros: int
    """Patch releases of Python, between which there is no difference."""

    def __contains__(self, extra: object) -> bool:
        """Evaluate the marker."""
        if not isinstance(extra, str):
            return False
        micros = self.found.micros(self.line, (NormalizedName(extra),))
        return micros & self.micros != 0


def parse_dependencies(
    metadata: FileMetadata,
    evaluator: MarkerEvaluator,
    changes: Changes,
    project: NormalizedName | None = None,
) -> Dependencies | UnusableMetadata:
    """Parse all lines; one that is no requirement makes the file unusable.

    :param changes: what the user changes in the lines.
    :param project: whose lines they are, for the overrides of just its lines.
    """
    since = metadata.unpacked_since
    if since is not None and not evaluator.is_since(since):
        return UnusableMetadata(
            reason=f"it is packed so that no pip before Python {since} unpacks it"
        )
    lines: list[ParsedLine] = []
    for text in metadata.requires_dist:
        line = _parse_line(text)
        if isinstance(line, UnusableMetadata):
            mended = _mended(text, changes, project)
            if mended is None:
                return line
            line = mended
        if line.target not in changes.excluded:
            lines.append(_edit(line, changes.of(project, line.target)))
    return Dependencies(
        requires_python=metadata.requires_python,
        _lines=tuple(lines),
        _evaluator=evaluator,
        _provided=frozenset(map(canonicalize_name, metadata.provides_extra)),
    )


def _mended(
    text: str, changes: Changes, project: NormalizedName | None
) -> ParsedLine | None:
    """Read a line of old metadata whose versions the user exchanges, or drops."""
    old = read_old(text)
    if old is None:
        return None
    target = canonicalize_name(old.requirement.name)
    if target not in changes.excluded and not changes.of(project, target):
        return None
    return _parsed_line(text, old.requirement)


def _edit(line: ParsedLine, overrides: tuple[Override, ...]) -> ParsedLine:
    if not overrides:
        return line
    changed = overridden(line.requirement, overrides)
    versions = str(changed.specifier)
    return replace(line, requirement=changed, versions=versions, overrides=overrides)


def targets(lines: Iterable[ParsedLine]) -> Iterator[NormalizedName]:
    """Yield the projects that lines name, each as often as it is named."""
    return (line.target for line in lines)
