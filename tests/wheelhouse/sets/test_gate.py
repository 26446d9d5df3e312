"""What would break a set that works does not come in through a gate."""

from pathlib import Path

import pytest

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.publish import MOST_JUDGED_APART
from axletree.wheelhouse.errors import BreaksSetError
from axletree.wheelhouse.model import Sha256, StoredFile
from axletree.wheelhouse.sets.gate import SetGate
from axletree.wheelhouse.sets.keeping import add_set
from axletree.wheelhouse.sets.records import SetText
from tests.support.wheels import make_wheel
from tests.wheelhouse.sets.conftest import APP, PY39, let_in

pytestmark = pytest.mark.slow


def breaking(files: Path) -> Path:
    """Make a wheel that is taken before the one that is there, and cannot be used."""
    return make_wheel(
        files, "base", "1", tag="cp39-cp39-linux_x86_64", requires_dist=["absent"]
    )


def test_nothing_of_a_batch_comes_in_that_would_break_a_set(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    blobs = set(house.files.blobs())

    with pytest.raises(BreaksSetError) as refused:
        let_in(
            house,
            breaking(files),
            make_wheel(files, "new", "1"),
            gate=SetGate(house=house),
        )

    assert "base-1-cp39-cp39-linux_x86_64.whl would break the requirement set" in (
        refused.value.what
    )
    assert "no project named absent" in refused.value.explanation
    assert house.generation() == 1
    assert house.find("new-1-py3-none-any.whl") is None
    assert set(house.files.blobs()) == blobs


def test_what_comes_in_together_is_judged_together(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    let_in(
        house,
        breaking(files),
        make_wheel(files, "absent", "1"),
        gate=SetGate(house=house),
    )
    assert house.generation() == 2


def test_a_set_that_is_broken_anyway_keeps_nothing_out(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", SetText(requirements="app\nbase>7\n"), [PY39])
    let_in(house, breaking(files), gate=SetGate(house=house))
    assert house.generation() == 2


def test_what_a_set_hangs_on_since_its_last_check_counts(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", SetText(requirements="app>1\n"), [PY39])
    # Not checked yet: now it hangs on `new` as well, and works.
    let_in(house, make_wheel(files, "app", "2", requires_dist=["new"]))
    let_in(house, make_wheel(files, "new", "1"))
    bad = make_wheel(
        files, "new", "1", tag="cp39-cp39-linux_x86_64", requires_dist=["absent"]
    )
    with pytest.raises(BreaksSetError):
        let_in(house, bad, gate=SetGate(house=house))


def test_what_returns_is_judged_as_what_is_new(house: Wheelhouse, files: Path) -> None:
    let_in(house, breaking(files))
    changes.remove(house, [parse_subject("base-1-cp39-cp39-linux_x86_64.whl")])
    add_set(house, "jupyter", APP, [PY39])
    with pytest.raises(BreaksSetError):
        let_in(house, breaking(files), gate=SetGate(house=house))
    assert house.generation() == 3


class Busy:
    """A gate during whose judgement others publish, as often as it is said."""

    def __init__(self, house: Wheelhouse, files: Path, times: int) -> None:
        self.house, self.files, self.times = house, files, times
        self.judged: list[int] = []

    def judge(
        self,
        entering: tuple[StoredFile, ...],
        content: dict[Sha256, bytes],
        generation: int,
    ) -> None:
        del entering, content
        self.judged.append(generation)
        if len(self.judged) <= self.times:
            let_in(self.house, make_wheel(self.files, "x", f"{len(self.judged)}"))


@pytest.mark.parametrize("times", [0, 1, MOST_JUDGED_APART])
def test_it_is_judged_on_the_generation_that_it_comes_after(
    house: Wheelhouse, files: Path, times: int
) -> None:
    gate = Busy(house, files, times)
    published = let_in(house, make_wheel(files, "new", "1"), gate=gate)  # type: ignore[arg-type]  # lists are tuples here
    assert gate.judged == list(range(1, times + 2))
    assert published.generation == gate.judged[-1] + 1
