"""A lock as pylock.toml (PEP 751).

The specification wants an address or a path of every file. A lock of ours holds no
index address unless its user says so: it may carry a login, or name a mirror that the
next reader has not got. Files of a folder have a path, relative to the lock.
"""

import os.path
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from pathlib import PurePath
from typing import TypeAlias, TypeGuard
from urllib.parse import unquote, urlsplit

import tomli_w
from packaging.pylock import Pylock
from packaging.specifiers import InvalidSpecifier
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.resolver.locks.lines import header
from axletree.resolver.locks.locked import (
    Locked,
    LockedPin,
    require_hashes,
    without_extras,
)
from axletree.resolver.locks.markers import Distinctions
from axletree.resolver.model.distribution import (
    STRONG_HASHES,
    DistributionFile,
    expand_tag,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import NoFileAddressError
from axletree.resolver.model.foreign_text import read_specifiers
from axletree.resolver.model.requirements import Address, Part

_VARIABLES = {"extra": "extras", "group": "dependency_groups"}

# The containers are the covariant ones, as in `json_form`.
Toml: TypeAlias = str | int | datetime | Sequence["Toml"] | Mapping[str, "Toml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How a lock says where its files are."""

    folder: PurePath
    """The lock's own, absolute: paths are relative to it."""
    with_index_urls: bool = False
    """Write the addresses that an index gave, without logins."""

    def of(self, file: DistributionFile) -> Mapping[str, str] | None:
        """Give `path` or `url` of a file; None if it has neither to write."""
        parts = urlsplit(file.url)
        if file.address is not None and parts.scheme != "file":
            # The user wrote it, and it has no login.
            return {"url": file.url}
        if parts.scheme == "file":
            path = os.path.relpath(unquote(parts.path), self.folder)
            return {"path": PurePath(path).as_posix()}
        # What follows a question mark is often a signature: a login of its own.
        if not self.with_index_urls or not parts.hostname or parts.query:
            return None
        return {"url": parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()}


def to_pylock(locked: Locked, command: Sequence[str], addresses: Addresses) -> str:
    """Write pylock.toml for just the environments that were asked for.

    :param command: the words that made the lock, for the header.
    :raises MissingHashError: when the index gave no hash for a file to install.
    :raises NoFileAddressError: when nothing may be said of where a file is.
    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    require_hashes(locked.pins)
    distinctions = Distinctions(locked.environments)
    document: dict[str, Toml] = {
        "lock-version": "1.0",
        "environments": [_marker(each) for each in locked.environments],
        "requires-python": _requires_python(locked.environments),
        **dict(_choices(locked)),
        "created-by": "axletree",
        "packages": [
            _package(entry, _marker_of(entry, distinctions), addresses)
            for pin in without_extras(locked.pins)
            for files in _entries(pin)
            for entry in _by_parts(files)
        ],
    }
    Pylock.from_dict(document)
    folders = (_as_folder(pin) for pin in locked.pins if pin.is_folder)
    head = header(locked.labels, command, (*locked.notes, *folders))
    return "\n".join((*head, "", tomli_w.dumps(document)))


def _choices(locked: Locked) -> Iterable[tuple[str, Toml]]:
    """Say what an installer may choose, and what it takes unless told otherwise."""
    extras = sorted(part.name for part in locked.parts if part.kind == "extra")
    groups = sorted(part.name for part in locked.parts if part.kind == "group")
    if extras:
        yield "extras", extras
    if groups:
        yield "dependency-groups", groups
        yield "default-groups", groups if locked.are_groups_alone else []


def _marker_of(pin: LockedPin, distinctions: Distinctions) -> str:
    """Say where a pin holds, and for which parts of the user's project."""
    where = distinctions.marker(pin.name, pin.environments)
    wanted = " or ".join(
        f'"{part.name}" in {_VARIABLES[part.kind]}' for part in sorted(pin.parts[0])
    )
    both = [text for text in (where, wanted) if text]
    if len(both) < 2:
        return "".join(both)
    return " and ".join(f"({text})" if " or " in text else text for text in both)


def _by_parts(pin: LockedPin) -> Iterable[LockedPin]:
    """Split a pin that is needed for other parts in one environment than in another."""
    groups: dict[frozenset[Part], list[int]] = {}
    for index, parts in enumerate(pin.parts):
        groups.setdefault(parts, []).append(index)
    return [_some(pin, places) for places in groups.values()]


def _requires_python(environments: Sequence[Environment]) -> str:
    """Name the Pythons of one environment, or of several the oldest."""
    if len(environments) == 1 and environments[0].bounds:
        lower = [] if environments[0].micros[0] else [(">=", environments[0].minor)]
        bounds = (*lower, *environments[0].bounds)
        return ",".join(f"{operator}{version}" for operator, version in bounds)
    oldest = (
        each.pythons[0] if each.bounds and each.micros[0] else each.version
        for each in environments
    )
    return f">={min(oldest, key=Version)}"


def _marker(environment: Environment) -> str:
    is_exact = len(environment.micros) == 1
    version = "python_full_version" if is_exact else "python_version"
    names = ("implementation_name", version, "sys_platform", "platform_machine")
    values, bounds = environment.markers, () if is_exact else environment.bounds
    parts = [f'{name} == "{values[name]}"' for name in names]
    parts += (f'python_full_version {operator} "{v}"' for operator, v in bounds)
    return " and ".join(parts)


def _entries(pin: LockedPin) -> Iterable[LockedPin]:
    """Split a pin if an installer would take another file than was resolved.

    It looks at tags only: of the files for all environments it may take one that in
    its own was excluded, by a Requires-Python of that file alone or by policy.
    """
    if pin.address is not None:
        return (pin,)
    pin = replace(pin, usable=tuple(map(_unsurpassed, pin.environments, pin.usable)))
    places = list(zip(pin.environments, pin.usable, strict=True))
    if all(_pick(pin.files, place) == own[0].filename for place, own in places):
        return (pin,)
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, (_, own) in enumerate(places):
        groups.setdefault(tuple(file.filename for file in own), []).append(index)
    return [_some(pin, group) for group in groups.values()]


def _some(pin: LockedPin, places: Sequence[int]) -> LockedPin:
    """Take a pin in some of its environments, by their places."""
    return replace(
        pin,
        environments=tuple(pin.environments[place] for place in places),
        usable=tuple(pin.usable[place] for place in places),
        parts=tuple(pin.parts[place] for place in places),
    )


def _unsurpassed(
    environment: Environment, files: tuple[DistributionFile, ...]
) -> tuple[DistributionFile, ...]:
    """Leave out what an installer would take before the first, such as a yanked wheel.

    It does not see yanks in a lock.
    """
    first = files[0]
    others = (f for f in files[1:] if _pick((first, f), environment) == first.filename)
    return (first, *others)


def _pick(files: Sequence[DistributionFile], environment: Environment) -> str | None:
    """Name the file that installers take: the wheel with the best tag, else the sdist."""
    ranks = {tag: rank for rank, tag in enumerate(environment.tags)}
    found: list[tuple[int, str]] = []
    for file in files:
        own = [ranks[tag] for tag in expand_tag(file.tag) if tag in ranks]
        if file.kind == "sdist":
            found.append((len(ranks), file.filename))
        elif own:
            found.append((min(own), file.filename))
    # Of equals the first one, as an installer meets it.
    return min(found, key=itemgetter(0))[1] if found else None


def _as_folder(pin: LockedPin) -> str:
    return (
        f"{pin.name} {pin.version} is a folder: pip up to 26.3 installs no pylock.toml "
        "that holds one, since it takes no hash of it; uv does"
    )


def _at_address(
    pin: LockedPin, address: Address, marker: str, addresses: Addresses
) -> dict[str, Toml]:
    """Write a package that a user names by where it is."""
    file = pin.files[0]
    where: dict[str, Toml] = dict(addresses.of(file) or {})
    if address.subdirectory:
        where["subdirectory"] = address.subdirectory
    package: dict[str, Toml] = {"name": pin.name}
    if marker:
        package["marker"] = marker
    if pin.is_folder:
        # Its version may be another tomorrow, so none is written (PEP 751).
        editable: dict[str, Toml] = {"editable": True} if address.is_editable else {}
        package["directory"] = {**where, **editable}
        return package
    package["version"] = str(pin.version)
    if file.size_bytes is not None:
        where["size"] = file.size_bytes
    package["archive"] = {**where, "hashes": {"sha256": file.hashes["sha256"]}}
    return package


def _package(pin: LockedPin, marker: str, addresses: Addresses) -> dict[str, Toml]:
    if pin.address is not None:
        return _at_address(pin, pin.address, marker, addresses)
    files = [file for file in pin.files if _is_listable(file)]
    if not files:
        raise NoFileAddressError(
            f"no file of {pin.name} {pin.version} has a name that pylock.toml allows",
            where=pin.files[0].filename,
            hint="write the lock with --format requirements",
        )
    package: dict[str, Toml] = {"name": pin.name, "version": str(pin.version)}
    if marker:
        package["marker"] = marker
    requires_python = {file.requires_python for file in files}
    if len(requires_python) == 1 and _is_specifier(text := requires_python.pop()):
        package["requires-python"] = text
    sdists = [file for file in files if file.kind == "sdist"]
    wheels = [file for file in files if file.kind == "wheel"]
    if sdists:
        package["sdist"] = _file(sdists[0], addresses)
    if wheels:
        package["wheels"] = [_file(wheel, addresses) for wheel in wheels]
    return package


def _file(file: DistributionFile, addresses: Addresses) -> dict[str, Toml]:
    place = addresses.of(file)
    if place is None:
        raise NoFileAddressError(
            f"pylock.toml must say where {file.filename} is, and there is no "
            "address or path that it may name",
            where="lock",
            hint="write an index's addresses, without logins, by --emit-index-url; "
            "or take files from a folder (--find-links), which become paths; "
            "or write --format requirements, which needs neither",
        )
    entry: dict[str, Toml] = {"name": file.filename}
    if file.upload_time is not None:
        entry["upload-time"] = file.upload_time
    entry.update(place)
    if file.size_bytes is not None:
        entry["size"] = file.size_bytes
    kind = next(kind for kind in STRONG_HASHES if kind in file.hashes)
    entry["hashes"] = {kind: file.hashes[kind]}
    return entry


def _is_listable(file: DistributionFile) -> bool:
    """Tell whether the file has a hash, and a name by the specifications."""
    parse = parse_wheel_filename if file.kind == "wheel" else parse_sdist_filename
    try:
        project, *_ = parse(file.filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return False
    has_hash = any(kind in file.hashes for kind in STRONG_HASHES)
    return has_hash and project == file.project


def _is_specifier(text: str | None) -> TypeGuard[str]:
    try:
        return bool(read_specifiers(text or ""))
    except InvalidSpecifier:
        return False
