"""The texts that a quick answer sends are those of the tables, and of the migrations."""

from datetime import UTC, datetime

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, insert, select, text

from axletree.wheelhouse.sql import databases, state_queries, tables

DAY = datetime(2022, 2, 1, tzinfo=UTC)


@pytest.fixture
def connection() -> Connection:
    engine = create_engine("sqlite://")
    tables.schema.create_all(engine)
    found = engine.connect()
    found.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
    return found


def fill(connection: Connection) -> None:
    made = [{"number": number, "made_at": DAY} for number in (1, 2, 3, 4)]
    connection.execute(insert(tables.generations), made)
    connection.execute(text("INSERT INTO alembic_version VALUES ('0003')"))
    for project, since, until in (("a", 1, None), ("b", 1, 3), ("c", 3, None)):
        row = {"project": project, "since": since, "until": until}
        listed = {**row, "file_id": 1, "is_by_hand": False}
        connection.execute(insert(tables.listings).values(**listed))
    said = {"project": "d", "since": 4, "status": "archived", "reason": ""}
    connection.execute(insert(tables.statuses).values(**said, is_by_hand=True))
    file = {
        column.name: f"{column.name}"
        for column in tables.files.columns
        if column.name not in {"id", "metadata_sha256", "upload_time", "swept_at"}
    }
    numbers = {"generation": 1, "size_bytes": 1, "withdrawn_since": 3}
    values = {**file, "project": "e", "entered_at": DAY, **numbers}
    connection.execute(insert(tables.files).values(**values))


NEWEST = select(func.max(tables.generations.c.number))


def test_the_newest_generation_is_that_of_the_tables(connection: Connection) -> None:
    with connection:
        assert (
            connection.exec_driver_sql(state_queries.NEWEST_GENERATION).first() is None
        )
        fill(connection)
        [row] = connection.exec_driver_sql(state_queries.NEWEST_GENERATION)
        assert row.number == connection.execute(NEWEST).scalar_one()
        [state] = connection.exec_driver_sql(state_queries.STATE)
        assert tuple(state) == ("0003", *row)
        of_history = connection.exec_driver_sql(state_queries.GENERATION_IS, tuple(row))
        assert of_history.scalar_one() == 1
        other = (2, "2000-01-01 00:00:00.000000")
        of_none = connection.exec_driver_sql(state_queries.GENERATION_IS, other)
        assert of_none.scalar_one() == 0


def test_every_kind_of_change_since_a_generation_names_its_project(
    connection: Connection,
) -> None:
    with connection:
        fill(connection)
        for generation, projects in ((2, "bcde"), (3, "d"), (4, "")):
            since = connection.exec_driver_sql(
                state_queries.PROJECTS_SINCE, (generation,)
            )
            assert "".join(sorted(project for (project,) in since)) == projects


def test_the_revision_is_that_of_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(databases.MIGRATIONS))
    [head] = ScriptDirectory.from_config(config).get_heads()
    assert head == state_queries.REVISION
