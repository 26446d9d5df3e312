"""A resolution as the files that pip reads; pylock.toml is `pylock`'s."""

from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from axletree.resolver.locks.lines import LockLine, header, lock_text
from axletree.resolver.locks.locked import (
    Locked,
    LockedPin,
    require_hashes,
    without_extras,
)
from axletree.resolver.locks.markers import Distinctions
from axletree.resolver.model.distribution import strong_hashes
from axletree.resolver.model.errors import MissingHashError
from axletree.resolver.model.origins import Requirer
from axletree.resolver.model.spelling import spell_command


def to_requirements(locked: Locked, command: Sequence[str]) -> str:
    """Write requirements.txt with the hashes of all files the environments can use.

    What does not hold in all environments has a marker.

    :param command: the words that made the lock, for the header; index addresses
        and what changes nothing but the words on the way are left out.
    :raises MissingHashError: when the index gave no hash for a file to install.
    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    require_hashes(locked.pins)
    folders = [pin for pin in locked.pins if pin.is_folder]
    _refuse_needed(folders)
    distinctions = Distinctions(locked.environments)
    lines = (
        LockLine(
            name=pin.name,
            version=str(pin.version),
            extras=pin.extras,
            marker=distinctions.marker(pin.name, pin.environments),
            hashes=strong_hashes(pin.files),
            requested_by=pin.requested_by,
            address=_address(pin),
        )
        for pin in locked.pins
        if not pin.is_folder
    )
    notes = (*locked.notes, *map(_left_out, folders))
    return lock_text(header(locked.labels, command, notes), lines)


def to_constraints(locked: Locked, command: Sequence[str]) -> str:
    """Write the pins as constraints: no hashes and no extras, which pip refuses.

    :raises IndistinguishableEnvironmentsError: when no marker can say what differs.
    """
    distinctions = Distinctions(locked.environments)
    lines = (
        LockLine(
            name=pin.name,
            version=str(pin.version),
            marker=distinctions.marker(pin.name, pin.environments),
            requested_by=pin.requested_by,
            address=_address(pin),
        )
        for pin in without_extras(locked.pins)
    )
    return lock_text(header(locked.labels, command, locked.notes), lines)


def _address(pin: LockedPin) -> str:
    if pin.address is None:
        return ""
    part = f"#subdirectory={pin.address.subdirectory}" * bool(pin.address.subdirectory)
    return f"{pin.address.url}{part}"


def _left_out(pin: LockedPin) -> str:
    path = spell_command([unquote(urlsplit(_address(pin)).path)])
    return (
        f"{pin.name} {pin.version} is a folder, of which pip takes no hash: install it "
        f"beside this lock, with pip install --no-deps {path}"
    )


def _refuse_needed(folders: Iterable[LockedPin]) -> None:
    """Refuse a lock that lacks what something in it requires.

    :raises MissingHashError: pip would look for a folder's project on an index.
    """
    for pin in folders:
        needed_by = [str(who) for who in pin.requested_by if isinstance(who, Requirer)]
        if needed_by:
            raise MissingHashError(
                f"{needed_by[0]} requires {pin.name}, which is a folder: pip takes no "
                "hash of that, and installs no lock where one is missing",
                where=_address(pin),
                hint="require a wheel of it, or write pylock.toml (--format pylock), "
                "which uv installs",
            )
