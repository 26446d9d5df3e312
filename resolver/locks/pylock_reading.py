"""A pylock.toml that was written before, read back pin by pin (PEP 751)."""

import re
from collections.abc import Iterator

from packaging.pylock import (
    Package,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockUnsupportedVersionError,
    PylockValidationError,
)

from axletree.resolver.inputs.foreign_toml import parse_toml
from axletree.resolver.inputs.requirements_files import Read
from axletree.resolver.locks.written_pins import WrittenPin
from axletree.resolver.model.errors import InvalidLockError
from axletree.resolver.model.origins import Origin

_PACKAGE_TABLE = re.compile(r"\s*\[\[\s*packages\s*\]\]")


def read_pylock(path: str, read: Read) -> Iterator[WrittenPin]:
    """Yield the pins, each with the line at which its table begins.

    :raises InvalidLockError: for a pylock.toml that is none.
    """
    try:
        text = read(path)
        pylock = Pylock.from_dict(parse_toml(text))
    except (
        OSError,
        ValueError,
        PylockValidationError,
        PylockUnsupportedVersionError,
    ) as error:
        raise InvalidLockError(
            f"the lock cannot be read: {error}",
            where=path,
            hint="mend it, or write it anew with axletree lock --upgrade",
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


def _package_lines(text: str, count: int) -> list[int | None]:
    """Find where each package's table begins; None if the file is laid out oddly."""
    lines = enumerate(text.splitlines(), start=1)
    found = [number for number, line in lines if _PACKAGE_TABLE.match(line)]
    return [*found] if len(found) == count else [None] * count


def _hashes(package: Package) -> Iterator[str]:
    files: list[PackageWheel | PackageSdist] = [*(package.wheels or ())]
    if package.sdist is not None:
        files.append(package.sdist)
    for file in files:
        yield from (f"{kind}:{digest}" for kind, digest in file.hashes.items())
