"""A set has its texts, its locks and its past, and files that it needs stay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.pylock import Pylock

from axletree.resolver.inputs.foreign_toml import parse_toml
from axletree.resolver.locks.starting import parse_upgrades
from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.errors import (
    BreaksSetError,
    InvalidSetError,
    NoSetError,
    NoViewError,
    SetTakenError,
    StillNeededError,
)
from axletree.wheelhouse.sets.checking import work_off
from axletree.wheelhouse.sets.differences import difference
from axletree.wheelhouse.sets.gate import SetGate
from axletree.wheelhouse.sets.keeping import add_set, lock_set, remove_set, update_set
from axletree.wheelhouse.sets.locks import pins_of, read_back, with_addresses
from axletree.wheelhouse.sets.reading import read_past, read_set, read_sets
from axletree.wheelhouse.sets.records import SetText, Target
from axletree.wheelhouse.store.turns import tell_nobody
from axletree.wheelhouse.upkeep.backups import back_up
from axletree.wheelhouse.upkeep.gc import sweep
from axletree.wheelhouse.upkeep.restoring import restore
from axletree.wheelhouse.upkeep.usage import measure
from axletree.wheelhouse.views.keeping import Views
from tests.support.wheels import make_wheel
from tests.wheelhouse.sets.conftest import APP, PY39, PY311, let_in
from tests.wheelhouse.upkeep.conftest import LATER

pytestmark = pytest.mark.slow


def pins(house: Wheelhouse, name: str) -> list[list[str]]:
    locks = [state.lock for state in read_set(house, name).states]
    return [
        [pin.text for pin in pins_of(lock.lock)] for lock in locks if lock is not None
    ]


def test_a_set_is_locked_for_each_environment(house: Wheelhouse) -> None:
    checks = add_set(house, "jupyter", APP, [PY39, PY311])

    assert [(c.target, c.before, c.after.result) for c in checks] == [
        (PY39, None, "whole"),
        (PY311, None, "whole"),
    ]
    assert pins(house, "jupyter") == [["app==1", "base==1"]] * 2
    lock = read_set(house, "jupyter").states[0].lock
    assert lock is not None
    first = Pylock.from_dict(parse_toml(lock.lock or "")).packages[0]
    assert first.wheels is not None
    assert first.wheels[0].path == "app-1-py3-none-any.whl"
    entry = house.journal()[-1]
    assert (entry.action, entry.subjects, entry.generation) == (
        "set add",
        ("jupyter",),
        1,
    )


@pytest.mark.parametrize(
    "name", ["", "A", "a b", "../x", "a" * 65, "-a", "a.", "é", "a/b", "a\n"]
)
def test_a_name_that_is_no_part_of_an_address_is_refused(
    house: Wheelhouse, name: str
) -> None:
    with pytest.raises(InvalidSetError):
        add_set(house, name, APP, [PY39])


def test_a_name_is_given_once(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39])
    with pytest.raises(SetTakenError):
        add_set(house, "jupyter", APP, [PY39])
    with pytest.raises(NoSetError) as refused:
        read_set(house, "jupiter")
    assert "did you mean jupyter?" in refused.value.hint


def test_an_update_keeps_the_past_and_the_pins_that_can_stay(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    let_in(house, make_wheel(files, "base", "1.5"))
    more = SetText(requirements="app\nother\n", constraints="other<2\n")

    assert update_set(house, "jupyter", APP, [PY39]) is None
    update_set(house, "jupyter", more, None)
    update_set(house, "jupyter", None, [PY311])

    # A new environment begins with the newest.
    assert pins(house, "jupyter") == [["app==1", "base==1.5", "other==1"]]
    past = read_past(house, "jupyter")
    assert [(v.number, v.text, v.targets) for v in past.versions] == [
        (1, APP, (PY39,)),
        (2, more, (PY39,)),
        (3, more, (PY311,)),
    ]
    second = [o for _, o in past.outcomes if o.version == 2]
    assert [p.text for p in pins_of(second[0].lock)] == [
        "app==1",
        "base==1",
        "other==1",
    ]


def test_a_new_text_without_an_answer_has_no_lock(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39])
    update_set(house, "jupyter", SetText(requirements="app\nbase>1\n"), None)
    [state] = read_set(house, "jupyter").states
    assert (state.outcome.result, state.lock) == ("broken", None)
    assert "jupyter.txt" in state.outcome.report


def test_a_set_is_locked_anew_when_it_is_said(house: Wheelhouse, files: Path) -> None:
    add_set(house, "jupyter", APP, [PY39, PY311])
    let_in(house, make_wheel(files, "base", "1.5"), make_wheel(files, "app", "2"))

    assert not any(check.is_changed for check in lock_set(house, "jupyter"))
    lock_set(house, "jupyter", ["py39-linux"], is_upgraded=True)

    assert pins(house, "jupyter") == [["app==2"], ["app==1", "base==1"]]
    with pytest.raises(NoSetError):
        lock_set(house, "jupyter", ["py38-linux"])


@pytest.mark.parametrize("wanted", ["base==9", "base>1"])
def test_a_version_that_cannot_be_had_breaks_no_set(
    house: Wheelhouse, wanted: str
) -> None:
    add_set(house, "jupyter", APP, [PY39, PY311])
    before = read_set(house, "jupyter")

    with pytest.raises(BreaksSetError, match=wanted) as caught:
        lock_set(house, "jupyter", upgrades=parse_upgrades([wanted]))

    assert "--upgrade-package" in caught.value.explanation
    assert read_set(house, "jupyter") == before
    assert [c.after.result for c in lock_set(house, "jupyter")] == ["whole", "whole"]


def test_a_lock_is_not_the_cause_of_what_came_before_it(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39])
    changes.yank(house, [parse_subject("base==1")], "old")
    # Whoever yanked has not come to check the set yet.
    [check] = lock_set(house, "jupyter", is_upgraded=True)
    assert (check.after.result, check.after.cause) == (
        "broken",
        "base 1 was yanked: old",
    )


def test_a_removed_set_has_a_past_and_its_name_is_free(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39])
    remove_set(house, "jupyter")

    assert read_sets(house) == ()
    assert [v.is_removed for v in read_past(house, "jupyter").versions] == [False, True]
    with pytest.raises(NoSetError):
        remove_set(house, "jupyter")
    add_set(house, "jupyter", APP, [PY311])
    assert [v.number for v in read_past(house, "jupyter").versions] == [1, 2, 3]


def test_what_a_lock_needs_is_not_removed_and_not_swept(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    base = [parse_subject("base")]

    with pytest.raises(StillNeededError) as refused:
        changes.remove(house, base)
    assert "the lock of the requirement set jupyter for py39-linux" in str(
        refused.value.what
    )
    forced = changes.remove(house, base, is_forced=True)
    assert [each.name for each in forced.held_by] == ["jupyter"]
    assert sweep(house, clock=lambda: LATER).files == ()
    assert measure(house).held_bytes == forced.files[0].size_bytes

    remove_set(house, "jupyter")
    [swept] = sweep(house, clock=lambda: LATER).files
    assert swept.file.stored.filename == "base-1-py3-none-any.whl"
    del files


def test_a_set_comes_back_with_a_backup(house: Wheelhouse, tmp_path: Path) -> None:
    add_set(house, "jupyter", APP, [PY39])
    before = read_set(house, "jupyter")
    back_up(house, tmp_path / "backup", lambda done, total: None)  # noqa: ARG005  quiet
    other = tmp_path / "other"

    restore(other, tmp_path / "backup", lambda done, total: None, tell=tell_nobody)  # noqa: ARG005  quiet

    with Wheelhouse.open(other) as again:
        assert read_set(again, "jupyter") == before
        update_set(again, "jupyter", SetText(requirements="other\n"), None)
        remove_set(again, "jupyter")


def test_of_changes_at_once_each_is_kept(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39])
    texts = [SetText(requirements=f"app\nother>={each}\n") for each in range(4)]

    def change(text: SetText) -> None:
        update_set(house, "jupyter", text, None)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, texts))

    versions = read_past(house, "jupyter").versions
    assert [version.number for version in versions] == [1, 2, 3, 4, 5]
    assert {version.text.requirements for version in versions[1:]} == {
        text.requirements for text in texts
    }
    [state] = read_set(house, "jupyter").states
    assert state.outcome.version == 5


def test_a_withdrawal_names_every_set_that_holds_the_file(house: Wheelhouse) -> None:
    add_set(house, "jupyter", APP, [PY39, PY311])
    changed = changes.withdraw(house, [parse_subject("base")], "bad")
    assert [(each.name, each.environment) for each in changed.held_by] == [
        ("jupyter", "py39-linux"),
        ("jupyter", "py311-linux"),
    ]


def test_locks_of_environments_are_laid_together(
    house: Wheelhouse, files: Path
) -> None:
    let_in(
        house,
        make_wheel(files, "app", "2", requires_dist=["other ; python_version<'3.10'"]),
    )
    add_set(house, "jupyter", APP, [PY39, PY311])
    states = read_set(house, "jupyter").states
    answers = [
        read_back(
            state.lock.lock or "", target, lambda name, _: f"https://i.example/{name}"
        )
        for state, target in zip(states, (PY39, PY311), strict=True)
        if state.lock is not None
    ]

    whole = Pylock.from_dict(parse_toml(with_addresses(answers, "jupyter")))

    assert [(p.name, str(p.marker or "")) for p in whole.packages] == [
        ("app", ""),
        ("other", 'python_version == "3.9"'),
    ]
    wheels = whole.packages[0].wheels
    assert wheels is not None
    assert wheels[0].url == "https://i.example/app-2-py3-none-any.whl"


@pytest.mark.parametrize(
    ("python", "platform", "name"),
    [
        ("3.9", "linux", "py39-linux"),
        ("3.9.7", "linux", "py39.7-linux"),
        ("3.14t", "windows", "py314t-windows"),
        ("3.11", "x86_64-manylinux_2_17", "py311-x86_64-manylinux_2_17"),
    ],
)
def test_an_environment_has_a_name_for_addresses(
    python: str, platform: str, name: str
) -> None:
    assert Target(python_version=python, platform=platform).name == name


def test_generations_do_not_hang_on_sets(house: Wheelhouse) -> None:
    before = house.generation()
    add_set(house, "jupyter", APP, [PY39])
    update_set(house, "jupyter", SetText(requirements="other\n"), None)
    remove_set(house, "jupyter")
    assert house.generation() == before


LIMIT = datetime(2026, 2, 1, tzinfo=UTC)
POLICY = b"[[blocked]]\nreleases = 'app>=2'\nreason = 'it leaks'\n"


def text_over(view: str) -> SetText:
    return SetText(requirements="app\n", view=view)


@pytest.fixture
def ruled(house: Wheelhouse, files: Path) -> Wheelhouse:
    """App 2 is there, too, and a view does not allow it."""
    let_in(house, make_wheel(files, "app", "2"))
    Views(house=house).make("ruled", exclude_newer=None, policy=(POLICY, "p.toml"))
    return house


def test_a_set_is_locked_over_what_a_view_leaves(
    ruled: Wheelhouse, files: Path
) -> None:
    [check] = add_set(ruled, "image", text_over("ruled"), [PY39])
    assert pins_of(check.after.lock)[0].text == "app==1"
    assert read_set(ruled, "image").version.text.view == "ruled"

    let_in(ruled, make_wheel(files, "app", "3"))
    [again] = work_off(ruled)
    assert not again.is_changed
    found = update_set(ruled, "image", None, None, view="")
    assert found is not None
    [moved] = lock_set(ruled, "image", is_upgraded=True)
    assert pins_of(moved.after.lock)[0].text == "app==3"
    change = difference(read_past(ruled, "image"), 1, 2)
    assert change.requirements == ("---view ruled",)
    update_set(ruled, "image", SetText(requirements="--pre\napp\n"), None)
    change = difference(read_past(ruled, "image"), 2, 3)
    assert change.requirements == ("+--pre",)


def test_what_a_view_leaves_nothing_of_breaks_the_set_and_says_why(
    ruled: Wheelhouse,
) -> None:
    text = SetText(requirements="app>=2\n", view="ruled")
    [check] = add_set(ruled, "image", text, [PY39])
    assert check.after.result == "broken"
    assert "it leaks" in check.after.report
    assert "p.toml of the view ruled, line 2" in " ".join(check.after.report.split())
    text = SetText(requirements="nothing\n", view="ruled")
    [check] = add_set(ruled, "other", text, [PY39])
    report = " ".join(check.after.report.split())
    assert "in the view ruled of the wheelhouse" in report


def test_over_a_view_of_a_day_there_is_nothing_newer(ruled: Wheelhouse) -> None:
    Views(house=ruled).make("early", exclude_newer=LIMIT, policy=None)
    [check] = add_set(ruled, "image", text_over("early"), [PY39])
    assert check.after.result == "broken"
    [whole] = add_set(ruled, "all", text_over(""), [PY39])
    assert whole.after.result == "whole"


def test_the_gate_judges_a_set_over_its_view(ruled: Wheelhouse, files: Path) -> None:
    text = SetText(requirements="app\nother\n", view="ruled")
    add_set(ruled, "image", text, [PY39])
    gate = SetGate(house=ruled)
    # App 3 is none that the view allows, and cannot break what is over it.
    let_in(ruled, make_wheel(files, "app", "3", requires_dist=["none"]), gate=gate)
    Views(house=ruled).make(
        "strict",
        exclude_newer=None,
        policy=(b"[[blocked]]\nreleases = 'app==1'\nreason = 'old'\n", "strict.toml"),
    )
    [check] = add_set(ruled, "strict", text_over("strict"), [PY39])
    assert check.after.result == "whole"


def test_a_view_and_the_sets_over_it_hold_each_other(ruled: Wheelhouse) -> None:
    views = Views(house=ruled)
    add_set(ruled, "image", text_over("ruled"), [PY39])
    with pytest.raises(StillNeededError, match="image is locked over the view ruled"):
        views.remove("ruled")
    with pytest.raises(NoViewError):
        add_set(ruled, "second", text_over("none"), [PY39])
    views.make("of-sets", exclude_newer=None, policy=None, sets=["image"])
    with pytest.raises(InvalidSetError, match="no set can be over it"):
        add_set(ruled, "second", text_over("of-sets"), [PY39])
    views.remove("of-sets")
    remove_set(ruled, "image")
    views.remove("ruled")
