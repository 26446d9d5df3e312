"""What the locks of the sets have that a view names, now or as of a generation."""

from sqlalchemy import text

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows
from axletree.wheelhouse.views.definition import HELD_NOW, HELD_THEN, View


def held_in(
    house: Wheelhouse, view: View, generation: int | None = None
) -> frozenset[str] | None:
    """Name the files that a view of sets lists; None: it is none, and lists all.

    :param generation: None: now.
    :raises DatabaseError: the database is damaged.
    """
    if not view.sets:
        return None
    query = HELD_NOW if generation is None else HELD_THEN
    statement = text(query.replace("?1", ":name").replace("?2", ":generation"))
    values = {} if generation is None else {"generation": generation}
    with house.database.reading() as connection, sound_rows(house.database.where):
        return frozenset(
            as_text(found)
            for name in view.sets
            for found in connection.execute(
                statement, {"name": name, **values}
            ).scalars()
        )
