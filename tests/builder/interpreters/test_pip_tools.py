import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from axletree.builder.errors import (
    BuildRequirementsError,
    InterpreterMissingError,
    PipToolsMissingError,
)
from axletree.builder.interpreters.find import Interpreter
from axletree.builder.interpreters.pip_tools import (
    PipToolsFinder,
    ask_pip_tools,
)
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow


class Supply:
    """Brings wheels that are pip-tools by their names alone."""

    def __init__(self, folder: Path, version: str = "7.6.2") -> None:
        self.version = version
        self.times = 0
        self._folder = folder

    def __call__(self) -> Sequence[Path]:
        self.times += 1
        wheels = (("pip-tools", self.version), ("pip", "26.0"))
        return [make_wheel(self._folder, *wheel) for wheel in wheels]


def nothing() -> Sequence[Path]:
    raise BuildRequirementsError("there is no wheelhouse")


@pytest.fixture
def python(interpreter: Interpreter, tmp_path: Path) -> Path:
    """Stand for a Python that has no pip-tools of its own."""
    folder = tmp_path / "path"
    folder.mkdir()
    found = folder / f"python{interpreter.minor}"
    found.symlink_to(interpreter.executable)
    return found


def finder(
    python: Path, tmp_path: Path, supply: Supply | None = None
) -> PipToolsFinder:
    return PipToolsFinder(
        environ={"HOME": str(tmp_path), "PATH": str(python.parent)},
        at_hand=(),
        folder=tmp_path / "kept",
        bring=supply or nothing,
    )


def test_an_interpreter_says_which_pip_tools_it_has() -> None:
    found = ask_pip_tools(Path(sys.executable))

    assert found is not None
    assert found.versions.python == ".".join(map(str, sys.version_info[:3]))


def test_what_is_no_python_has_none(tmp_path: Path) -> None:
    assert ask_pip_tools(tmp_path / "absent") is None
    assert ask_pip_tools(Path("/bin/false")) is None


def test_the_environment_at_hand_comes_first(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    at_hand = (tmp_path / "absent", Path(sys.executable))
    look = PipToolsFinder(
        environ={}, at_hand=at_hand, folder=tmp_path / "kept", bring=nothing
    )

    assert look.find(interpreter.minor).executable == Path(sys.executable)
    assert look.find(interpreter.version).executable == Path(sys.executable)


def test_another_python_at_hand_does_not_count(tmp_path: Path) -> None:
    look = PipToolsFinder(
        environ={"HOME": str(tmp_path), "PATH": ""},
        at_hand=(Path(sys.executable),),
        folder=tmp_path / "kept",
        bring=nothing,
    )

    with pytest.raises(InterpreterMissingError):
        look.find("3.99")


def test_an_environment_is_made_once_and_kept(
    python: Path, interpreter: Interpreter, tmp_path: Path
) -> None:
    supply = Supply(tmp_path / "wheels")
    look = finder(python, tmp_path, supply)

    first = look.find(interpreter.minor)
    again = look.find(interpreter.minor)

    assert first == again
    assert first.versions.pip_tools == "7.6.2"
    assert first.versions.python == interpreter.version
    assert supply.times == 1
    assert [kept.parent.parent for kept in (first.executable,)] == list(
        (tmp_path / "kept").iterdir()
    )


def test_refresh_makes_it_anew(
    python: Path, interpreter: Interpreter, tmp_path: Path
) -> None:
    supply = Supply(tmp_path / "wheels")
    look = finder(python, tmp_path, supply)
    look.find(interpreter.minor)
    supply.version = "8.0"

    assert look.find(interpreter.minor).versions.pip_tools == "7.6.2"
    assert look.find(interpreter.minor, refresh=True).versions.pip_tools == "8.0"
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_one_that_is_too_old_is_none(
    python: Path, interpreter: Interpreter, tmp_path: Path
) -> None:
    with pytest.raises(PipToolsMissingError, match="does not run"):
        finder(python, tmp_path, Supply(tmp_path / "wheels", "6.4.0")).find(
            interpreter.minor
        )


def test_where_there_is_none_the_error_names_two_ways(
    python: Path, interpreter: Interpreter, tmp_path: Path
) -> None:
    with pytest.raises(PipToolsMissingError) as caught:
        finder(python, tmp_path).find(interpreter.minor)

    error = caught.value
    assert error.exit_code == 3
    assert f"axletree collect pip-tools --python-version {interpreter.minor}" in (
        error.hint
    )
    assert "-m pip install pip-tools" in error.hint
    assert list((tmp_path / "kept").iterdir()) == []
