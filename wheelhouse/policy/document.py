"""A policy's file: TOML in, rules out, or all that is wrong with it at once.

docs/schema/policy.schema.json describes the same form (a test holds one to the other).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta

from packaging.requirements import InvalidRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.errors import Spot
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.foreign_toml import ForeignTomlError, read_toml
from axletree.resolver.model.foreign_text import parse_version, read_requirement
from axletree.resolver.model.limits import (
    Block,
    Exemption,
    MinimumAge,
    Policy,
    Reserved,
)
from axletree.resolver.model.origins import Origin
from axletree.wheelhouse.errors import InvalidPolicyError
from axletree.wheelhouse.policy.places import Lines, Place

LIMIT_BYTES = 1 << 20
MOST_TOLD = 20
MOST_DAYS = 36_500
_LONGEST_TEXT = 1_000
_RULE = frozenset({"releases", "reason", "link"})
_EXCEPTION = frozenset({"release", "reason", "until"})
_TOP = frozenset({"blocked", "warned", "reserved", "minimum-age"})
_AGE = frozenset({"days", "exceptions"})
_is_link = re.compile(r"https?://[!-~]+").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedException:
    """A release that may be younger than others, for some time."""

    project: NormalizedName
    version: Version
    reason: str
    until: date
    """The last day."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A valid policy's file."""

    name: str
    """Of the file, for messages."""
    blocked: tuple[Block, ...] = ()
    warned: tuple[Block, ...] = ()
    reserved: tuple[Reserved, ...] = ()
    minimum_age: timedelta | None = None
    age_line: int = 1
    exceptions: tuple[ReviewedException, ...] = ()

    def at(self, now: datetime) -> Policy:
        """Return what holds at a moment: ages count up to it, exceptions end."""
        return Policy(
            blocked=self.blocked,
            warned=self.warned,
            reserved=self.reserved,
            minimum_ages=tuple(self._ages(now)),
        )

    def _ages(self, now: datetime) -> Iterator[MinimumAge]:
        if not self.minimum_age:
            return
        exempted = (e for e in self.exceptions if e.until >= now.astimezone(UTC).date())
        yield MinimumAge(
            age=self.minimum_age,
            now=now,
            origin=Origin(file=self.name, line=self.age_line),
            exemptions=tuple(
                Exemption(project=each.project, version=each.version)
                for each in exempted
            ),
        )


