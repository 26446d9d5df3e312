"""One view, read without SQLAlchemy, for what is resolved over it."""

from contextlib import ExitStack
from pathlib import Path

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows
from axletree.wheelhouse.views.definition import (
    HELD_NOW,
    OF_NAME,
    View,
    is_name,
    stored_view,
    there,
)


def view_at(place: Path | HousePlace, name: str) -> View:
    """Read a view of the wheelhouse at a place.

    :raises NoViewError: there is none of that name, or none any more.
    :raises WheelhouseError: there is no wheelhouse, or it cannot be read.
    """
    if not is_name(name):
        return there(name, None)
    with ExitStack() as stack:
        rows = PlainReader(place, stack).rows(OF_NAME, (name,))
        if rows is not None:
            with sound_rows(str(place)):
                found = [stored_view(row) for row in rows]
            return there(name, next(iter(found), None))
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy
    from axletree.wheelhouse.views.keeping import Views  # noqa: PLC0415  as above

    with Wheelhouse.open_to_read(place) as house:
        return Views(house=house).find(name)


def held_at(place: Path | HousePlace, view: View) -> frozenset[str] | None:
    """Name the files that a view of sets lists; None: it is none, and lists all.

    :raises WheelhouseError: there is no wheelhouse, or it cannot be read.
    """
    if not view.sets:
        return None
    with ExitStack() as stack:
        reader = PlainReader(place, stack)
        found = [reader.rows(HELD_NOW, (name,)) for name in view.sets]
        known = [rows for rows in found if rows is not None]
        if len(known) == len(found):
            with sound_rows(str(place)):
                return frozenset(as_text(name) for rows in known for (name,) in rows)
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy
    from axletree.wheelhouse.views.held import held_in  # noqa: PLC0415  as above

    with Wheelhouse.open_to_read(place) as house:
        return held_in(house, view)
