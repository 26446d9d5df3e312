"""What a view is: a name, and what it leaves out of the wheelhouse."""

import re
from collections.abc import Sequence
from datetime import datetime

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown
from axletree.resolver.model.spelling import spelled_limit
from axletree.wheelhouse.errors import InvalidViewNameError, NoViewError
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.sql.stored_rows import (
    as_text,
    number_of,
    text_or_none,
    utc_time,
)

# It stands in addresses, and on file systems that know no capitals.
_is_name = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?").fullmatch

COLUMNS = (
    *("name", "exclude_newer", "policy_name", "policy", "sets"),
    *("generation", "made_at", "actor", "removed_at"),
)
OF_NAME = f"SELECT {', '.join(COLUMNS)} FROM views WHERE name = ?"  # noqa: S608  names of our own
"""Reads one view without SQLAlchemy; a test holds it to the tables."""

HELD_NOW = """
SELECT files.filename FROM set_states AS states
JOIN set_lock_files AS files ON files.outcome_id = states.lock_id
WHERE states.name = ?1
"""
"""The files that the locks of a set have."""
HELD_THEN = """
SELECT files.filename FROM set_lock_files AS files
WHERE files.outcome_id IN (
  SELECT max(found.id) FROM set_outcomes AS found
  JOIN set_versions AS version
  ON version.name = found.name AND version.number = found.version
  WHERE found.name = ?1 AND found.generation <= ?2 AND found.lock IS NOT NULL
  AND NOT version.is_removed AND version.number = (
    SELECT max(number) FROM set_versions WHERE name = ?1 AND generation <= ?2
  )
  GROUP BY found.environment
)
"""
"""As of a generation: of each environment the lock that was found last up to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view; what it shows follows the wheelhouse, and what it is never changes."""

    name: str
    exclude_newer: datetime | None
    """The first instant that is too new; aware, UTC."""
    policy: StoredPolicy | None
    """Obeyed beside the wheelhouse's own; its `since` is the view's generation."""
    sets: tuple[str, ...] = ()
    """It lists what their locks have, and nothing else; none: it lists all. By name."""
    generation: int
    """The newest when it was made."""
    made_at: datetime
    actor: str
    removed_at: datetime | None = None

    def is_as_of(self, upload_time: datetime | None) -> bool:
        """Tell whether a file was there on its day, as `--exclude-newer` does."""
        limit = self.exclude_newer
        return limit is None or (upload_time is not None and upload_time < limit)

    @property
    def day(self) -> str:
        """Name what it is as of: the last whole day that it takes in, or a time."""
        if self.exclude_newer is None:
            return ""
        return spelled_limit(self.exclude_newer)

    @property
    def of_sets(self) -> str:
        """Name the sets whose locks it lists; empty: it is of none."""
        if not self.sets:
            return ""
        sets = "set" if len(self.sets) == 1 else "sets"
        return f"the requirement {sets} {', '.join(self.sets)}"

    @property
    def said(self) -> tuple[datetime | None, StoredPolicy | None, tuple[str, ...]]:
        """Return what makes it what it is, whoever made it and when."""
        policy = self.policy
        if policy is not None:
            policy = StoredPolicy(since=0, name=policy.name, content=policy.content)
        return self.exclude_newer, policy, self.sets


def is_name(name: str) -> bool:
    """Tell whether a view may be called so."""
    return _is_name(name) is not None


def check_name(name: str) -> None:
    """Refuse what a view cannot be called.

    :raises InvalidViewNameError: it cannot be called so.
    """
    if not is_name(name):
        raise InvalidViewNameError(
            f"a view cannot be called {shown(name)!r}",
            hint="small letters, digits, . _ and - make its name: kubeflow-1.4",
        )


def there(name: str, found: View | None) -> View:
    """Return a view that is there.

    :raises NoViewError: there is none of that name, or none any more.
    """
    if found is None:
        said = name if is_name(name) else repr(shown(name))
        raise NoViewError(f"there is no view {said}")
    if found.removed_at is not None:
        day = found.removed_at.date()
        raise NoViewError(f"the view {name} was removed on {day}")
    return found


def stored_view(row: Sequence[object]) -> View:
    """Take a row apart, of the columns `COLUMNS`.

    :raises ValueError: it is not what was written.
    :raises TypeError: likewise.
    """
    value = dict(zip(COLUMNS, row, strict=True))
    generation, made_at = number_of(value["generation"]), utc_time(value["made_at"])
    content = text_or_none(value["policy"])
    if made_at is None:
        raise ValueError(row)
    policy = None
    if content is not None:
        name = as_text(value["policy_name"])
        policy = StoredPolicy(since=generation, name=name, content=content)
    return View(
        name=as_text(value["name"]),
        exclude_newer=utc_time(value["exclude_newer"]),
        policy=policy,
        sets=tuple((text_or_none(value["sets"]) or "").split()),
        generation=generation,
        made_at=made_at,
        actor=as_text(value["actor"]),
        removed_at=utc_time(value["removed_at"]),
    )


def row_of(view: View) -> dict[str, object]:
    """Return the row of a view, as `stored_view` reads it."""
    policy = view.policy
    return {
        "name": view.name,
        "exclude_newer": view.exclude_newer,
        "policy_name": None if policy is None else policy.name,
        "policy": None if policy is None else policy.content,
        "sets": "\n".join(view.sets) or None,
        "generation": view.generation,
        "made_at": view.made_at,
        "actor": view.actor,
        "removed_at": view.removed_at,
    }
