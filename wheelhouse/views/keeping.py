"""The views of a wheelhouse: made, listed, removed; never changed.

A removed view leaves its name, as a removed file does: the same may come back under it,
and nothing else, so that an address never comes to mean something else.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, and_, func, insert, not_, select, update

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import (
    NoSetError,
    NoViewError,
    StillNeededError,
    ViewTakenError,
)
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.policy.document import read_policy
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows
from axletree.wheelhouse.store.accounts import account_name
from axletree.wheelhouse.views.definition import (
    COLUMNS,
    View,
    check_name,
    is_name,
    row_of,
    stored_view,
    there,
)

_COLUMNS = [tables.views.c[name] for name in COLUMNS]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeView:
    """What making a view has done."""

    view: View
    is_new: bool
    """False: the very same was there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The views of one wheelhouse."""

    house: Wheelhouse
    clock: Callable[[], datetime] = utc_now

    def make(
        self,
        name: str,
        *,
        exclude_newer: datetime | None,
        policy: tuple[bytes, str] | None,
        sets: Sequence[str] = (),
    ) -> MadeView:
        """Make a view; one that is there already with the same definition stays.

        :param policy: a policy's file, and its name for messages.
        :param sets: those whose locks have what it lists; none: it lists all.
        :raises InvalidViewNameError: it cannot be called so.
        :raises InvalidPolicyError: its policy is not valid.
        :raises ViewTakenError: another is called so, or was.
        :raises NoSetError: one of the sets is not there.
        """
        check_name(name)
        stored = None
        if policy is not None:
            raw, file = policy
            read_policy(raw, file)
            stored = StoredPolicy(since=0, name=file, content=raw.decode())
        with self.house.database.writing() as connection:
            generation = history.read_generation(connection)
            view = View(
                name=name,
                exclude_newer=exclude_newer,
                policy=stored and replace(stored, since=generation),
                sets=tuple(sorted(set(sets))),
                generation=generation,
                made_at=self.clock(),
                actor=account_name(),
            )
            _require_sets(connection, view.sets)
            known = self._read(connection, name)
            if known is not None and known.said != view.said:
                raise _taken(known)
            if known is not None and known.removed_at is None:
                return MadeView(view=known, is_new=False)
            if known is None:
                connection.execute(insert(tables.views), row_of(view))
            else:
                view = replace(known, removed_at=None)
                self._remove(connection, name, None)
            self._note(connection, "make view", name)
        return MadeView(view=view, is_new=True)

    def all(self) -> tuple[View, ...]:
        """List those that there are, by name."""
        query = (
            select(*_COLUMNS)
            .where(tables.views.c.removed_at.is_(None))
            .order_by(tables.views.c.name)
        )
        with self.house.database.reading() as connection, self._sound():
            return tuple(stored_view(tuple(row)) for row in connection.execute(query))

    def steady_names(self) -> frozenset[str]:
        """Name those that there are, but views of sets.

        What any other leaves of a project changes only when the project does.
        """
        views = tables.views.c
        query = select(views.name).where(
            views.removed_at.is_(None), views.sets.is_(None)
        )
        with self.house.database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def find(self, name: str) -> View:
        """Look a view up.

        :raises NoViewError: there is none of that name, or none any more.
        """
        with self.house.database.reading() as connection:
            return there(name, self._read(connection, name))

    def remove(self, name: str) -> View:
        """Remove a view, but for its name; returns it.

        :raises NoViewError: there is none of that name, or none any more.
        :raises StillNeededError: a set is over it.
        """
        with self.house.database.writing() as connection:
            view = there(name, self._read(connection, name))
            _refuse_needed(connection, name)
            self._remove(connection, name, self.clock())
            self._note(connection, "remove view", name)
        return view

    def _read(self, connection: Connection, name: str) -> View | None:
        if not is_name(name):
            return None
        query = select(*_COLUMNS).where(tables.views.c.name == name)
        row = connection.execute(query).one_or_none()
        with self._sound():
            return None if row is None else stored_view(tuple(row))

    def _sound(self) -> AbstractContextManager[None]:
        return sound_rows(self.house.database.where)

    @staticmethod
    def _remove(connection: Connection, name: str, at: datetime | None) -> None:
        table = tables.views
        named = update(table).where(table.c.name == name)
        connection.execute(named.values(removed_at=at))

    def _note(
        self,
        connection: Connection,
        action: Literal["make view", "remove view"],
        name: str,
    ) -> None:
        history.note(connection, action, [name], at=self.clock())


def views_of_set(connection: Connection, name: str) -> list[str]:
    """Name the views that list what a set's locks have."""
    views = tables.views.c
    query = select(views.name, views.sets).where(
        views.removed_at.is_(None), views.sets.is_not(None)
    )
    found = connection.execute(query.order_by(views.name))
    return [as_text(view) for view, sets in found if name in as_text(sets).split()]


def require_view(connection: Connection, name: str) -> None:
    """Refuse a view that is not there any more; empty: none is meant.

    :raises NoViewError: it is not there.
    """
    views = tables.views.c
    is_it = and_(views.name == name, views.removed_at.is_(None))
    if name and connection.execute(select(views.id).where(is_it)).first() is None:
        raise NoViewError(f"there is no view {name}")


def _refuse_needed(connection: Connection, name: str) -> None:
    """Refuse to end a view over which a set is locked.

    :raises StillNeededError: naming one.
    """
    sets, later = tables.set_versions, tables.set_versions.alias()
    newest = select(func.max(later.c.number)).where(later.c.name == sets.c.name)
    query = select(sets.c.name).where(
        sets.c.view == name,
        not_(sets.c.is_removed),
        sets.c.number == newest.scalar_subquery(),
    )
    found = connection.execute(query.order_by(sets.c.name)).scalars().first()
    if found is not None:
        raise StillNeededError(
            f"the requirement set {found} is locked over the view {name}",
            hint=f"axletree set update {found} --no-view locks it over all",
        )


def _require_sets(connection: Connection, names: Sequence[str]) -> None:
    """Refuse sets that are not there.

    :raises NoSetError: naming one.
    """
    states = tables.set_states.c
    for name in names:
        query = select(states.id).where(states.name == name).limit(1)
        if connection.execute(query).first() is None:
            raise NoSetError(f"there is no requirement set {shown(name)}")


def _taken(known: View) -> ViewTakenError:
    was = "is" if known.removed_at is None else "was"
    return ViewTakenError(
        f"there {was} a view {known.name} that leaves out something else",
        hint="a view never changes: call the new one otherwise",
    )
