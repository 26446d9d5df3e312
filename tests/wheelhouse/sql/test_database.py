from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from axletree.wheelhouse.errors import DatabaseLockedError
from axletree.wheelhouse.sql import state_queries, tables
from axletree.wheelhouse.sql.database import SqliteDatabase
from axletree.wheelhouse.store import turns


def made(folder: Path) -> SqliteDatabase:
    path = folder / "db.sqlite"
    if not path.exists():
        SqliteDatabase.make(path)
    return SqliteDatabase.open(path)


def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    opened = made(tmp_path)

    with opened.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.schema) == []
        assert context.get_current_revision() == state_queries.REVISION
    opened.close()


def test_a_reader_sees_one_state_while_others_write(tmp_path: Path) -> None:
    opened = made(tmp_path)
    count = tables.generations.select()

    with opened.reading() as reader:
        before = reader.execute(count).all()
        with opened.writing() as writer:
            writer.exec_driver_sql(
                "INSERT INTO generations (number, made_at) VALUES (1, '2026-01-01')"
            )
        assert reader.execute(count).all() == before
    opened.close()


def test_a_busy_database_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "BUSY_TIMEOUT_S", 0)
    one = made(tmp_path)
    other = made(tmp_path)

    with one.writing(), pytest.raises(DatabaseLockedError), other.writing():
        pass

    one.close()
    other.close()
