"""A resolution as the files that installers read, and as JSON.

The layout is that of pip-compile, so that a lock can replace one without a diff in
every line. pylock.toml is not written here: PEP 751 asks for a URL or path of each
file, and a lock of ours holds no index address.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from packaging.version import VERSION_PATTERN

from axletree.resolver.distribution import DistributionFile
from axletree.resolver.errors import MissingHashError
from axletree.resolver.json_form import (
    JsonObject,
    counters_to_json,
    environment_to_json,
    pin_to_json,
    usable_files,
)
from axletree.resolver.model import Counters, Pin, Resolution

# Source: pip, `utils/hashes.py`: the kinds that `--hash` takes, best known first.
_STRONG_HASHES = ("sha256", "sha384", "sha512")
_FILE_LINE = re.compile(r"(.+), line \d+")
_RELEASE = re.compile(rf"(\S+)[ ]{VERSION_PATTERN}", re.VERBOSE | re.IGNORECASE)
_IDLE_OPTIONS = re.compile("-v+|--verbose|--json|--refresh")
_ADDRESS_OPTIONS = frozenset({"--index-url", "-i", "--extra-index-url"})


def to_requirements(resolution: Resolution, command: Sequence[str]) -> str:
    """Write requirements.txt with the hashes of all files the environment can use.

    :param command: the words that made the lock, for the header; index addresses
        and what changes nothing but the words on the way are left out.
    :raises MissingHashError: when the index gave no hash for a file to install.
    """
    _require_hashes(resolution.pins)
    lines = list(_header(resolution, command))
    for pin in resolution.pins:
        hashes = strong_hashes(usable_files(pin))
        lines.append(f"{_name(pin)}=={pin.version} \\")
        lines += [f"    --hash={value} \\" for value in hashes[:-1]]
        lines.append(f"    --hash={hashes[-1]}")
        lines += _via(pin)
    return "\n".join((*lines, ""))


def to_constraints(resolution: Resolution, command: Sequence[str]) -> str:
    """Write the pins as constraints: no hashes and no extras, which pip refuses."""
    lines = list(_header(resolution, command))
    for pin in resolution.pins:
        lines.append(f"{pin.name}=={pin.version}")
        lines += _via(pin)
    return "\n".join((*lines, ""))


def to_json(resolution: Resolution, counters: Counters | None = None) -> JsonObject:
    """Give the document `axletree.resolution/1` (docs/schema/)."""
    environment = resolution.environment
    document: JsonObject = {
        "format": "axletree.resolution/1",
        "satisfiable": True,
        "environments": [environment_to_json(environment)],
        "pins": [pin_to_json(pin, environment) for pin in resolution.pins],
        "notes": list(resolution.notes),
    }
    if counters is not None:
        document["counters"] = counters_to_json(counters)
    return document


def shown_command(words: Iterable[str]) -> str:
    """Spell a command for a lock's header, without index addresses.

    Nor with what changes no byte of the lock.
    """
    kept = (word for word in words if not _IDLE_OPTIONS.fullmatch(word))
    return shlex.join(_without_addresses(kept))


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


def _header(resolution: Resolution, command: Sequence[str]) -> Iterator[str]:
    yield "#"
    yield f"# This file was made by axletree for {resolution.environment.label}"
    yield "# with the following command:"
    yield "#"
    yield f"#    {shown_command(command)}"
    yield "#"
    for note in resolution.notes:
        yield from (f"# {line}" for line in f"note: {note}".splitlines())
    if resolution.notes:
        yield "#"


def _name(pin: Pin) -> str:
    return f"{pin.name}[{','.join(sorted(pin.extras))}]" if pin.extras else pin.name


def strong_hashes(files: Iterable[DistributionFile]) -> list[str]:
    """List `sha256:…` values, each file's best known kind; sorted."""
    found: set[str] = set()
    for file in files:
        strong = (kind for kind in _STRONG_HASHES if kind in file.hashes)
        found.update(f"{kind}:{file.hashes[kind]}" for kind in list(strong)[:1])
    return sorted(found)


def _require_hashes(pins: Iterable[Pin]) -> None:
    """Refuse a lock that pip would refuse: all of its pins need a hash, or none."""
    bare = [
        pin.file.filename
        for pin in pins
        if not any(kind in pin.file.hashes for kind in _STRONG_HASHES)
    ]
    if bare:
        raise MissingHashError(
            f"the index gives no SHA-256 of {', '.join(bare)}",
            where="index",
            hint="collect the files into a wheelhouse, which computes their hashes, "
            "and lock from it; or write constraints, which need none",
        )


def _via(pin: Pin) -> list[str]:
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
