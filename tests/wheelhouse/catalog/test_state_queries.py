"""The texts that a quick answer sends are those of the tables, and of the migrations."""

from datetime import UTC, datetime

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, insert, select, text

from axletree.wheelhouse.catalog import (
    database,
    state_queries,
    tables,
)

DAY = datetime(2022, 2, 1, tzinfo=UTC)


@pytest.fixture
def connection() -> Connection:
    engine = create_engine("sqlite://")
    tables.schema.create_all(engine)
    found = engine.connect()
    found.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
    return found


def fill(connection: Connection) -> None:
    made = [{"number": number, "made_at": DAY} for number in (1, 2, 3)]
    connection.execute(insert(tables.generations), made)
    connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    for place, (project, generation) in enumerate((("a", 1), ("b", 2), ("b", 3))):
        row = {
            column.name: f"{column.name}{place}"
            for column in tables.files.columns
            if column.name not in {"id", "metadata_sha256", "upload_time"}
        }
        more = {"project": project, "generation": generation, "size_bytes": 1}
        values = {**row, **more, "entered_at": DAY, "yanked": None}
        connection.execute(insert(tables.files).values(**values))


NEWEST = select(func.max(tables.generations.c.number))
SINCE = select(tables.files.c.project).distinct().where(tables.files.c.generation > 1)


def test_the_newest_generation_is_that_of_the_tables(connection: Connection) -> None:
    with connection:
        assert (
            connection.exec_driver_sql(state_queries.NEWEST_GENERATION).first() is None
        )
        fill(connection)
        [row] = connection.exec_driver_sql(state_queries.NEWEST_GENERATION)
        assert row.number == connection.execute(NEWEST).scalar_one()
        [state] = connection.exec_driver_sql(state_queries.STATE)
        assert tuple(state) == ("0001", *row)
        of_history = connection.exec_driver_sql(state_queries.GENERATION_IS, tuple(row))
        assert of_history.scalar_one() == 1
        other = (2, "2000-01-01 00:00:00.000000")
        of_none = connection.exec_driver_sql(state_queries.GENERATION_IS, other)
        assert of_none.scalar_one() == 0


def test_what_was_published_since_is_that_of_the_tables(connection: Connection) -> None:
    with connection:
        fill(connection)
        found = connection.exec_driver_sql(state_queries.PROJECTS_SINCE, (1,))
        assert list(found) == list(connection.execute(SINCE)) == [("b",)]


def test_the_revision_is_that_of_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    [head] = ScriptDirectory.from_config(config).get_heads()
    assert head == state_queries.REVISION
