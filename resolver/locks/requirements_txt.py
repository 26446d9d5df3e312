"""A resolution as the files that pip reads; pylock.toml is `pylock`'s."""

from collections.abc import Sequence

from axletree.resolver.locks.lines import LockLine, header, lock_text
from axletree.resolver.locks.locked import (
    Locked,
    require_hashes,
    without_extras,
)
from axletree.resolver.locks.markers import Distinctions
from axletree.resolver.model.distribution import strong_hashes


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
    lines = (
        LockLine(
            name=pin.name,
            version=str(pin.version),
            extras=pin.extras,
            marker=distinctions.marker(pin.name, pin.environments),
            hashes=strong_hashes(pin.files),
            requested_by=pin.requested_by,
        )
        for pin in locked.pins
    )
    return lock_text(header(locked.labels, command, locked.notes), lines)


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
        )
        for pin in without_extras(locked.pins)
    )
    return lock_text(header(locked.labels, command, locked.notes), lines)
