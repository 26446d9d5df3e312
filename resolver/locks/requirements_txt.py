"""A resolution as the files that installers read, and as JSON.

The layout is that of pip-compile, so that a lock can replace one without a diff in
every line. pylock.toml is `axletree.resolver.locks.pylock`'s.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from packaging.version import VERSION_PATTERN

from axletree.resolver.locks.json_form import (
    counters_to_json,
    environment_to_json,
    lag_to_json,
    locked_pin_to_json,
)
from axletree.resolver.locks.locked import (
    Locked,
    LockedPin,
    without_extras,
)
from axletree.resolver.locks.markers import Distinctions
from axletree.resolver.model.answers import Counters
from axletree.resolver.model.distribution import STRONG_HASHES, strong_hashes
from axletree.resolver.model.errors import MissingHashError
from axletree.resolver.model.json_types import JsonObject

_FILE_LINE = re.compile(r"(.+), line \d+")
_RELEASE = re.compile(rf"(\S+)[ ]{VERSION_PATTERN}", re.VERBOSE | re.IGNORECASE)
_IDLE_OPTIONS = re.compile("-v+|--verbose|--json|--refresh|--check|-U|--upgrade")
_UPGRADE_OPTIONS = re.compile("(-P|--upgrade-package)(=.*)?|-P.+")
_ADDRESS_OPTIONS = frozenset({"--index-url", "-i", "--extra-index-url"})


def to_requirements(locked: Locked, command: Sequence[str]) -> str:
    """Write requirements.txt with the hashes of all files the environments can use.

    What does not hold in all environments has a marker.

    :param command: the words that made the lock, for the header; index addresses
        and what changes nothing but the words on the way are left out.
    :raises MissingHashError: when the index gave no hash for a file to install.
    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    require_hashes(locked.pins)
    distinctions = Distinctions(locked.environments)
    lines = list(header(locked, command))
    for pin in locked.pins:
        hashes = strong_hashes(pin.files)
        lines.append(f"{_name(pin)}=={pin.version}{_marker(distinctions, pin)} \\")
        lines += [f"    --hash={value} \\" for value in hashes[:-1]]
        lines.append(f"    --hash={hashes[-1]}")
        lines += _via(pin)
    return "\n".join((*lines, ""))


def to_constraints(locked: Locked, command: Sequence[str]) -> str:
    """Write the pins as constraints: no hashes and no extras, which pip refuses.

    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    distinctions = Distinctions(locked.environments)
    lines = list(header(locked, command))
    for pin in without_extras(locked.pins):
        lines.append(f"{pin.name}=={pin.version}{_marker(distinctions, pin)}")
        lines += _via(pin)
    return "\n".join((*lines, ""))


def to_json(locked: Locked, counters: Counters | None = None) -> JsonObject:
    """Give the document `axletree.resolution/1` (docs/schema/)."""
    document: JsonObject = {
        "format": "axletree.resolution/1",
        "satisfiable": True,
        "environments": [environment_to_json(each) for each in locked.environments],
        "pins": [locked_pin_to_json(pin) for pin in locked.pins],
        "lags": [
            lag_to_json(lag, environment)
            for environment, lags in locked.lags
            for lag in lags
        ],
        "notes": list(locked.notes),
    }
    if counters is not None:
        document["counters"] = counters_to_json(counters)
    return document


def shown_command(words: Iterable[str]) -> str:
    """Spell a command for a lock's header, without index addresses.

    Nor with what changes no byte of the lock.
    """
    kept = (word for word in words if not _IDLE_OPTIONS.fullmatch(word))
    return shlex.join(_without_addresses(_without_upgrades(kept)))


def _without_upgrades(words: Iterable[str]) -> Iterator[str]:
    """Leave out what was upgraded once: what it led to is in the lock itself."""
    rest = iter(words)
    for word in rest:
        match = _UPGRADE_OPTIONS.fullmatch(word)
        if match is None:
            yield word
        elif match[1] and match[2] is None:
            next(rest, None)


def _without_addresses(words: Iterable[str]) -> Iterator[str]:
    held: str | None = None
    for word in words:
        if held is not None:
            # `public` stands for a setting of the reader's own machine.
            if "://" not in word:
                yield from (held, word)
            held = None
        elif word in _ADDRESS_OPTIONS:
            held = word
        elif "://" not in word:
            yield word
    if held is not None:
        yield held


def header(locked: Locked, command: Sequence[str]) -> Iterator[str]:
    """Yield comment lines: for what, by which command, and what is to be noted."""
    first, *others = (environment.label for environment in locked.environments)
    yield "#"
    yield f"# This file was made by axletree for {first}{',' if others else ''}"
    yield from (f"# {label}{',' if label != others[-1] else ''}" for label in others)
    yield "# with the following command:"
    yield "#"
    yield f"#    {shown_command(command)}"
    yield "#"
    for note in locked.notes:
        yield from (f"# {line}" for line in f"note: {note}".splitlines())
    if locked.notes:
        yield "#"


def _name(pin: LockedPin) -> str:
    return f"{pin.name}[{','.join(pin.extras)}]" if pin.extras else pin.name


def _marker(distinctions: Distinctions, pin: LockedPin) -> str:
    marker = distinctions.marker(pin.name, pin.environments)
    return f" ; {marker}" if marker else ""


def require_hashes(pins: Iterable[LockedPin]) -> None:
    """Refuse a lock that pip would refuse: all of its pins need a hash, or none."""
    bare = [
        pin.files[0].filename
        for pin in pins
        if not any(kind in pin.files[0].hashes for kind in STRONG_HASHES)
    ]
    if bare:
        raise MissingHashError(
            f"the index gives no SHA-256 of {', '.join(bare)}",
            where="index",
            hint="collect the files into a wheelhouse, which computes their hashes, "
            "and lock from it; or write constraints, which need none",
        )


def _via(pin: LockedPin) -> list[str]:
    asked = sorted({_asker(text) for text in pin.requested_by})
    if len(asked) < 2:
        return [f"    # via {text}" for text in asked]
    return ["    # via", *(f"    #   {text}" for text in asked)]


def _asker(text: str) -> str:
    """Spell who asked as pip-compile does: no line of a file, no version."""
    match = _FILE_LINE.fullmatch(text)
    if match:
        return f"-r {match[1]}"
    release = _RELEASE.fullmatch(text)
    return release[1] if release else text
