"""A listing of variants may change, and a generation lists what it did."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from sqlalchemy import update

from axletree.resolver.inputs.variants_names import read_variants_name
from axletree.wheelhouse.catalog import changes, variants_changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import NamedRelease
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.variants_changes import (
    ChangedVariants,
    IncomingVariants,
)
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    FilenameTakenError,
    NotKeptError,
    WithdrawnFileError,
)
from axletree.wheelhouse.model import COLLECTED, IncomingFile
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.rows import database_damages
from tests.support.wheels import make_wheel

DEMO = canonicalize_name("demo")
NAME = "demo-1.0-variants.json"
OLD, NEW = b'{"variants": {}}', b'{"variants": {"null": {}}}'


@pytest.fixture
def house(wheelhouse: Wheelhouse, tmp_path: Path) -> Wheelhouse:
    """Give a wheelhouse with one release, in generation 1."""
    wheel = make_wheel(tmp_path, "demo", "1.0")
    publish(wheelhouse, [IncomingFile(path=wheel, filename=wheel.name, origin="test")])
    return wheelhouse


def coming(
    content: bytes, origin: str = COLLECTED, filename: str = NAME
) -> IncomingVariants:
    name = read_variants_name(filename)
    return IncomingVariants(name=name, content=content, origin=origin)


def enter(house: Wheelhouse, *incoming: IncomingVariants) -> ChangedVariants:
    return variants_changes.enter(house, incoming)


def listed(house: Wheelhouse, generation: int | None = None) -> list[bytes]:
    files = house.variants.of(DEMO, generation)
    return [house.variants.content(file) for file in files]


def refusal(changed: ChangedVariants) -> object:
    [(name, error)] = changed.refused
    assert name == NAME
    return type(error)


def test_other_bytes_make_a_generation_and_the_ones_before_keep_theirs(
    house: Wheelhouse,
) -> None:
    assert enter(house, coming(OLD)).new == (NAME,)
    assert enter(house, coming(OLD)).same == (NAME,)
    assert house.generation() == 2

    assert enter(house, coming(NEW)).generation == 3
    assert enter(house, coming(OLD)).generation == 4

    assert [listed(house, number) for number in (1, 2, 3, 4, None)] == [
        [],
        [OLD],
        [NEW],
        [OLD],
        [OLD],
    ]
    for generation in range(1, 4):
        assert house.changed_since(generation) == {DEMO}
    assert [entry.action for entry in house.journal()][1:] == ["index"] * 3
    with house.database.reading() as connection:
        assert database_damages(connection) == []


def test_gc_takes_nothing_of_what_a_generation_lists(house: Wheelhouse) -> None:
    enter(house, coming(OLD))
    enter(house, coming(NEW))
    sweep(house)
    assert (listed(house, 2), listed(house)) == ([OLD], [NEW])


def test_what_was_added_by_hand_stays_whatever_an_index_says(
    house: Wheelhouse,
) -> None:
    enter(house, coming(OLD, "add"))
    assert enter(house, coming(NEW)).own == (NAME,)
    assert listed(house) == [OLD]

    enter(house, coming(NEW, "add"))
    assert listed(house) == [NEW]
    variants_changes.remove(house, [NAME])
    enter(house, coming(OLD))
    assert listed(house) == [OLD]


def test_a_listing_needs_a_file_of_its_release(house: Wheelhouse) -> None:
    other = "demo-1.1-variants.json"
    [(name, error)] = enter(house, coming(OLD, filename=other)).refused
    assert (name, type(error)) == (other, NotKeptError)

    changes.remove(house, [NamedRelease(project=DEMO)])
    assert refusal(enter(house, coming(OLD))) is NotKeptError


def test_two_of_one_name_with_other_content_do_not_come_together(
    house: Wheelhouse,
) -> None:
    changed = enter(house, coming(OLD, "add"), coming(OLD, "add"), coming(NEW, "add"))
    assert (changed.new, changed.same) == ((NAME,), (NAME,))
    assert refusal(changed) is FilenameTakenError
    assert listed(house) == [OLD]


def test_a_removed_one_is_listed_by_older_generations(house: Wheelhouse) -> None:
    enter(house, coming(OLD))
    variants_changes.remove(house, [NAME], "wrong")
    assert (listed(house, 2), listed(house)) == ([OLD], [])
    with pytest.raises(NotKeptError, match="was removed"):
        variants_changes.remove(house, [NAME])
    with pytest.raises(NotKeptError, match=r"there is no demo-2\.0-variants\.json"):
        variants_changes.remove(house, ["demo-2.0-variants.json"])


def test_a_withdrawn_one_has_lost_all_its_bytes_and_does_not_come_again(
    house: Wheelhouse,
) -> None:
    enter(house, coming(OLD))
    [before] = house.variants.of(DEMO)
    enter(house, coming(NEW))

    changed = variants_changes.withdraw(house, [NAME], "by law")

    assert (changed.new, house.variants.of(DEMO)) == ((NAME,), ())
    for each in house.variants.of(DEMO, 2):
        assert each.withdrawn == "by law"
        with pytest.raises(CorruptStoredFileError):
            house.variants.content(each)
    found = house.variants.find(NAME, before.sha256)
    assert found is not None
    assert found.withdrawn == "by law"
    assert variants_changes.withdraw(house, [NAME], "again").same == (NAME,)
    assert refusal(enter(house, coming(b'{"variants": {"a": {}}}'))) is (
        WithdrawnFileError
    )
    with house.database.reading() as connection:
        assert database_damages(connection) == []


def test_a_damaged_one_is_found_and_repaired_by_the_same_bytes(
    house: Wheelhouse,
) -> None:
    enter(house, coming(OLD))
    with house.database.writing() as connection:
        connection.execute(update(tables.variants).values(content=b"{}"))
    with house.database.reading() as connection:
        assert database_damages(connection) == [
            f"a listing of variants is not what it was: {NAME}"
        ]
    with pytest.raises(CorruptStoredFileError):
        listed(house)

    changed = enter(house, coming(OLD))

    assert (changed.same, changed.repaired) == ((NAME,), (NAME,))
    assert (listed(house), house.generation()) == ([OLD], 2)
    assert house.journal()[-1].action == "repair"
