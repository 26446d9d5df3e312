"""Locks of sets: an answer as pylock.toml, in a form that is kept, and read back.

A file's path in it is its name: it lies where the lock does. Whoever gives the lock out
says where the files are. The lock writers are the resolver's.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Literal, TypeAlias
from urllib.parse import quote

from packaging.markers import Marker
from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock
from packaging.utils import NormalizedName

from axletree.resolver.inputs.foreign_toml import parse_toml
from axletree.resolver.locks.difference import LockDifference, compare
from axletree.resolver.locks.locked import lay_together
from axletree.resolver.locks.pylock import Addresses, to_pylock
from axletree.resolver.locks.reading import WrittenPin, read_lock
from axletree.resolver.locks.requirements_txt import to_constraints, to_requirements
from axletree.resolver.model.answers import Pin, Resolution
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.file_names import FileNames
from axletree.wheelhouse.errors import DatabaseError
from axletree.wheelhouse.sets.records import Target

_ROOT = PurePath("/")
_NAME = Path("pylock.toml")
UrlOf: TypeAlias = Callable[[str, str], str]
_HEAD = re.compile(r"(?:#.*\n)*\n?")


def written(resolution: Resolution, name: str, target: Target) -> str:
    """Write the lock of one environment of a set."""
    pins = tuple(map(_beside, resolution.pins))
    own = replace(resolution, pins=pins)
    return _laid_together([own], (*_shown(name), "--environment", target.name))


def _beside(pin: Pin) -> Pin:
    """Let all files of a pin lie where the lock does."""
    files = tuple(map(_with_path, pin.files or (pin.file,)))
    return replace(pin, file=files[0], files=files)


def _with_path(file: DistributionFile) -> DistributionFile:
    return replace(file, url=f"file:///{quote(file.filename)}")


def with_addresses(resolutions: Sequence[Resolution], name: str) -> str:
    """Write a lock for several environments, with the addresses that its files have.

    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    return _laid_together(resolutions, _shown(name))


def _laid_together(resolutions: Sequence[Resolution], command: Sequence[str]) -> str:
    addresses = Addresses(folder=_ROOT, with_index_urls=True)
    return to_pylock(lay_together(resolutions), tuple(command), addresses)


def _shown(name: str) -> tuple[str, ...]:
    """Say by which command a set is shown."""
    return ("axletree", "set", "show", name)


LockForm: TypeAlias = Literal["pylock", "requirements", "constraints"]


def spelled(lock: str, target: Target, name: str, form: LockForm) -> str:
    """Give a lock that was kept in one of the forms that installers read.

    :param name: of the set.
    :raises DatabaseError: the lock was changed by other hands.
    """
    if form == "pylock":
        return lock
    locked = lay_together([read_back(lock, target)])
    command = (*_shown(name), "--environment", target.name, "--format", form)
    write = to_requirements if form == "requirements" else to_constraints
    return write(locked, command)


def pins_of(lock: str | None) -> tuple[WrittenPin, ...]:
    """Read the pins of a lock that was kept; none of none.

    :raises InvalidLockError: it was changed by other hands.
    """
    return () if lock is None else read_lock(_NAME, lambda _: lock)


def differ(before: str | None, after: str | None) -> LockDifference:
    """Compare two locks that were kept."""
    return compare(pins_of(before), pins_of(after))


def is_same(before: str | None, after: str | None) -> bool:
    """Tell whether two locks say the same, whoever has asked for it."""
    return _body(before) == _body(after)


def _body(lock: str | None) -> str | None:
    return None if lock is None else _HEAD.sub("", lock, count=1)


def read_back(
    lock: str,
    target: Target,
    url_of: UrlOf = lambda filename, sha256: "",  # noqa: ARG005  there is none
) -> Resolution:
    """Make an answer of a lock that was kept.

    :param url_of: gives the address of a file by its name and SHA-256.
    :raises DatabaseError: the lock was changed by other hands.
    """
    try:
        pylock = Pylock.from_dict(parse_toml(lock))
        return Resolution(
            environment=_environment(pylock, target),
            pins=tuple(_pin(package, url_of) for package in pylock.packages),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DatabaseError(
            "a lock in the wheelhouse's database is damaged",
            where=target.label,
            hint="axletree set lock --upgrade makes it anew",
        ) from error


def _environment(pylock: Pylock, target: Target) -> Environment:
    whole = environment_for(target.python_version, target.platform)
    markers = pylock.environments or ()
    micros = tuple(
        micro
        for micro in whole.micros
        if any(_holds(marker, whole.markers_at(micro)) for marker in markers)
    )
    return whole.limited_to(micros) if micros else whole


def _holds(marker: Marker, values: Mapping[str, str]) -> bool:
    return marker.evaluate(dict(values), context="lock_file")


def _pin(package: Package, url_of: UrlOf) -> Pin:
    if package.version is None:
        raise ValueError(package.name)
    files = tuple(_files(package, url_of))
    return Pin(name=package.name, version=package.version, file=files[0], files=files)


def _files(package: Package, url_of: UrlOf) -> Iterator[DistributionFile]:
    names = FileNames(package.name)
    listed: Iterable[PackageWheel | PackageSdist] = [
        *(package.wheels or ()),
        *([package.sdist] if package.sdist is not None else []),
    ]
    requires_python = package.requires_python
    for each in listed:
        found = names.read(each.name or "")
        if not isinstance(found, tuple):
            raise TypeError(each.name)
        filename, kind, version, build, tag = found
        yield DistributionFile(
            project=NormalizedName(package.name),
            filename=filename,
            version=version,
            kind=kind,
            build=build,
            tag=tag,
            url=url_of(filename, each.hashes["sha256"]),
            hashes=each.hashes,
            requires_python=None if requires_python is None else str(requires_python),
            size_bytes=each.size,
            upload_time=each.upload_time,
        )
