"""What a view is: a name, and what it leaves out of the wheelhouse."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.catalog.stored_rows import (
    as_text,
    number_of,
    text_or_none,
    utc_time,
)
from axletree.wheelhouse.errors import InvalidViewNameError, NoViewError
from axletree.wheelhouse.model import StoredPolicy

# It stands in addresses, and on file systems that know no capitals.
_is_name = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?").fullmatch

COLUMNS = (
    *("name", "exclude_newer", "policy_name", "policy"),
    *("generation", "made_at", "actor", "removed_at"),
)
OF_NAME = f"SELECT {', '.join(COLUMNS)} FROM views WHERE name = ?"  # noqa: S608  names of our own
"""Reads one view without SQLAlchemy; a test holds it to the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view; what it shows follows the wheelhouse, and what it is never changes."""

    name: str
    exclude_newer: datetime | None
    """The first instant that is too new; aware, UTC."""
    policy: StoredPolicy | None
    """Obeyed beside the wheelhouse's own; its `since` is the view's generation."""
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
        moment = self.exclude_newer.astimezone(UTC)
        if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0,) * 4:
            return (moment - timedelta(days=1)).date().isoformat()
        return moment.isoformat()

    @property
    def said(self) -> tuple[datetime | None, StoredPolicy | None]:
        """Return what makes it what it is, whoever made it and when."""
        policy = self.policy
        if policy is not None:
            policy = StoredPolicy(since=0, name=policy.name, content=policy.content)
        return self.exclude_newer, policy


def is_name(name: str) -> bool:
    """Tell whether a view may be called so."""
    return _is_name(name) is not None


def check_name(name: str) -> None:
    """Refuse what a view cannot be called.

    :raises InvalidViewNameError: it cannot be called so.
    """
    if not is_name(name):
        raise InvalidViewNameError(
            f"a view cannot be called {shown(name)}",
            hint="small letters, digits, . _ and - make its name: kubeflow-1.4",
        )


def there(name: str, found: View | None) -> View:
    """Return a view that is there.

    :raises NoViewError: there is none of that name, or none any more.
    """
    if found is None:
        raise NoViewError(f"there is no view {shown(name)}")
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
        "generation": view.generation,
        "made_at": view.made_at,
        "actor": view.actor,
        "removed_at": view.removed_at,
    }
