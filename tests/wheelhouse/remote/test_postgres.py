"""A database on a server: its locks, its errors, and its migrations with readers."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import (
    DatabaseError,
    DatabaseLockedError,
    DatabaseUnreachableError,
    LostDatabaseError,
    NoWheelhouseError,
    ReadOnlyWheelhouseError,
    WheelhouseError,
)
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.remote import postgres
from axletree.wheelhouse.remote.postgres import (
    PostgresDatabase,
    translate_server_errors,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.database import (
    SqliteDatabase,
    translate_database_errors,
)
from axletree.wheelhouse.store.turns import PUBLISH_LOCK, tell_nobody
from tests.support.servers import PASSWORD, Servers
from tests.support.wheels import make_wheel
from tests.wheelhouse.sql.test_migrations import DEMO, FORMER, fill

pytestmark = pytest.mark.slow


@pytest.fixture
def place(servers: Servers, tmp_path: Path) -> HousePlace:
    return servers.place(tmp_path / "home")


def incoming(path: Path) -> IncomingFile:
    return IncomingFile(path=path, filename=path.name, origin="test")


def test_a_number_is_seen_only_with_all_that_it_counts(
    place: HousePlace, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    with Wheelhouse.open(place) as house, Wheelhouse.open_to_read(place) as reader:
        with house.database.writing() as connection:
            connection.execute(tables.generations.insert(), {"number": 1, **_at(house)})
            assert reader.generation() == 0
        assert reader.generation() == 1
        with reader.database.reading() as connection:
            numbers = select(tables.generations.c.number)
            before = connection.execute(numbers).all()
            publish(house, [incoming(wheel)])
            assert connection.execute(numbers).all() == before
        assert reader.generation() == 2


def _at(house: Wheelhouse) -> dict[str, object]:
    return {"made_at": postgres_now(house)}


def postgres_now(house: Wheelhouse) -> object:
    with house.database.reading() as connection:
        return connection.execute(text("SELECT now()")).scalar_one()


def test_who_writes_is_waited_for_with_a_word(
    place: HousePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SILENT_S", 0.05)
    monkeypatch.setattr(postgres, "BUSY_TIMEOUT_S", 0.2)
    Wheelhouse.open(place).close()
    told: list[str] = []
    first = PostgresDatabase(place.database, tell_nobody)
    second = PostgresDatabase(place.database, lambda: told.append("told"))

    with first.writing(), pytest.raises(DatabaseLockedError), second.writing():
        pass
    assert told == ["told"]
    with first.holding(PUBLISH_LOCK):
        ended = threading.Timer(0.3, lambda: None)
        ended.start()
        with (
            pytest.raises(DatabaseLockedError),
            second.holding(PUBLISH_LOCK, is_patient=False),
        ):
            pass
    with second.holding(PUBLISH_LOCK), first.holding("another"):
        assert told == ["told"]
    first.close()
    second.close()


def test_a_lock_ends_with_the_connection_that_holds_it(
    servers: Servers, place: HousePlace
) -> None:
    Wheelhouse.open(place).close()
    database = PostgresDatabase(place.database, tell_nobody)
    with database.holding(PUBLISH_LOCK):
        _end_others(servers, place)
        other = PostgresDatabase(place.database, tell_nobody)
        with other.holding(PUBLISH_LOCK, is_patient=False):
            pass
        other.close()
    database.close()


def test_a_server_that_was_started_again_is_asked_again(
    servers: Servers, place: HousePlace
) -> None:
    with Wheelhouse.open(place) as house:
        assert house.generation() == 0
        _end_others(servers, place)
        assert house.generation() == 0


def _end_others(servers: Servers, place: HousePlace) -> None:
    name = place.database.rpartition("/")[2]
    engine = create_engine(servers.postgres.url("postgres"))
    with engine.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        connection.execute(text(f"{ended} WHERE datname = :name"), {"name": name})
    engine.dispose()


BAD: dict[str, tuple[Callable[[Servers], str], str]] = {
    "password": (
        lambda servers: servers.postgres.url("postgres", password="wr0ng%23"),  # noqa: S106  wrong on purpose
        "refuses the login",
    ),
    "database": (
        lambda servers: servers.postgres.url("missing"),
        "has no such database",
    ),
    "option": (
        lambda servers: f"{servers.postgres.url('postgres')}?sslmode=wrong",
        "cannot be asked so",
    ),
    "unknown option": (
        lambda servers: f"{servers.postgres.url('postgres')}?nosuch=1",
        "cannot be asked so",
    ),
    "server": (
        lambda _: f"postgresql://axletree:{PASSWORD[:3]}@127.0.0.1:1/x",
        "does not answer",
    ),
    "host": (
        lambda _: "postgresql://axletree:hunter2@no-such-host.invalid/x",
        "does not answer",
    ),
}


@pytest.mark.parametrize(("make", "said"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("opening", [Wheelhouse.open, Wheelhouse.open_to_read])
def test_what_cannot_be_reached_is_one_clear_error_without_a_password(
    servers: Servers,
    tmp_path: Path,
    make: Callable[[Servers], str],
    said: str,
    opening: Callable[[HousePlace], Wheelhouse],
) -> None:
    place = HousePlace(home=tmp_path / "home", database=make(servers))

    with pytest.raises(DatabaseUnreachableError) as caught:
        opening(place)

    error = caught.value
    assert error.exit_code == 3
    assert said in error.what
    told = f"{error.what} {error.where} {error.hint} {place!r} {place}"
    assert "AXLETREE_DATABASE" in error.hint
    assert not any(each in told for each in ("wr0ng", "hunter2", PASSWORD[:3] + "@"))


def test_none_is_made_by_who_reads_nor_over_files_that_are_known_elsewhere(
    servers: Servers, tmp_path: Path
) -> None:
    place = HousePlace(
        home=tmp_path / "home",
        database=servers.postgres.new_database(),
        files=servers.bucket.new_prefix(),
        aws=servers.bucket.aws,
    )
    for opening in (Wheelhouse.open_to_read, Wheelhouse.open_to_change):
        with pytest.raises(NoWheelhouseError):
            opening(place)
    with Wheelhouse.open(place) as house:
        assert house.is_new
        publish(house, [incoming(make_wheel(tmp_path, "demo", "1.0"))])
    other = HousePlace(
        home=place.home,
        database=servers.postgres.new_database(),
        files=place.files,
        aws=place.aws,
    )
    for opening in (Wheelhouse.open, Wheelhouse.open_to_read):
        with pytest.raises(LostDatabaseError, match="is still there") as caught:
            opening(other)
        assert "axletree restore" in caught.value.hint
        assert "wheelhouse.sqlite" not in caught.value.hint


def test_a_server_that_goes_while_its_rows_are_copied_is_not_taken_for_the_copy(
    place: HousePlace, tmp_path: Path
) -> None:
    ended = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with Wheelhouse.open_to_read(place) as house:
        SqliteDatabase.make(tmp_path / "copy.sqlite")
        copy = SqliteDatabase.open(tmp_path / "copy.sqlite")
        with (
            pytest.raises(DatabaseUnreachableError) as caught,
            house.database.reading() as source,
            copy.writing(),
        ):
            source.execute(ended)
        copy.close()
        assert caught.value.where == house.database.where
        with (
            pytest.raises(DatabaseError) as damaged,
            translate_database_errors(tmp_path / "copy.sqlite"),
            translate_server_errors(house.database.where),
            create_engine("sqlite://").connect() as connection,
        ):
            connection.exec_driver_sql("nonsense")
    assert damaged.value.where == str(tmp_path / "copy.sqlite")


def test_a_database_of_another_program_is_one_clear_error(
    servers: Servers, tmp_path: Path
) -> None:
    url = servers.postgres.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE files (name text)"))
    with pytest.raises(DatabaseError) as caught:
        Wheelhouse.open(HousePlace(home=tmp_path / "home", database=url))
    assert "files" in caught.value.what
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE files"))
        connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="unknown format 9999"):
        Wheelhouse.open(HousePlace(home=tmp_path / "home", database=url))


def test_who_may_only_read_reads_and_is_told_so(
    servers: Servers, place: HousePlace, tmp_path: Path
) -> None:
    Wheelhouse.open(place).close()
    engine = create_engine(place.database)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'reader'"))
        connection.execute(
            text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        )
    engine.dispose()
    name = place.database.rpartition("/")[2]
    url = f"postgresql://reader:reader@127.0.0.1:{servers.postgres.port}/{name}"
    reader = HousePlace(home=place.home, database=url, files=place.files, aws=place.aws)
    with Wheelhouse.open_to_read(reader) as house:
        assert house.generation() == 0
        with pytest.raises(ReadOnlyWheelhouseError):
            publish(house, [incoming(make_wheel(tmp_path, "demo", "1.0"))])
        assert list(house.files.blobs()) == []


@pytest.mark.parametrize("revision", FORMER)
def test_a_migration_waits_for_readers_and_they_for_it(
    servers: Servers, tmp_path: Path, revision: str
) -> None:
    url = servers.postgres.new_database()
    place = HousePlace(home=tmp_path / "home", database=url)
    (tmp_path / "home/files/sha256").mkdir(parents=True)
    maker = create_engine(url)
    with maker.begin() as connection:
        fill(connection, revision)
    maker.dispose()
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    old = text("SELECT filename FROM files ORDER BY id")
    with engine.connect() as reader:
        before = reader.execute(old).all()
        answers: list[object] = []

        def migrate() -> None:
            try:
                Wheelhouse.open(place).close()
                answers.append("migrated")
            except WheelhouseError as error:
                answers.append(error)

        migrating = threading.Thread(target=migrate)
        migrating.start()
        migrating.join(0.5)
        assert reader.execute(old).all() == before
        reader.rollback()
        migrating.join(60)
    engine.dispose()
    assert answers == ["migrated"]
    with Wheelhouse.open_to_read(place) as house:
        first, second = house.files_of(DEMO)
        assert (first.yanked, second.yanked) == (None, "broken")
        assert house.files_of(DEMO, 1) == (first,)


def test_the_migrations_lead_to_the_tables(place: HousePlace) -> None:
    with Wheelhouse.open(place) as house, house.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.schema) == []


def test_what_a_server_cannot_keep_is_no_word_of_its_absence(place: HousePlace) -> None:
    with Wheelhouse.open(place) as house, house.database.writing() as connection:
        with (
            pytest.raises(DatabaseError, match="database failed"),
            postgres.translate_server_errors("x"),
        ):
            connection.execute(
                tables.policies.insert(), {"since": 1, "name": "\0", "content": ""}
            )
        connection.rollback()
