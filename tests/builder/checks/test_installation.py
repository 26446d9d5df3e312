"""Closures that are installed, without a wall unless said otherwise."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.builder.checks.installation import (
    Checklist,
    check_install,
    foreign_wheels,
    runs_here,
)
from axletree.builder.errors import CheckFailedError
from axletree.builder.interpreters.find import Interpreter
from axletree.builder.sandbox.runner import (
    Sandbox,
    open_sandbox,
)
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import environment_for
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow


@pytest.fixture
def room(interpreter: Interpreter, tmp_path: Path) -> Sandbox:
    return open_sandbox("none", interpreter, tmp_path / "scratch")


def test_a_whole_closure_passes(room: Sandbox, log: BuildLog, tmp_path: Path) -> None:
    wheels = [
        make_wheel(tmp_path, "one", "1.0", requires_dist=["two>=2"]),
        make_wheel(tmp_path, "two", "2.0"),
    ]
    checklist = Checklist(imports=("one", "two"))
    assert check_install(wheels, checklist, sandbox=room, log=log) == ()


@pytest.mark.parametrize("imports", [(), ("one",)])
def test_a_missing_requirement_is_found_imports_asked_for_or_not(
    room: Sandbox, log: BuildLog, tmp_path: Path, imports: tuple[str, ...]
) -> None:
    wheels = [make_wheel(tmp_path, "one", "1.0", requires_dist=["two>=2"])]
    with pytest.raises(CheckFailedError) as caught:
        check_install(wheels, Checklist(imports=imports), sandbox=room, log=log)
    assert "`one` requires `two>=2`, but it's not installed" in caught.value.what


def test_a_failing_import_is_found(
    room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "one", "1.0", files={"one.py": "import nowhere\n"})
    with pytest.raises(CheckFailedError) as caught:
        check_install([wheel], Checklist(imports=("one",)), sandbox=room, log=log)
    assert "No module named 'nowhere'" in caught.value.what
    assert "its build" not in caught.value.what
    assert "in add of [requires-dist]" in caught.value.hint


@pytest.mark.parametrize(
    ("command", "fails"),
    [
        (("python", "-c", "import one"), False),
        (("python", "-c", "raise SystemExit(3)"), True),
        (("no-such-program",), True),
    ],
)
def test_a_command_runs_in_the_environment(
    room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
    command: tuple[str, ...],
    fails: bool,  # noqa: FBT001 - a column of the table
) -> None:
    wheel = make_wheel(tmp_path, "one", "1.0")
    checklist = Checklist(command=command)
    if not fails:
        check_install([wheel], checklist, sandbox=room, log=log)
        return
    with pytest.raises(CheckFailedError, match=r"ended with exit code 3|no-such-prog"):
        check_install([wheel], checklist, sandbox=room, log=log)


def test_what_others_require_of_each_other_is_told_and_no_fault_of_the_judged(
    room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheels = [
        make_wheel(tmp_path, "ours", "1.0"),
        make_wheel(tmp_path, "other", "1.0", requires_dist=["third>=2"]),
        make_wheel(tmp_path, "third", "1.0"),
    ]
    judged = frozenset({canonicalize_name("ours")})
    (note,) = check_install(wheels, Checklist(judged=judged), sandbox=room, log=log)
    assert note == "The package `other` requires `third>=2`, but `1.0` is installed"


def test_what_the_user_wants_otherwise_is_told_only(
    room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheels = [
        make_wheel(tmp_path, "ours", "1.0", requires_dist=["third>=2"]),
        make_wheel(tmp_path, "third", "1.0"),
    ]
    judged = frozenset({canonicalize_name("ours")})
    with pytest.raises(CheckFailedError, match="third>=2"):
        check_install(wheels, Checklist(judged=judged), sandbox=room, log=log)

    excused = frozenset({canonicalize_name("third")})
    checklist = Checklist(judged=judged, excused=excused)
    (note,) = check_install(wheels, checklist, sandbox=room, log=log)
    assert "third>=2" in note


def test_wheels_of_other_platforms_are_known(tmp_path: Path) -> None:
    pure = make_wheel(tmp_path, "pure", "1")
    windows = make_wheel(tmp_path, "win", "1", tag="cp311-cp311-win_amd64")
    newer = make_wheel(tmp_path, "new", "1", tag="cp311-cp311-manylinux_2_99_x86_64")
    found = foreign_wheels([pure, windows, newer])
    assert found == (windows.name, newer.name)


@pytest.mark.parametrize("platform", ["windows", "macos", "musllinux"])
def test_programs_of_other_platforms_do_not_run_here(platform: str) -> None:
    assert not runs_here(environment_for("3.11", platform))
