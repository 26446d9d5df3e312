"""What touches a set is found, judged over the generation, and told with its cause."""

from pathlib import Path

import pytest

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.model import ProjectStatus
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.sets.checking import SetCheck, queue, work_off
from axletree.wheelhouse.sets.keeping import add_set, remove_set, update_set
from axletree.wheelhouse.sets.locks import pins_of
from axletree.wheelhouse.sets.reading import read_set
from axletree.wheelhouse.sets.records import SetText
from tests.support.wheels import make_wheel
from tests.wheelhouse.sets.conftest import APP, PY39, PY311, let_in

pytestmark = pytest.mark.slow


def told(checks: tuple[SetCheck, ...]) -> list[tuple[str, str, int]]:
    return [(c.after.result, c.after.cause, c.after.since) for c in checks]


def due(house: Wheelhouse) -> list[str]:
    return [state.name for state in queue(house).due]


def test_only_sets_that_have_read_a_project_are_touched(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    add_set(house, "ci", SetText(requirements="other\n"), [PY39])

    let_in(house, make_wheel(files, "other", "2"))

    assert due(house) == ["ci"]
    work_off(house)
    assert due(house) == []
    states = [*read_set(house, "jupyter").states, *read_set(house, "ci").states]
    assert [state.generation for state in states] == [2, 2]


def test_a_project_that_was_missing_touches_the_sets_that_missed_it(
    house: Wheelhouse, files: Path
) -> None:
    let_in(house, make_wheel(files, "app", "2", requires_dist=["absent"]))
    [check] = add_set(house, "jupyter", SetText(requirements="app==2\n"), [PY39])
    assert check.after.result == "broken"
    assert "no project named absent in the wheelhouse" in check.after.report
    assert read_set(house, "jupyter").states[0].lock is None

    let_in(house, make_wheel(files, "absent", "1"))

    assert told(work_off(house)) == [("whole", "absent 1 came in", 3)]
    state = read_set(house, "jupyter").states[0]
    assert state.lock is not None
    assert [pin.text for pin in pins_of(state.lock.lock)] == ["absent==1", "app==2"]


CHANGES = {
    "yank": ("base 1 was yanked: old", "base 1 is yanked no more"),
    "remove": ("base 1 was removed", "base-1-py3-none-any.whl came in"),
    "withdraw": ("base 1 was withdrawn: bad", "base 1.5 came in"),
    "status": ("base became quarantined: bad", "base became active"),
    "policy": ("the policy p.toml was set", "the policy p.toml was set"),
}


def change(house: Wheelhouse, kind: str, files: Path) -> None:
    base = [parse_subject("base")]
    if kind == "yank":
        changes.yank(house, base, "old")
    elif kind == "remove":
        changes.remove(house, base, is_forced=True)
    elif kind == "withdraw":
        changes.withdraw(house, base, "bad")
    elif kind == "status":
        status = ProjectStatus(marker="quarantined", reason="bad")
        changes.set_status(house, base[0].project, status)  # type: ignore[union-attr]  # a project
    else:
        text = b'[[blocked]]\nreleases = "base"\nreason = "bad"\n'
        set_policy(house, text, "p.toml")
    del files


def undo(house: Wheelhouse, kind: str, files: Path) -> None:
    base = [parse_subject("base")]
    if kind == "yank":
        changes.unyank(house, base)
    elif kind == "remove":
        let_in(house, files / "base-1-py3-none-any.whl")
    elif kind == "withdraw":
        let_in(house, make_wheel(files, "base", "1.5"))
    elif kind == "status":
        changes.set_status(house, base[0].project, ProjectStatus())  # type: ignore[union-attr]  # a project
    else:
        set_policy(house, b"", "p.toml")


@pytest.mark.parametrize("kind", CHANGES)
def test_whatever_takes_a_file_away_breaks_a_set_and_its_return_mends_it(
    house: Wheelhouse, files: Path, kind: str
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    before = read_set(house, "jupyter").states[0].lock

    change(house, kind, files)
    broken, mended = CHANGES[kind]

    assert told(work_off(house)) == [("broken", broken, 2)]
    # What is installed from the lock is the lock that there was.
    assert read_set(house, "jupyter").states[0].lock == before
    undo(house, kind, files)
    assert told(work_off(house)) == [("whole", mended, 3)]


@pytest.mark.parametrize("kind", CHANGES)
def test_of_many_generations_the_one_that_did_it_is_named(
    house: Wheelhouse, files: Path, kind: str
) -> None:
    add_set(house, "jupyter", APP, [PY39])

    let_in(house, make_wheel(files, "app", "0.1", requires_dist=["base<1.5"]))
    change(house, kind, files)
    let_in(house, make_wheel(files, "app", "0.2", requires_dist=["base<1.5"]))

    broken, _ = CHANGES[kind]
    assert told(work_off(house)) == [("broken", broken, 3)]


def test_a_set_that_stays_broken_is_broken_since_it_was(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    changes.yank(house, [parse_subject("base")], "old")
    work_off(house)

    let_in(house, make_wheel(files, "app", "2", requires_dist=["base>=3"]))

    assert told(work_off(house)) == [("broken", "base 1 was yanked: old", 2)]
    assert "app 1 and 2" in read_set(house, "jupyter").states[0].outcome.report


def test_pins_stay_while_they_can_and_move_when_they_cannot(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    before = read_set(house, "jupyter").states[0]
    let_in(house, make_wheel(files, "base", "1.5"))

    [same] = work_off(house)
    assert not same.is_changed
    assert read_set(house, "jupyter").states[0].outcome == before.outcome

    changes.yank(house, [parse_subject("base==1")], "old")
    assert told(work_off(house)) == [("whole", "base 1 was yanked: old", 3)]
    state = read_set(house, "jupyter").states[0]
    assert state.lock is not None
    assert [pin.text for pin in pins_of(state.lock.lock)] == ["app==1", "base==1.5"]


def test_a_wheel_with_a_better_tag_may_break_a_set(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39, PY311])
    let_in(
        house,
        make_wheel(
            files, "base", "1", tag="cp39-cp39-linux_x86_64", requires_dist=["absent"]
        ),
    )

    checks = work_off(house)

    assert [(c.target, c.after.result) for c in checks] == [
        (PY39, "broken"),
        (PY311, "whole"),
    ]
    assert checks[0].after.cause == "base-1-cp39-cp39-linux_x86_64.whl came in"


def test_a_check_of_a_set_that_was_changed_meanwhile_is_dropped(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    let_in(house, make_wheel(files, "base", "1.5"))
    waiting = queue(house).due
    update_set(house, "jupyter", SetText(requirements="other\n"), None)

    from axletree.wheelhouse.sets.checking import check_all  # noqa: PLC0415  once

    assert check_all(house, waiting) == []
    remove_set(house, "jupyter")
    assert due(house) == []


def test_a_policy_that_counts_age_is_judged_as_of_the_generation(
    house: Wheelhouse, files: Path
) -> None:
    add_set(house, "jupyter", APP, [PY39])
    set_policy(house, b"[minimum-age]\ndays = 30\n", "p.toml")
    assert told(work_off(house)) == [("broken", "the policy p.toml was set", 2)]
    let_in(house, make_wheel(files, "unrelated", "1"))
    assert due(house) == ["jupyter"]
