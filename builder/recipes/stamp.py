"""The version that says a wheel is ours: upstream's with a local part, `+axle.N`.

The stamp is put on the finished wheel, so that sources stay unedited and no backend
can ignore it (setuptools before 60 silently ignores an extra egg_info tag).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.builder.recipes.redeclared import Redeclared


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a recipe makes of a finished wheel."""

    local: str
    """The local part that its version gets: `axle.1`."""
    recipe: Path
    """Where it stands, for messages."""
    redeclared: Redeclared = field(default_factory=Redeclared)
    """What it declares instead."""
    pins: Mapping[NormalizedName, str] = field(default_factory=dict)
    """Projects against which it was compiled -> versions that it needs of them."""


def stamped_version(upstream: Version, local: str) -> Version:
    """Append `local` to a version, after a local part that is there already."""
    parts = [part for part in (upstream.local, local) if part]
    return Version(f"{upstream.public}+{'.'.join(parts)}")


def unstamped_version(stamped: Version, local: str) -> Version:
    """Take away what `stamped_version` has appended."""
    parts = f".{stamped.local or ''}".removesuffix(f".{local}").lstrip(".")
    return Version(f"{stamped.public}+{parts}" if parts else stamped.public)
