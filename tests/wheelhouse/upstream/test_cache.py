from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import ReadingOptions
from tests.support.index_server import Index
from tests.support.upstream import make_settings, names, only_file, read_page
from tests.support.wheels import make_wheel

NOON = datetime(2022, 2, 10, 12, tzinfo=UTC)


def _read(
    server: Index,
    folder: Path,
    *,
    after: timedelta = timedelta(0),
    exclude_newer: datetime | None = None,
    refresh: bool = False,
) -> int:
    """Read the page as a new process would, `after` noon; return the requests."""
    options = ReadingOptions(
        exclude_newer=exclude_newer, refresh=refresh, now=lambda: NOON + after
    )
    with UpstreamIndex(make_settings(folder), server.url, options) as index:
        assert len(read_page(index, "demo").files) == 1
        return index.counters.requests


@pytest.fixture(autouse=True)
def _demo(server: Index, tmp_path: Path) -> None:
    server.publish("demo", make_wheel(tmp_path / "up", "demo", "1.0"))


def test_a_fresh_page_is_not_asked_for(server: Index, tmp_path: Path) -> None:
    _read(server, tmp_path)

    assert _read(server, tmp_path, after=timedelta(minutes=9)) == 0


def test_an_old_page_is_asked_for(server: Index, tmp_path: Path) -> None:
    _read(server, tmp_path)

    assert _read(server, tmp_path, after=timedelta(minutes=11)) == 1


def test_a_page_from_the_future_is_asked_for(server: Index, tmp_path: Path) -> None:
    _read(server, tmp_path, after=timedelta(hours=1))

    assert _read(server, tmp_path) == 1


def test_the_index_says_how_long_a_page_is_fresh(server: Index, tmp_path: Path) -> None:
    server.cache_control = "public, max-age=3600"
    _read(server, tmp_path)

    assert _read(server, tmp_path, after=timedelta(minutes=50)) == 0


def test_no_cache_means_to_ask_each_time(server: Index, tmp_path: Path) -> None:
    server.cache_control = "no-cache"
    _read(server, tmp_path)

    assert _read(server, tmp_path) == 1


def test_refresh_asks_for_a_fresh_page(server: Index, tmp_path: Path) -> None:
    _read(server, tmp_path)

    assert _read(server, tmp_path, refresh=True) == 1


@pytest.mark.parametrize(("days_before", "requests"), [(2, 0), (0, 1), (-1, 1)])
def test_a_page_read_a_day_after_the_date_answers_for_it_for_ever(
    server: Index, tmp_path: Path, days_before: int, requests: int
) -> None:
    date = NOON - timedelta(days=days_before)
    _read(server, tmp_path)

    year = timedelta(days=365)
    assert _read(server, tmp_path, after=year, exclude_newer=date) == requests


def test_an_unchanged_page_is_confirmed_without_being_sent(
    server: Index, tmp_path: Path
) -> None:
    server.etag = '"1"'
    _read(server, tmp_path)
    _read(server, tmp_path, after=timedelta(hours=1))

    assert server.asked[1].headers["If-None-Match"] == '"1"'
    assert _read(server, tmp_path, after=timedelta(hours=1, minutes=9)) == 0


def test_a_changed_page_is_sent(server: Index, tmp_path: Path) -> None:
    server.etag = '"1"'
    _read(server, tmp_path)
    server.etag = '"2"'
    server.published[0].yanked = "bad"

    options = ReadingOptions(now=lambda: NOON + timedelta(hours=1))
    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        assert only_file(index, "demo").yanked == "bad"


def test_damaged_entries_are_taken_for_none(server: Index, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with UpstreamIndex(settings, server.url) as index:
        answer = index.metadata([only_file(index, "demo")])
    for entry in settings.cache_dir.rglob("*"):
        if entry.is_file():
            entry.write_bytes(entry.read_bytes()[:-3])

    with UpstreamIndex(settings, server.url) as index:
        again = index.metadata([only_file(index, "demo")])
        assert index.counters.requests == 2

    assert list(again.values()) == list(answer.values())


def test_metadata_is_read_once_for_ever(server: Index, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with UpstreamIndex(settings, server.url) as index:
        index.metadata([only_file(index, "demo")])

    options = ReadingOptions(refresh=True)
    with UpstreamIndex(settings, server.url, options) as index:
        index.metadata([only_file(index, "demo")])
        assert index.counters.requests == 1


def test_a_cache_that_cannot_be_written_is_only_slow(
    server: Index, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the cache folder should be")
    settings = make_settings(tmp_path, AXLETREE_CACHE_DIR=str(blocked))

    with UpstreamIndex(settings, server.url) as index:
        assert index.pages(names("demo"))
