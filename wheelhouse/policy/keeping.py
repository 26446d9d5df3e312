"""The policy of a wheelhouse: set whole, kept with the generations in which it holds."""

from collections.abc import Callable
from datetime import datetime

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.policy.document import read_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """What setting a policy has changed."""

    generation: int
    is_new: bool
    """False: the same was set already."""


def set_policy(
    house: Wheelhouse,
    raw: bytes,
    name: str,
    clock: Callable[[], datetime] = utc_now,
) -> PolicySet:
    """Let a policy hold from the next generation on, in place of the one before.

    :raises InvalidPolicyError: it is not valid; nothing is changed.
    """
    read_policy(raw, name)
    content = raw.decode()
    with house.publishing(), house.database.writing() as connection:
        before = history.read_policy(connection)
        if before is not None and (before.name, before.content) == (name, content):
            generation = history.read_generation(connection)
            return PolicySet(generation=generation, is_new=False)
        at = clock()
        generation = history.add_generation(connection, at)
        new = StoredPolicy(since=generation, name=name, content=content)
        history.put_policy(connection, new)
        history.note(connection, "policy", [name], at=at, generation=generation)
    return PolicySet(generation=generation, is_new=True)
