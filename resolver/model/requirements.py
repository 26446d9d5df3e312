"""What a user writes: requirements, overrides, exclusions, and where they stand.

All values are frozen; DESIGN.md 1 defines the words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from axletree.resolver.model.origins import Origin


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
    parts: frozenset[Part] = frozenset()
    """Where one of them is wanted it holds; none: always."""
    ways: tuple[tuple[frozenset[Part], Marker | None], ...] = ()
    """Where it holds under one marker for some parts, and under another for others."""

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
