"""What an earlier Axletree has written is there and true, also with readers at it."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from packaging.utils import canonicalize_name
from sqlalchemy import Connection, create_engine

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.sql import databases
from axletree.wheelhouse.sql.state_queries import REVISION
from axletree.wheelhouse.upkeep.looking import summarize
from tests.support.wheels import make_wheel

DEMO = canonicalize_name("demo")


def configured(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(databases.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


FORMER = sorted(
    each.revision
    for each in ScriptDirectory.from_config(configured()).walk_revisions()
    if each.revision != REVISION
)
"""Revisions of which databases may still be; `0001` was released."""
ROWS = (
    "INSERT INTO generations VALUES (1, '2026-01-01 00:00:00.000000')",
    "INSERT INTO generations VALUES (2, '2026-01-02 00:00:00.000000')",
    """INSERT INTO files VALUES (1, 'demo', '1.0', 'demo-1.0-py3-none-any.whl',
     'demo-1.0', 'wheel', 'py3-none-any', '', 'abababababababababababababababababababababababababababababababab', 5, '>=3.8', NULL,
     '2026-01-01 00:00:00.000000', NULL, 'add', NULL, 1)""",
    """INSERT INTO files VALUES (2, 'demo', '2.0', 'demo-2.0-py3-none-any.whl',
     'demo-2.0', 'wheel', 'py3-none-any', '', 'abababababababababababababababababababababababababababababababab', 5, NULL,
     '2026-01-02 00:00:00.000000', '2026-01-02 00:00:00.000000', 'broken', 'collect',
     NULL, 2)""",
    """INSERT INTO journal VALUES (1, '2026-01-01 00:00:00.000000', 'ann', 'publish',
     1, '["demo-1.0-py3-none-any.whl"]')""",
)


def fill(connection: Connection, revision: str) -> None:
    """Make the tables as they were once, with rows that are as old as the first."""
    command.upgrade(configured(connection), "0001")
    for row in ROWS:
        connection.exec_driver_sql(row)
    command.upgrade(configured(connection), revision)


def make(home: Path, revision: str) -> Path:
    """Make a wheelhouse as it was once."""
    (home / "files" / "sha256").mkdir(parents=True)
    path = home / "wheelhouse.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        fill(connection, revision)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()
    return path


@pytest.mark.parametrize("revision", FORMER)
def test_files_and_yanks_of_an_older_form_are_listed_as_they_were(
    tmp_path: Path, revision: str
) -> None:
    make(tmp_path, revision)

    with Wheelhouse.open(tmp_path) as house:
        first, second = house.files_of(DEMO)
        assert (first.version, first.yanked) == ("1.0", None)
        assert (second.version, second.yanked) == ("2.0", "broken")
        assert second.upload_time == datetime(2026, 1, 2, tzinfo=UTC)
        assert house.files_of(DEMO, 1) == (first,)
        assert house.projects(1) == (DEMO,)
        [summed] = summarize(house).projects
        assert summed.versions == "12.0\n01.0"
        assert (summed.file_count, summed.size_bytes) == (2, 10)
        [entry] = house.journal()
        assert (entry.actor, entry.detail) == ("ann", "")


@pytest.mark.slow
@pytest.mark.parametrize("revision", FORMER)
def test_readers_go_on_over_the_state_that_they_have_begun_to_read(
    tmp_path: Path, revision: str
) -> None:
    path = make(tmp_path / "home", revision)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    old = "SELECT filename FROM files ORDER BY id"
    before = reader.execute(old).fetchall()

    with Wheelhouse.open(tmp_path / "home") as house:
        wheel = make_wheel(tmp_path, "demo", "3.0")
        publish(house, [IncomingFile(path=wheel, filename=wheel.name, origin="test")])
        assert len(house.files_of(DEMO)) == 3
        assert reader.execute(old).fetchall() == before
    reader.close()