def read_policy(raw: bytes, name: str) -> PolicyDocument:
    """Read a policy's file.

    :param name: of the file, for messages.
    :raises InvalidPolicyError: it is not valid; it names all that is wrong.
    """
    try:
        values = read_toml(raw, limit_bytes=LIMIT_BYTES)
    except ForeignTomlError as error:
        raise InvalidPolicyError(
            f"the policy cannot be read: {error}",
            where=name,
            hint="axletree docs policy shows the form",
        ) from error
    reader = _Reader(name=name, lines=Lines(raw.decode()))
    document = reader.document(values)
    spots = sorted(reader.spots, key=lambda spot: spot.line or 0)
    if spots:
        told = "; ".join(f"line {spot.line}: {spot.what}" for spot in spots[:MOST_TOLD])
        if len(spots) > MOST_TOLD:
            told += f"; and {len(spots) - MOST_TOLD} more"
        refusal = InvalidPolicyError(
            f"the policy is not valid: {told}",
            where=name,
            hint="axletree docs policy shows the form",
        )
        refusal.spots = tuple(spots)
        raise refusal
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads values; what is wrong becomes a spot, and nothing."""

    name: str
    lines: Lines
    spots: list[Spot] = field(default_factory=list)

    def document(self, values: Mapping[str, object]) -> PolicyDocument:
        self._refuse_unknown(values, _TOP, Place())
        age = values.get("minimum-age")
        place = Place(table="minimum-age")
        table = self._table(age, place) if age is not None else {}
        self._refuse_unknown(table, _AGE, place)
        return PolicyDocument(
            name=self.name,
            blocked=tuple(self._blocks(values, "blocked")),
            warned=tuple(self._blocks(values, "warned")),
            reserved=tuple(self._reserved(values)),
            minimum_age=None if age is None else self._days(table, place),
            age_line=self.lines.of(place, "days"),
            exceptions=tuple(self._exceptions(table)),
        )

    def _blocks(self, values: Mapping[str, object], name: str) -> Iterator[Block]:
        for place, table in self._tables(values, name, name):
            self._refuse_unknown(table, _RULE, place)
            releases = self._releases(table, place)
            reason = self._text(table, "reason", place)
            link = self._text(table, "link", place) if "link" in table else ""
            if link and not _is_link(link):
                self._spot(place, "link", "link must be an http or https address")
            elif releases and reason:
                origin = Origin(file=self.name, line=self.lines.of(place, "releases"))
                yield Block(
                    project=releases[0],
                    specifier=releases[1],
                    reason=f"{reason} ({link})" if link else reason,
                    origin=origin,
                )

    def _releases(
        self, table: Mapping[str, object], place: Place
    ) -> tuple[NormalizedName, SpecifierSet] | None:
        text = self._text(table, "releases", place)
        if not text:
            return None
        try:
            found = read_requirement(text)
        except InvalidRequirement:
            found = None
        if found is None or found.extras or found.marker or found.url:
            what = 'releases must be a project with versions, such as "kfp>=2"'
            self._spot(place, "releases", what)
            return None
        return canonicalize_name(found.name), found.specifier

    def _reserved(self, values: Mapping[str, object]) -> Iterator[Reserved]:
        listed = values.get("reserved", [])
        origin = Origin(file=self.name, line=self.lines.of(Place(), "reserved"))
        if not isinstance(listed, list):
            self._spot(Place(), "reserved", "reserved must be a list of names")
            return
        for item in listed:
            text = item if isinstance(item, str) else ""
            bare = text.removesuffix("-*")
            project = _project(bare)
            if project is None:
                what = (
                    'reserved must hold names, or beginnings such as "acme-*", not '
                    f"{str(item)[:80]!r}"
                )
                self._spot(Place(), "reserved", what)
                continue
            end = "-*" if bare != text else ""
            yield Reserved(pattern=f"{project}{end}", origin=origin)

    def _days(self, table: Mapping[str, object], place: Place) -> timedelta | None:
        days = table.get("days")
        if isinstance(days, bool) or not isinstance(days, int):
            what = "days is missing" if days is None else "days must be a whole number"
            self._spot(place, "days", what)
            return None
        if not 0 <= days <= MOST_DAYS:
            self._spot(place, "days", f"days must be from 0 to {MOST_DAYS}")
            return None
        return timedelta(days=days)

    def _exceptions(self, table: Mapping[str, object]) -> Iterator[ReviewedException]:
        name = "minimum-age.exceptions"
        for place, each in self._tables(table, "exceptions", name):
            self._refuse_unknown(each, _EXCEPTION, place)
            release = self._release(each, place)
            reason = self._text(each, "reason", place)
            until = each.get("until")
            if type(until) is not date:
                what = "until is missing" if until is None else "until must be a day"
                self._spot(place, "until", f"{what}, such as 2027-01-31")
            elif release and reason:
                yield ReviewedException(
                    project=release[0],
                    version=release[1],
                    reason=reason,
                    until=until,
                    line=self.lines.of(place, "release"),
                )

    def _release(
        self, table: Mapping[str, object], place: Place
    ) -> tuple[NormalizedName, Version] | None:
        text = self._text(table, "release", place)
        name, _, spelled = text.partition("==")
        version = parse_version(spelled.strip())
        project = _project(name.strip())
        if version is not None and project is not None:
            return project, version
        if text:
            what = 'release must be one version, such as "demo==1.0"'
            self._spot(place, "release", what)
        return None

    def _text(self, table: Mapping[str, object], key: str, place: Place) -> str:
        value = table.get(key)
        if value is None:
            self._spot(place, key, f"{key} is missing")
        elif not isinstance(value, str) or not value.strip() or not value.isprintable():
            self._spot(place, key, f"{key} must be a text in one line")
        elif len(value) > _LONGEST_TEXT:
            self._spot(place, key, f"{key} is longer than {_LONGEST_TEXT} characters")
        else:
            return value.strip()
        return ""

    def _tables(
        self, parent: Mapping[str, object], key: str, name: str
    ) -> Iterator[tuple[Place, Mapping[str, object]]]:
        listed = parent.get(key, [])
        if not isinstance(listed, list):
            self._spot(Place(table=name), "", f"write each as [[{name}]]")
            return
        for index, item in enumerate(listed):
            place = Place(table=name, index=index)
            yield place, self._table(item, place)

    def _table(self, value: object, place: Place) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._spot(place, "", "it must be a table")
        return {}

    def _refuse_unknown(
        self, table: Mapping[str, object], known: frozenset[str], place: Place
    ) -> None:
        for key in table:
            if key not in known:
                self._spot(place, key, f"{key[:80]!r} is not known{_near(key, known)}")

    def _spot(self, place: Place, key: str, what: str) -> None:
        line = self.lines.of(place, key)
        self.spots.append(Spot(file=self.name, line=line, what=f"{place}{what}"))


def _project(text: str) -> NormalizedName | None:
    try:
        return canonicalize_name(text, validate=True)
    except InvalidName:
        return None


def _near(key: str, known: frozenset[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  late: few mistype

    near = get_close_matches(key.lower().replace("_", "-"), sorted(known), n=1)
    return f": did you mean {near[0]}?" if near else f"; there are {_listed(known)}"


def _listed(known: frozenset[str]) -> str:
    *first, last = sorted(known)
    return f"{', '.join(first)} and {last}"
