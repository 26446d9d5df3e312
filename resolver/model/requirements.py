"""What a user writes: requirements, overrides, exclusions, and where they stand.

All values are frozen; DESIGN.md 1 defines the words.
"""

from dataclasses import dataclass

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from axletree.resolver.model.addresses import Address
from axletree.resolver.model.origins import Origin

UNNAMED = "unnamed"
"""Stands for the project of an address that does not say which it is."""


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
