"""Views are kept as they were made, each under a name that stays taken."""

from datetime import UTC, datetime

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import (
    InvalidPolicyError,
    InvalidViewNameError,
    NoViewError,
    ViewTakenError,
)
from axletree.wheelhouse.upkeep.rows import database_damages
from axletree.wheelhouse.views.keeping import Views
from axletree.wheelhouse.views.reading import view_at

DAY = datetime(2026, 2, 1, tzinfo=UTC)
POLICY = (b"reserved = ['acme-*']\n", "policy.toml")


@pytest.fixture
def views(wheelhouse: Wheelhouse) -> Views:
    return Views(house=wheelhouse)


def test_view_is_read_as_it_was_made_in_both_ways(views: Views) -> None:
    made = views.make("stable", exclude_newer=DAY, policy=POLICY)

    assert made.is_new
    assert views.find("stable") == made.view
    assert view_at(views.house.place, "stable") == made.view
    assert views.all() == (made.view,)
    assert views.names() == {"stable"}
    assert made.view.day == "2026-01-31"
    actions = [(entry.action, entry.subjects) for entry in views.house.journal()]
    assert actions == [("make view", ("stable",))]


def test_same_view_again_is_no_change_and_another_is_refused(views: Views) -> None:
    views.make("stable", exclude_newer=DAY, policy=None)

    assert not views.make("stable", exclude_newer=DAY, policy=None).is_new
    others = ((DAY, POLICY), (None, POLICY), (datetime(2026, 2, 2, tzinfo=UTC), None))
    for day, policy in others:
        with pytest.raises(ViewTakenError, match="there is a view stable"):
            views.make("stable", exclude_newer=day, policy=policy)


def test_removed_view_leaves_its_name_to_the_very_same(views: Views) -> None:
    made = views.make("stable", exclude_newer=DAY, policy=None).view
    views.remove("stable")

    assert views.all() == ()
    for missing in (views.find, views.remove, lambda n: view_at(views.house.place, n)):
        with pytest.raises(NoViewError, match="the view stable was removed on "):
            missing("stable")
    with pytest.raises(ViewTakenError, match="there was a view stable"):
        views.make("stable", exclude_newer=None, policy=POLICY)
    again = views.make("stable", exclude_newer=DAY, policy=None)
    assert again.is_new
    assert again.view == views.find("stable") == made


@pytest.mark.parametrize(
    "name",
    ["", "A", "a/b", "..", ".a", "a.", "-a", "a b", "ä", "a\0", "x" * 65, "\udcff"],
)
def test_view_cannot_be_called_so(views: Views, name: str) -> None:
    with pytest.raises(InvalidViewNameError):
        views.make(name, exclude_newer=DAY, policy=None)
    for find in (views.find, lambda n: view_at(views.house.place, n)):
        with pytest.raises(NoViewError):
            find(name)


def test_view_of_a_policy_that_is_none_is_not_made(views: Views) -> None:
    with pytest.raises(InvalidPolicyError, match="line 1"):
        views.make("a", exclude_newer=None, policy=(b"reservd = 1", "p.toml"))
    assert views.all() == ()


def test_damaged_policy_of_a_view_is_found(views: Views) -> None:
    views.make("a", exclude_newer=None, policy=POLICY)
    with views.house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE views SET policy = 'x = 1'")
        [said] = database_damages(connection)
    assert said == "the policy of a view cannot be obeyed: a"
