"""The policy of a wheelhouse, read without SQLAlchemy.

Whatever is resolved over a wheelhouse asks for it, and that takes longer to import than
most answers to find.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Protocol

from axletree.house_place import HousePlace, place_at
from axletree.resolver.model.limits import Policy
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.errors import NoWheelhouseError
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.policy.document import PolicyDocument, read_policy
from axletree.wheelhouse.sql.state_queries import DATABASE
from axletree.wheelhouse.store.stamps import unreadable


def day_of(moment: datetime) -> datetime:
    """Return the day's beginning, in UTC: the same question has the same answer all day."""
    return datetime.combine(moment.astimezone(UTC), time(), UTC)


def document_of(stored: StoredPolicy) -> PolicyDocument:
    """Read a policy that was kept.

    :raises InvalidPolicyError: it was changed by other hands.
    """
    return read_policy(stored.content.encode(), stored.name)


class Governed(Protocol):
    """What has a policy."""

    def policy(self) -> StoredPolicy | None:
        """Read the policy that holds now; None: there is none."""
        ...


def policy_today(
    house: Governed, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Policy:
    """Return what holds of a wheelhouse: the same all day, as ages count up to its begin.

    :raises InvalidPolicyError: it was changed by other hands.
    """
    stored = house.policy()
    return Policy() if stored is None else document_of(stored).at(day_of(now()))


def policy_at(place: Path | HousePlace) -> PolicyDocument | None:
    """Read the policy of the wheelhouse at a place; None: there is none of either.

    :raises WheelhouseError: there is a wheelhouse that cannot be read.
    """
    place = place_at(place)
    try:
        if not (place.database or (place.home / DATABASE).exists()):
            return None
    except OSError as error:
        raise unreadable(str(place.home), error) from error
    with ExitStack() as stack, suppress(NoWheelhouseError):
        stored = PlainReader(place, stack).policy()
        return None if stored is None else document_of(stored)
    return None
