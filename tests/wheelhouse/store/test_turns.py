import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.wheelhouse.store import turns
from axletree.wheelhouse.store.turns import (
    begin_to_write,
    take_lock,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell at once."""
    monkeypatch.setattr(turns, "SILENT_S", 0.0)
    monkeypatch.setattr(turns, "_TRY_FOR_MS", 1)


def once(do: Callable[[], object], told: list[str]) -> Callable[[], None]:
    """Give what hears of the waiting, and ends it."""

    def tell() -> None:
        told.append("told")
        do()

    return tell


def test_a_lock_that_another_holds_is_waited_for_with_a_word(tmp_path: Path) -> None:
    path, told = tmp_path / "lock", list[str]()
    held, wanted = (os.open(path, os.O_RDWR | os.O_CREAT) for _ in range(2))
    fcntl.flock(held, fcntl.LOCK_EX)

    take_lock(wanted, once(lambda: os.close(held), told))

    assert told == ["told"]
    os.close(wanted)


def test_a_free_lock_is_not_worth_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SILENT_S", 60.0)
    wanted, told = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT), list[str]()

    take_lock(wanted, lambda: told.append("told"))

    assert told == []
    os.close(wanted)


def test_a_busy_database_is_waited_for_with_a_word(tmp_path: Path) -> None:
    path, told = tmp_path / "db", list[str]()
    holder, writer = (sqlite3.connect(path, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN IMMEDIATE")

    begin_to_write(writer, once(lambda: holder.execute("COMMIT"), told))

    assert told == ["told"]
    assert writer.in_transaction
    for connection in (holder, writer):
        connection.close()


def test_what_is_wrong_otherwise_is_not_waited_for(tmp_path: Path) -> None:
    path, told = tmp_path / "db", list[str]()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        begin_to_write(connection, lambda: told.append("told"))

    assert told == []
    connection.close()
