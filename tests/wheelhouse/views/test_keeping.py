"""Views are kept as they were made, each under a name that stays taken."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import (
    InvalidPolicyError,
    InvalidViewNameError,
    NoSetError,
    NoViewError,
    StillNeededError,
    ViewTakenError,
)
from axletree.wheelhouse.sets.keeping import add_set, lock_set, remove_set, update_set
from axletree.wheelhouse.sets.records import SetText, Target
from axletree.wheelhouse.upkeep.rows import database_damages
from axletree.wheelhouse.views.definition import View
from axletree.wheelhouse.views.held import held_in
from axletree.wheelhouse.views.keeping import Views
from axletree.wheelhouse.views.reading import held_at, view_at
from tests.support.wheels import make_wheel
from tests.wheelhouse.sets.conftest import let_in

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
    assert views.steady_names() == {"stable"}
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


PY39 = Target(python_version="3.9", platform="linux")
PY311 = Target(python_version="3.11", platform="linux")
APP = SetText(requirements="app\n")


@pytest.fixture
def filled(wheelhouse: Wheelhouse, tmp_path: Path) -> Wheelhouse:
    """Generation 1 has app 1, app 2 and other; a set of app is locked over it."""
    let_in(
        wheelhouse,
        make_wheel(tmp_path, "app", "1"),
        make_wheel(tmp_path, "app", "2"),
        make_wheel(tmp_path, "other", "1"),
    )
    add_set(wheelhouse, "image", APP, [PY39, PY311])
    return wheelhouse


def wheel(version: str) -> str:
    return f"app-{version}-py3-none-any.whl"


def held(house: Wheelhouse, view: View, generation: int | None = None) -> set[str]:
    return set(held_in(house, view, generation) or ())


def test_view_of_a_set_lists_what_its_locks_have_and_follows_them(
    filled: Wheelhouse, tmp_path: Path
) -> None:
    view = Views(house=filled).make(
        "image", exclude_newer=None, policy=None, sets=["image"]
    )
    assert view.view == view_at(filled.place, "image")
    assert held(filled, view.view) == {wheel("2")}
    let_in(filled, make_wheel(tmp_path, "app", "3"))

    lock_set(filled, "image", [PY39.name], is_upgraded=True)

    assert held(filled, view.view) == {wheel("2"), wheel("3")}
    assert set(held_at(filled.place, view.view) or ()) == {wheel("2"), wheel("3")}
    update_set(filled, "image", SetText(requirements="app<2\n"), [PY39])
    assert held(filled, view.view) == {wheel("1")}


def test_view_of_a_set_of_a_generation_is_as_it_was_locked_over_that(
    filled: Wheelhouse, tmp_path: Path
) -> None:
    view = (
        Views(house=filled)
        .make("image", exclude_newer=None, policy=None, sets=["image"])
        .view
    )
    let_in(filled, make_wheel(tmp_path, "app", "3"))
    lock_set(filled, "image", is_upgraded=True)
    let_in(filled, make_wheel(tmp_path, "app", "4"))
    update_set(filled, "image", SetText(requirements="app<2\n"), [PY39])

    found = [held(filled, view, number) for number in range(4)]

    assert found == [set(), {wheel("2")}, {wheel("3")}, {wheel("1")}]
    Views(house=filled).remove("image")
    remove_set(filled, "image")
    assert held(filled, view, 3) == set()
    assert held(filled, view, 2) == {wheel("3")}


def test_view_is_of_sets_that_are_there_and_keeps_them(filled: Wheelhouse) -> None:
    views = Views(house=filled)
    with pytest.raises(NoSetError, match="no requirement set none"):
        views.make("v", exclude_newer=None, policy=None, sets=["image", "none"])
    assert views.make("v", exclude_newer=None, policy=None, sets=["image"]).is_new
    same = views.make("v", exclude_newer=None, policy=None, sets=["image", "image"])
    assert not same.is_new
    with pytest.raises(ViewTakenError):
        views.make("v", exclude_newer=DAY, policy=None, sets=["image"])

    with pytest.raises(StillNeededError, match="the view v lists"):
        remove_set(filled, "image")

    assert views.steady_names() == frozenset()
    views.remove("v")
    remove_set(filled, "image")
    with pytest.raises(NoSetError):
        views.make("v", exclude_newer=None, policy=None, sets=["image"])
