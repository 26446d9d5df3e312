"""What a lock keeps of the one that stood there, and of the layer underneath."""

from pathlib import Path

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.locks.starting import (
    on_base,
    parse_upgrades,
    read_base,
    starting_from,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import InvalidLockError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question, ask
from tests.support.answers import name

OLD = read_base(Path("old.txt"), lambda _: 'six==1.15\nattrs==20 ; python_version<"3"')


def question() -> Question:
    root = parse_requirement("six", Origin())
    return ask([root], environment_for("3.9", "linux"))


def test_the_old_lock_is_preferred_where_its_markers_hold() -> None:
    started = starting_from(question(), OLD, ())
    assert {key: str(kept) for key, kept in started.preferences.items()} == {
        "six": "1.15"
    }
    assert started.constraints == ()


@pytest.mark.parametrize(
    ("upgrade", "limits"), [("Six", []), ("six==1.16", ["six==1.16"])]
)
def test_what_is_upgraded_is_not_kept_and_a_version_is_a_limit(
    upgrade: str, limits: list[str]
) -> None:
    started = starting_from(question(), OLD, parse_upgrades([upgrade]))
    assert name("six") not in started.preferences
    assert [each.text for each in started.constraints] == limits


def test_a_layer_underneath_is_a_limit_and_kept_to_its_local_version() -> None:
    base = read_base(Path("base.txt"), lambda _: "six==1.15")
    layered = on_base(question(), base)
    assert [(each.text, each.is_base) for each in layered.constraints] == [
        ("six==1.15", True)
    ]
    assert str(layered.preferences[name("six")]) == "1.15"


def test_no_layer_changes_nothing() -> None:
    asked = question()
    assert on_base(asked, read_base(None, lambda _: "")) == asked


def test_a_layer_that_pins_nothing_is_refused() -> None:
    with pytest.raises(InvalidLockError, match="pins nothing"):
        read_base(Path("base.txt"), lambda _: "six>=1\n")
