from pathlib import Path

import pytest

from axletree.builder.checks.inspection import check_install
from axletree.builder.errors import CheckFailedError
from axletree.builder.interpreters.find import Interpreter
from axletree.builder.sandbox.runner import (
    Sandbox,
    open_sandbox,
)
from axletree.builder.sandbox.transfer import BuildLog
from tests.support.wheels import make_wheel


@pytest.fixture
def room(interpreter: Interpreter, tmp_path: Path) -> Sandbox:
    return open_sandbox("none", interpreter, tmp_path / "scratch")


def test_a_whole_closure_passes(room: Sandbox, log: BuildLog, tmp_path: Path) -> None:
    wheels = [
        make_wheel(tmp_path, "one", "1.0", requires_dist=["two>=2"]),
        make_wheel(tmp_path, "two", "2.0"),
    ]
    check_install(wheels, ["one", "two"], sandbox=room, log=log)


def test_a_missing_requirement_is_found(
    room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheels = [make_wheel(tmp_path, "one", "1.0", requires_dist=["two>=2"])]
    with pytest.raises(CheckFailedError) as caught:
        check_install(wheels, ["one"], sandbox=room, log=log)
    assert "two>=2" in caught.value.hint


def test_a_failing_import_is_found(
    room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "one", "1.0", files={"one.py": "import nowhere\n"})
    with pytest.raises(CheckFailedError) as caught:
        check_install([wheel], ["one"], sandbox=room, log=log)
    assert "No module named 'nowhere'" in caught.value.hint
