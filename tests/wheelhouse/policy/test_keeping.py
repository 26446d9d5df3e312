"""A policy is kept with the generations in which it holds."""

from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import InvalidPolicyError
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.policy.reading import policy_at
from tests.support.wheels import make_wheel

ONE = b'reserved = ["acme-*"]\n'
OTHER = b'reserved = ["ours-*"]\n'


def test_a_policy_makes_a_generation_and_the_same_again_none(
    wheelhouse: Wheelhouse,
) -> None:
    first = set_policy(wheelhouse, ONE, "policy.toml")
    again = set_policy(wheelhouse, ONE, "policy.toml")

    assert (first.generation, first.is_new) == (1, True)
    assert (again.generation, again.is_new) == (1, False)
    assert wheelhouse.generation() == 1
    assert [entry.action for entry in wheelhouse.journal()] == ["policy"]


def test_the_policy_before_stays_with_its_generations(wheelhouse: Wheelhouse) -> None:
    set_policy(wheelhouse, ONE, "policy.toml")
    set_policy(wheelhouse, OTHER, "policy.toml")

    with wheelhouse.database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT since, until, content FROM policies ORDER BY since"
        ).all()
    assert [tuple(row) for row in rows] == [
        (1, 2, ONE.decode()),
        (2, None, OTHER.decode()),
    ]


@pytest.mark.parametrize(
    ("content", "is_touched"), [(ONE, False), (b"[minimum-age]\ndays = 3\n", True)]
)
def test_a_policy_changes_every_page_when_it_is_set_or_counts_age(
    wheelhouse: Wheelhouse, tmp_path: Path, content: bytes, *, is_touched: bool
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    publish(wheelhouse, [IncomingFile(path=wheel, filename=wheel.name, origin="test")])
    set_policy(wheelhouse, content, "policy.toml")

    assert wheelhouse.changed_since(1) == {"demo"}
    assert wheelhouse.changed_since(2) == ({"demo"} if is_touched else set())


def test_one_that_is_not_valid_changes_nothing(wheelhouse: Wheelhouse) -> None:
    with pytest.raises(InvalidPolicyError):
        set_policy(wheelhouse, b"zzz = 1", "policy.toml")

    assert wheelhouse.generation() == 0
    assert wheelhouse.policy() is None


def test_it_is_read_where_it_is_and_nowhere_else(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    assert policy_at(wheelhouse.place) is None
    set_policy(wheelhouse, ONE, "policy.toml")

    document = policy_at(wheelhouse.place)

    assert document is not None
    assert [each.pattern for each in document.reserved] == ["acme-*"]
    assert policy_at(tmp_path / "nowhere") is None
