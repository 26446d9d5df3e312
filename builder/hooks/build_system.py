"""What a source says of how it is built: the `[build-system]` table, or the defaults.

Read from foreign hands: each value is checked here, once, into strings that can be
handed on as arguments, environment variables and requirements.

Source: PEP 517, PEP 518; a table without `build-backend` is read as pip does.
"""

from collections.abc import Mapping

from packaging.requirements import InvalidRequirement, Requirement

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.foreign_toml import (
    ForeignTomlError,
    read_toml,
)

MAX_REQUIREMENTS = 1000
"""Of one build; the largest seen in the open names some thirty."""

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
DEFAULT_REQUIRES = ("setuptools>=40.8.0", "wheel")
"""What a source without a table needs (PEP 518; old setuptools ask for wheel in a
hook: known already, it saves one resolution)."""

_MAX_BACKEND = 255
_MAX_PATHS = 16


class BuildSystemError(ValueError):
    """A clause that says why a source cannot be built: `its requires is no list`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSystem:
    """How a source is built."""

    requires: frozenset[str]
    """Valid requirements, spelled in one way."""
    backend: str = LEGACY_BACKEND
    """`module`, or `module:object`."""
    backend_path: tuple[str, ...] = ()
    """Folders of the source in which the backend is, relative."""


def read_build_system(pyproject: bytes | None) -> BuildSystem:
    """Read a pyproject.toml, if there is one.

    :raises BuildSystemError: when it cannot be read, or says what cannot be.
    """
    legacy = BuildSystem(requires=checked_requirements(DEFAULT_REQUIRES))
    if pyproject is None:
        return legacy
    try:
        table = read_toml(pyproject).get("build-system", legacy)
    except ForeignTomlError as error:
        raise BuildSystemError(f"its pyproject.toml is not read: {error}") from error
    if table is legacy:
        return BuildSystem(requires=checked_requirements(DEFAULT_REQUIRES[:1]))
    if not isinstance(table, Mapping):
        raise BuildSystemError("its [build-system] is not a table")
    if "requires" not in table:
        raise BuildSystemError("its [build-system] has no requires")
    return BuildSystem(
        requires=checked_requirements(table["requires"]),
        backend=_backend(table.get("build-backend", LEGACY_BACKEND)),
        backend_path=_backend_path(table.get("backend-path", [])),
    )


def checked_requirements(value: object) -> frozenset[str]:
    """Let only a list of requirements through, each spelled in one way.

    :raises BuildSystemError: when it is anything else.
    """
    if not isinstance(value, list | tuple):
        raise BuildSystemError("its build requirements are not a list")
    if len(value) > MAX_REQUIREMENTS:
        raise BuildSystemError(
            f"it has {len(value)} build requirements, more than {MAX_REQUIREMENTS}"
        )
    try:
        return frozenset(map(_requirement, value))
    except (InvalidRequirement, RecursionError) as error:
        raise BuildSystemError(f"a build requirement is not valid: {error}") from error


def _requirement(value: object) -> str:
    if not isinstance(value, str):
        raise BuildSystemError("a build requirement is not text")
    if len(value) > 4096 or not value.isprintable():
        raise BuildSystemError("a build requirement is too long, or holds no text")
    return str(Requirement(value))


def _backend(value: object) -> str:
    if not isinstance(value, str):
        raise BuildSystemError("its build-backend is not text")
    if not value.isprintable() or not value.strip() or len(value) > _MAX_BACKEND:
        raise BuildSystemError("its build-backend is not the name of a module")
    return value


def _backend_path(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MAX_PATHS:
        raise BuildSystemError("its backend-path is not a short list")
    return tuple(map(_folder, value))


def _folder(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > 1024:
        raise BuildSystemError("its backend-path holds something that is not a path")
    if value.startswith("/") or "\\" in value or ".." in value.split("/"):
        raise BuildSystemError(f"its backend-path {value!r} leads out of the source")
    return value
