"""Late dataclasses are what the standard library's are, once they are looked at."""

import copy
import dataclasses
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import (
    FrozenInstanceError,
    InitVar,
    dataclass,
    field,
    fields,
    replace,
)
from typing import ClassVar

import pytest

from axletree import late_dataclasses
from axletree.resolver.model.distribution import FileMetadata


@late_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One with a default, a factory, and a field of which the user gives nothing."""

    text: str
    places: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list, compare=False)
    length: int = field(init=False, default=0, repr=False)

    @property
    def shown(self) -> str:
        """Give what is shown."""
        return self.text[: self.length]

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.text))


@late_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Numbered(Line):
    """One that inherits."""

    number: int


@late_dataclasses.dataclass(slots=True)
class Count:
    """One that changes."""

    most: int
    seen: int = 0
    is_final: ClassVar[bool] = True


@late_dataclasses.dataclass(frozen=True, slots=True, order=True)
class Place:
    """One with an order."""

    row: int
    column: int = 0


@late_dataclasses.dataclass(slots=True, eq=False)
class Service:
    """One that is compared by identity."""

    name: str


def test_a_late_class_has_what_it_was_given() -> None:
    line = Line(text="a>=1", places=(3,))

    assert (line.text, line.places, line.notes, line.length) == ("a>=1", (3,), [], 4)
    assert line.shown == "a>=1"
    assert repr(line) == "Line(text='a>=1', places=(3,), notes=[])"
    assert line == Line(text="a>=1", places=(3,), notes=["x"])
    assert hash(line) == hash(Line(text="a>=1", places=(3,)))
    assert line != Line(text="a>=1")
    assert not hasattr(line, "__dict__")


def test_the_standard_library_takes_it_for_one_of_its_own() -> None:
    assert dataclasses.is_dataclass(Line)
    assert [each.name for each in fields(Numbered)] == [
        *("text", "places", "notes", "length"),
        "number",
    ]
    assert replace(Line(text="a"), text="bc").length == 2
    assert dataclasses.astuple(Place(1)) == (1, 0)
    match Place(2, 3):
        case Place(row, column):
            assert (row, column) == (2, 3)


def test_a_frozen_one_cannot_be_changed() -> None:
    line, name = Line(text="a"), "text"
    with pytest.raises(FrozenInstanceError):
        setattr(line, name, "b")
    with pytest.raises(FrozenInstanceError):
        delattr(line, name)


def test_one_that_changes_has_no_hash_and_one_by_identity_has() -> None:
    count = Count(3)
    count.seen += 1
    assert count == Count(3, 1)
    assert count.is_final
    assert Count.__slots__ == ("most", "seen")
    with pytest.raises(TypeError, match="unhashable"):
        hash(count)
    assert Service("a") != Service("a")
    assert len({Service("a"), Service("a")}) == 2


def test_order_and_inheritance_are_those_of_the_standard_library() -> None:
    assert sorted([Place(2), Place(1, 5), Place(1)]) == [
        Place(1),
        Place(1, 5),
        Place(2),
    ]
    numbered = Numbered(text="a", number=1)
    assert numbered != Line(text="a")
    assert numbered.length == 1


def pickled(one: object) -> object:
    return pickle.loads(pickle.dumps(one))  # noqa: S301  it was made here


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_is_equal(copied: Callable[[object], object]) -> None:
    for one in (Line(text="a"), Numbered(text="a", number=1), Count(1), Place(1)):
        assert copied(one) == one


def test_what_another_process_made_is_equal_before_anything_was_made_here() -> None:
    told = [FileMetadata(requires_python=">=3"), FileMetadata(requires_python=">=3")]
    code = (
        "import pickle, sys; a, b = pickle.loads(bytes.fromhex(sys.argv[1])); "
        "assert a == b and hash(a) == hash(b) and '>=3' in repr(a)"
    )
    subprocess.run([sys.executable, "-c", code, pickle.dumps(told).hex()], check=True)


def test_threads_that_meet_in_a_new_class_find_it_complete() -> None:
    for _ in range(20):

        @late_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
        class New:
            listed: list[int] = field(default_factory=list)

        found: list[object] = []
        start = threading.Barrier(4)

        def make(
            new: type[New] = New,
            found: list[object] = found,
            start: threading.Barrier = start,
        ) -> None:
            start.wait()
            found.append(new())

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [New()] * 4


def test_nothing_is_compiled_before_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[type] = []

    def noting(plain: type, **options: bool) -> type:
        made.append(plain)
        return dataclass(plain, **options)

    monkeypatch.setattr(dataclasses, "dataclass", noting)

    @late_dataclasses.dataclass(frozen=True, slots=True)
    class New:
        name: str

    assert not made
    assert New("a").name == "a"
    # The fields are looked at, and no text is compiled for that.
    assert len(made) == 1
    assert New("a") == New("a")
    assert len(made) == 2
    for _ in range(100):
        assert New("a").name == "a"
    assert len(made) == 2


@pytest.mark.parametrize("count", [1, 100])
def test_the_first_objects_are_made_like_all_others(count: int) -> None:
    @late_dataclasses.dataclass(slots=True)
    class New:
        """One with all that a field can be."""

        name: str
        most: int = 3
        listed: list[int] = field(default_factory=list)
        named: str = field(default="", kw_only=True)
        seen: int = field(init=False, default=7)
        found: list[int] = field(init=False, default_factory=list)
        later: str = field(init=False)
        kind: ClassVar[str] = "new"

        def __post_init__(self) -> None:
            self.later = self.name * 2

    for _ in range(count - 1):
        New("a")
    first = New("a")
    same, other = New(name="a"), New("a", 4, [5], named="b")

    assert first.listed is not same.listed
    assert (first.name, first.most, first.seen, first.later) == ("a", 3, 7, "aa")
    assert (other.most, other.listed, other.named, other.found) == (4, [5], "b", [])
    assert first == same != other
    assert New.kind == "new"


@pytest.mark.parametrize("count", [0, 100])
def test_a_wrong_call_is_refused_by_the_standard_library(count: int) -> None:
    @late_dataclasses.dataclass(slots=True)
    class New:
        name: str
        most: int = 3

    for _ in range(count):
        New("a")
    make: Callable[..., object] = New

    for given, named in (
        *(((), {}), (("a", 1, 2), {}), ((), {"most": 1})),
        *((("a",), {"name": "b"}), (("a",), {"other": 1})),
    ):
        with pytest.raises(TypeError, match=r"New\.__init__\(\)"):
            make(*given, **named)


@pytest.mark.parametrize("count", [0, 100])
def test_what_is_missing_is_said_as_the_standard_library_says_it(count: int) -> None:
    @late_dataclasses.dataclass(slots=True)
    class New:
        name: str
        most: int

    for _ in range(count):
        New("a", 1)
    make: Callable[..., object] = New

    with pytest.raises(TypeError, match=r"missing 1 required .*'most'"):
        make("a")


@pytest.mark.parametrize("count", [0, 100])
def test_a_variable_of_the_making_is_given_by_place(count: int) -> None:
    @late_dataclasses.dataclass(slots=True)
    class New:
        most: int
        more: InitVar[int] = 0

        def __post_init__(self, more: int) -> None:
            self.most += more

    for _ in range(count):
        New(1)

    assert [New(1).most, New(1, 2).most, New(1, more=3).most] == [1, 3, 4]


def test_what_is_declared_in_a_wrong_order_is_refused() -> None:
    class Plain:
        """One whose first field has a default, and not the second."""

        name: str = ""
        most: int

    late: Callable[..., object] = late_dataclasses.dataclass(slots=True)(Plain)

    with pytest.raises(TypeError, match="non-default argument"):
        late("a", 1)


def test_a_class_that_cannot_be_late_is_refused() -> None:
    for options in ({}, {"slots": True, "unsafe_hash": True}):
        with pytest.raises(TypeError, match="with slots"):
            late_dataclasses.dataclass(**options)


def test_one_with_a_comparison_of_its_own_says_its_hash() -> None:
    with pytest.raises(TypeError, match="let it say its hash"):

        @late_dataclasses.dataclass(frozen=True, slots=True)
        class Alike:  # noqa: PLW1641  it is what is refused
            """One that equals all."""

            def __eq__(self, other: object) -> bool:
                return True


def test_what_the_standard_library_refuses_is_refused_each_time() -> None:
    class Plain:
        """One with a default that all would share."""

        names: ClassVar[list[str]] = []
        most: list[int] = []  # noqa: RUF012  it is what is refused

    late = late_dataclasses.dataclass(slots=True)(Plain)

    for _ in range(2):
        with pytest.raises(ValueError, match="mutable default"):
            late()
