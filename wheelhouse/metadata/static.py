"""What a project says about itself without running its code.

Either PKG-INFO (core metadata 2.2, PEP 643) or pyproject.toml (PEP 621) may say so much
that a resolution needs no more: uv reads both, and so do we. Whatever is odd here is no
fault of the file: its build backend is asked then, and tells it better.
"""

from collections.abc import Iterator, Mapping

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import Version

from axletree.resolver.inputs.foreign_toml import (
    ForeignTomlError,
    read_toml,
)
from axletree.resolver.model.file_names import FileNames
from axletree.resolver.model.foreign_text import (
    parse_version,
    read_requirement,
    read_specifiers,
)
from axletree.wheelhouse.metadata.core import read_headers

_FIRST_WITH_DYNAMIC = Version("2.2")
_HEADERS_READ = frozenset({"requires-dist", "requires-python", "provides-extra"})
_FIELDS_READ = frozenset({"dependencies", "optional-dependencies", "requires-python"})


def static_of(
    filename: str, pkg_info: bytes | None, pyproject: bytes | None
) -> bytes | None:
    """Return METADATA as far as a resolution reads it; None: its backend must be asked.

    :param filename: of the sdist, which says the version that may be dynamic.
    """
    if pkg_info is not None:
        headers = read_headers(pkg_info)
        if _knows_dynamic(headers):
            return None if _dynamic(headers) & _HEADERS_READ else pkg_info
    return None if pyproject is None else _of_pyproject(filename, pyproject)


def is_final(pkg_info: bytes) -> bool:
    """Tell whether any wheel built from it will have the same requirements."""
    headers = read_headers(pkg_info)
    return _knows_dynamic(headers) and not _dynamic(headers) & _HEADERS_READ


def _knows_dynamic(headers: Mapping[str, tuple[str, ...]]) -> bool:
    said = parse_version(headers.get("metadata-version", ("",))[0])
    return said is not None and said >= _FIRST_WITH_DYNAMIC


def _dynamic(headers: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {name.strip().lower() for name in headers.get("dynamic", ())}


class _NotStaticError(Exception):
    """It does not say all, or not as the specification wants it."""


def _of_pyproject(filename: str, raw: bytes) -> bytes | None:
    """Write METADATA by the `[project]` table.

    Source: pyproject.toml specification (PEP 621, PEP 808); of a table without
    `dependencies` beside poetry's own, uv says that it is a mistake, and so do we.
    """
    try:
        document = read_toml(raw)
        lines = list(_headers(document, filename))
    except (
        *(ForeignTomlError, _NotStaticError),
        *(InvalidName, InvalidRequirement, InvalidSpecifier),
    ):
        return None
    if any(not line.isprintable() for line in lines):
        return None
    return "\n".join((*lines, "")).encode()


def _headers(document: Mapping[str, object], filename: str) -> Iterator[str]:
    project = _table(document, "project")
    dynamic = {text.lower() for text in _texts(project, "dynamic")}
    tool = _table(document, "tool")
    if dynamic & _FIELDS_READ or ("dependencies" not in project and "poetry" in tool):
        raise _NotStaticError
    name = canonicalize_name(_text(project, "name"), validate=True)
    spelled = FileNames(name).read(filename)
    if not isinstance(spelled, tuple):
        raise _NotStaticError
    is_dynamic = "version" in dynamic
    version = parse_version(spelled[2] if is_dynamic else _text(project, "version"))
    if version is None or version != parse_version(spelled[2]):
        # Only a backend's answer shuts an sdist out.
        raise _NotStaticError
    yield "Metadata-Version: 2.2"
    yield f"Name: {name}"
    yield f"Version: {version}"
    if "requires-python" in project:
        yield f"Requires-Python: {read_specifiers(_text(project, 'requires-python'))}"
    for text in _texts(project, "dependencies"):
        yield f"Requires-Dist: {read_requirement(text)}"
    yield from _extras(_table(project, "optional-dependencies"))


def _extras(table: Mapping[str, object]) -> Iterator[str]:
    seen: set[str] = set()
    for spelled in table:
        extra = canonicalize_name(spelled, validate=True)
        if extra in seen:
            raise _NotStaticError
        seen.add(extra)
        yield f"Provides-Extra: {extra}"
        for text in _texts(table, spelled):
            requirement = read_requirement(text)
            own = f"({requirement.marker}) and " if requirement.marker else ""
            requirement.marker = Marker(f'{own}extra == "{extra}"')
            yield f"Requires-Dist: {requirement}"


def _table(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = parent.get(name, {})
    if not isinstance(found, dict):
        raise _NotStaticError
    return found


def _text(table: Mapping[str, object], name: str) -> str:
    found = table.get(name)
    if not isinstance(found, str):
        raise _NotStaticError
    return found


def _texts(table: Mapping[str, object], name: str) -> list[str]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise _NotStaticError
    return found
