"""What a user writes: requirements, overrides, exclusions, and where they stand.

All values are frozen; DESIGN.md 1 defines the words. The engine knows a requirement by
address as a specifier of its own form, `@ URL`, that admits just the release that was
made of what is there.
"""

from collections.abc import Collection, Iterable
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.spelling import MARK

_HASHES = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
UNNAMED = "unnamed"
"""Stands for the project of an address that does not say which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something is that a user requires."""

    url: str
    """Absolute; without login and fragment, so that it can be shown and compared."""
    source: str
    """The same with its login; for who fetches it."""
    subdirectory: str = ""
    """Of an archive or folder, in which the project is; relative, and not outside."""
    hashes: tuple[str, ...] = ()
    """`sha256:…` of the fragment."""
    fragment: str = ""
    """What of its fragment tells it from another: `told_apart_by` has it."""
    is_editable: bool = False
    problem: str = ""
    """Why it can be used in no case: a clause about it; empty as a rule."""
    hint: str = ""
    """What to do about the problem."""

    def __repr__(self) -> str:
        """Spell it without the login."""
        return f"Address({self.url!r})"

    @property
    def is_local(self) -> bool:
        """Tell whether it is a path of this machine."""
        return self.url.startswith("file:")

    @property
    def key(self) -> str:
        """Spell it so that it can be compared with an address of metadata."""
        return f"{self.url}{self.fragment}"

    @property
    def specifier(self) -> str:
        """Spell it as a specifier."""
        return f"{MARK}{self.url}"


def address_in(specifier: str) -> str | None:
    """Return the URL of a specifier that is an address; None: it is none."""
    return specifier.removeprefix(MARK) if specifier.startswith(MARK) else None


def by_address(
    requirement: Requirement, asked: Collection[tuple[NormalizedName, str]]
) -> str | None:
    """Spell the URL of a dependency as a specifier; None: nobody else asks for it.

    Then it is refused: only users name addresses.

    :param asked: the projects and URLs of roots and constraints.
    """
    parts = urlsplit(requirement.url or "")
    netloc, query = parts.netloc.rpartition("@")[2], parts.query
    if parts.scheme == "file":
        # This machine by its name is this machine; a file has no query.
        netloc, query = "" if netloc == "localhost" else netloc, ""
    url = parts._replace(netloc=netloc, query=query, fragment="").geturl()
    key = canonicalize_name(requirement.name), url + told_apart_by(parts.fragment)
    return f"{MARK}{url}" if key in asked else None


def told_apart_by(fragment: str) -> str:
    """Keep of a fragment what pip compares two addresses by, in one order.

    Source: pip, `models/link.py`, `links_equivalent`.
    """
    items = sorted(
        (key, value)
        for key, value in parse_qsl(unquote(fragment))
        if key == "subdirectory" or key in _HASHES
    )
    return "".join(f"#{key}={value}" for key, value in items)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Part:
    """An extra or a dependency group of the user's own project."""

    kind: Literal["extra", "group"]
    name: NormalizedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The versions that take the place of those which requirements name."""

    target: NormalizedName
    specifier: SpecifierSet
    requirer: NormalizedName | None = None
    """Whose requirements on `target` it changes; None: everyone's, the user's too."""
    text: str
    """As written, without comment."""
    origin: Origin
    marker: Marker | None = None
    """Where it is in force; None: everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A project that nothing may require: requirements on it are dropped."""

    project: NormalizedName
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRequirement:
    """One requirement that the user wrote, with the place where it stands."""

    requirement: Requirement
    """What is in force: with the versions of `overrides`, if there are any."""
    text: str
    """As written, without comment."""
    origin: Origin
    hashes: tuple[str, ...] = ()
    """`sha256:…` values of `--hash` options, if any."""
    is_base: bool = False
    """A pin of the layer underneath, which the user did not write for this."""
    overrides: tuple[Override, ...] = ()
    """Those that gave the requirement its versions."""
    address: Address | None = None
    """What is required is the project there, in whatever version it has."""
    parts: frozenset[Part] = frozenset()
    """Where one of them is wanted it holds; none: always."""
    ways: tuple[tuple[frozenset[Part], Marker | None], ...] = ()
    """Where it holds under one marker for some parts, and under another for others."""

    @property
    def specifier(self) -> str:
        """Spell which releases are meant, as the engine takes it."""
        if self.address_in_force is not None:
            return self.address_in_force.specifier
        return str(self.requirement.specifier)

    @property
    def is_named(self) -> bool:
        """Tell whether it says, or its address does, which project it is."""
        return self.requirement.name != UNNAMED

    @property
    def address_in_force(self) -> Address | None:
        """Return the address, unless an override gave versions in its place."""
        return None if self.overrides else self.address

    @property
    def demand(self) -> str:
        """Spell what is in force: as written, unless an override changed it."""
        return str(self.requirement) if self.overrides else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonLimit:
    """The Pythons that the user's own project is for."""

    specifier: SpecifierSet
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One requirement that the user wrote, and what to write instead."""

    origin: Origin
    old: str
    """As written, without comment and options."""
    new: str


def joined_parts(each: Iterable[frozenset[Part]]) -> frozenset[Part]:
    """Join the parts that something is needed for; none in one of them is always."""
    found = tuple(each)
    return frozenset[Part]().union(*found) if all(found) else frozenset()
