"""How far behind the newest release a root would be: in days, or in releases."""

import pytest

from axletree.resolver.engine.lags import Lags
from tests.support.engine import Known

DAYS = "answer/a_root_far_behind_gets_a_note"
RELEASES = "answer/balanced_counts_releases_without_times"
MIXED = "repairs/a_run_of_versions_is_spelled_by_its_ends"


def lags(name: str) -> Lags:
    search = Known.of(name).search
    return Lags(search.reading, search.asked)


def test_with_all_times_lags_are_days_between_uploads() -> None:
    found = lags(DAYS)

    assert found.unit == "days"
    assert found.projects == ("boto3", "s3fs")
    assert [found.of("boto3", at) for at in range(3)] == [0, 46, 596]
    assert [found.of("s3fs", at) for at in range(3)] == [0, 275, 651]
    assert found.uncounted("s3fs", 2) == []


def test_without_one_time_lags_are_releases() -> None:
    found = lags(RELEASES)

    assert found.unit == "releases"
    assert [found.of("left", at) for at in range(3)] == [0, 1, 2]
    assert [found.of("right", at) for at in range(2)] == [0, 1]


def test_only_final_unyanked_releases_that_are_asked_for_count() -> None:
    """Of app 9, 8, 7, 7rc1, 6 (yanked)… only 9 is asked for."""
    found = lags(MIXED)

    assert found.newest == {"app": 0, "core": 0}
    assert found.newer("app", 3) == (0,)
    assert found.of("app", 4) == 1
    assert found.of("no-such-project", 4) == 0


@pytest.mark.parametrize("name", [DAYS, RELEASES])
def test_nothing_is_unread_where_all_was_read(name: str) -> None:
    assert lags(name).unread() == []
