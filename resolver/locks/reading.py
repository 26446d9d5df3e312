"""A lock that was written before, by us or another tool, in the form its name says.

A requirements file may be a lock, constraints, or what `pip freeze` prints. What is no
pin, such as `six>=1`, says nothing here. A pylock.toml is as of PEP 751. A file of plain
pins is read by `axletree.resolver.locks.plain_pins`, as a quick answer reads it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.addresses import version_in
from axletree.resolver.inputs.foreign_toml import parse_toml
from axletree.resolver.inputs.requirements_files import (
    Read,
    parse_input,
)
from axletree.resolver.locks.plain_pins import plain_pins
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import InvalidLockError
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import with_extras

if TYPE_CHECKING:
    from packaging.pylock import (
        Package,
        PackageArchive,
        PackageSdist,
        PackageWheel,
        Pylock,
    )

# Source: PEP 751, file name. `packaging.pylock` has it too, and takes 8 ms to import.
_PYLOCK_NAME = re.compile(r"pylock\.([^.]+\.)?toml")
_WANTED = re.compile(r"""["']([^"']+)["'] in (extras|dependency_groups)""")
_PACKAGE_TABLE = re.compile(r"\s*\[\[\s*packages\s*\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPin:
    """One pin of a lock, where it stands."""

    name: NormalizedName
    version: Version
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    origin: Origin
    hashes: frozenset[str] = frozenset()
    """`sha256:…`, of all files."""

    @property
    def label(self) -> str:
        """Name it without its version: `ray[serve]`."""
        return with_extras(self.name, sorted(self.extras))

    @property
    def text(self) -> str:
        """Spell it as a requirement, without hashes."""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.label}=={self.version}{marker}"


def pins_in(
    pins: Iterable[WrittenPin], environment: Environment
) -> Mapping[NormalizedName, WrittenPin]:
    """Return the pins that hold in an environment, by project; the first one counts."""
    evaluator = MarkerEvaluator(environment)
    found: dict[NormalizedName, WrittenPin] = {}
    for pin in pins:
        marker = pin.marker
        if marker is None or _holds(marker, evaluator):
            found.setdefault(pin.name, pin)
    return found


def _holds(marker: Marker, evaluator: MarkerEvaluator) -> bool:
    """Tell whether a pin holds where all extras and groups that it names are wanted."""
    text = str(marker)
    wanted = _WANTED.findall(text)
    if not wanted:
        return evaluator.is_true(marker, text, "")
    names = {
        variable: frozenset(name for name, of in wanted if of == variable)
        for variable in ("extras", "dependency_groups")
    }
    environment = evaluator.environment
    variables = environment.markers_at(environment.micros[-1])
    try:
        return marker.evaluate({**variables, **names}, context="lock_file")
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False


def is_pylock(path: Path) -> bool:
    """Tell whether installers take a file of this name for a pylock.toml."""
    return _PYLOCK_NAME.fullmatch(path.name) is not None


def read_lock(path: Path, read: Read) -> tuple[WrittenPin, ...]:
    """Read the pins of a lock, in the form that its name says.

    :param read: gives the text of the file, and of what it includes.
    :raises InvalidLockError: for a pylock.toml that is none.
    :raises InvalidRequirementError: for a requirements file with a broken line.
    """
    if is_pylock(path):
        return tuple(_read_pylock(str(path), read))
    plain = _read_plain(str(path), read)
    if plain is not None:
        return plain
    parsed = parse_input([], [str(path)], read=read, environ={})
    return tuple(filter(None, map(_pin, (*parsed.roots, *parsed.constraints))))


# Requirements files.


def _read_plain(path: str, read: Read) -> tuple[WrittenPin, ...] | None:
    """Read a file of nothing but pins; None: it is none, or whoever reads says why."""
    try:
        pins = plain_pins(read(path))
    except (OSError, ValueError):
        return None
    if pins is None:
        return None
    return tuple(
        WrittenPin(
            name=NormalizedName(pin.name),
            version=Version(pin.version),
            extras=frozenset(map(NormalizedName, pin.extras)),
            origin=Origin(file=path, line=pin.line),
            hashes=frozenset(pin.hashes),
        )
        for pin in pins
    )


def _pin(root: RootRequirement) -> WrittenPin | None:
    requirement = root.requirement
    version = _pinned_version(requirement)
    if root.address is not None:
        version = version_in(root.address)
    if version is None:
        return None
    return WrittenPin(
        name=canonicalize_name(requirement.name),
        version=version,
        extras=frozenset(map(canonicalize_name, requirement.extras)),
        marker=requirement.marker,
        origin=root.origin,
        hashes=frozenset(root.hashes),
    )


def _pinned_version(requirement: Requirement) -> Version | None:
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator not in {"==", "==="}:
        return None
    return parse_version(specifiers[0].version)


# Each pylock.toml, with the line at which the table of a pin begins.


def _read_pylock(path: str, read: Read) -> Iterator[WrittenPin]:
    try:
        text = read(path)
        pylock = _parse_pylock(text)
    except (OSError, ValueError) as error:
        raise InvalidLockError(
            f"the lock cannot be read: {error}",
            where=path,
            hint="fix it, or write it again with axletree lock --upgrade",
        ) from error
    lines = _package_lines(text, len(pylock.packages))
    for package, line in zip(pylock.packages, lines, strict=True):
        if package.version is not None:
            yield WrittenPin(
                name=package.name,
                version=package.version,
                marker=package.marker,
                origin=Origin(file=path, line=line),
                hashes=frozenset(_hashes(package)),
            )


def _parse_pylock(text: str) -> "Pylock":
    """Parse a pylock.toml.

    :raises ValueError: it is none.
    """
    # Late, as few locks have this form.
    from packaging.pylock import (  # noqa: PLC0415
        Pylock,
        PylockUnsupportedVersionError,
        PylockValidationError,
    )

    try:
        return Pylock.from_dict(parse_toml(text))
    except (PylockValidationError, PylockUnsupportedVersionError) as error:
        raise ValueError(str(error)) from error


def _package_lines(text: str, count: int) -> list[int | None]:
    """Find where each package's table begins; None if the file is laid out oddly."""
    lines = enumerate(text.splitlines(), start=1)
    found = [number for number, line in lines if _PACKAGE_TABLE.match(line)]
    return [*found] if len(found) == count else [None] * count


def _hashes(package: "Package") -> Iterator[str]:
    files: list[PackageWheel | PackageSdist | PackageArchive] = [
        *(package.wheels or ())
    ]
    if package.sdist is not None:
        files.append(package.sdist)
    if package.archive is not None:
        files.append(package.archive)
    for file in files:
        yield from (f"{kind}:{digest}" for kind, digest in file.hashes.items())
