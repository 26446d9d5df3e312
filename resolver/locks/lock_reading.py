"""A lock that was written before, in either form, by the name of its file.

A requirements file may be a lock, constraints, or what `pip freeze` prints. What is no
pin, such as `six>=1`, says nothing here.
"""

import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.resolver.inputs.requirements_files import (
    Read,
    parse_input,
)
from axletree.resolver.locks.written_pins import WrittenPin
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.requirements import RootRequirement

# Source: PEP 751, file name. `packaging.pylock` has it too, and takes 8 ms to import.
_PYLOCK_NAME = re.compile(r"pylock\.([^.]+\.)?toml")


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
        # Imported late, as few locks have this form.
        from axletree.resolver.locks.pylock_reading import read_pylock  # noqa: PLC0415

        return tuple(read_pylock(str(path), read))
    parsed = parse_input([], [str(path)], read=read, environ={})
    return tuple(filter(None, map(_pin, (*parsed.roots, *parsed.constraints))))


def _pin(root: RootRequirement) -> WrittenPin | None:
    requirement = root.requirement
    version = _pinned_version(requirement)
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
