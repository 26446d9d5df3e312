import sys
from pathlib import Path

import pytest

from axletree.builder.errors import InterpreterMissingError
from axletree.builder.interpreters import Interpreter, find_interpreter

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


def fake_environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "", **more}


def test_a_python_on_path_is_found(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / f"python{MINOR}").symlink_to(interpreter.executable)
    found = find_interpreter(MINOR, fake_environ(tmp_path, PATH=str(tmp_path)))
    assert found == interpreter


def test_pyenv_s_newest_patch_release_comes_first(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    for patch in ("2", "10"):
        programs = tmp_path / "versions" / f"{MINOR}.{patch}" / "bin"
        programs.mkdir(parents=True)
        (programs / f"python{MINOR}").symlink_to(
            interpreter.executable if patch == "10" else "/bin/false"
        )
    environ = fake_environ(tmp_path, PYENV_ROOT=str(tmp_path))
    assert find_interpreter(f"{MINOR}.1", environ).version == interpreter.version


def test_a_broken_shim_is_passed_over(interpreter: Interpreter, tmp_path: Path) -> None:
    shim = tmp_path / "versions" / f"{MINOR}.99" / "bin" / f"python{MINOR}"
    shim.parent.mkdir(parents=True)
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / f"python{MINOR}").symlink_to(interpreter.executable)
    environ = fake_environ(tmp_path, PYENV_ROOT=str(tmp_path), PATH=str(tmp_path))
    assert find_interpreter(MINOR, environ) == interpreter


def test_a_missing_python_names_the_command_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(InterpreterMissingError) as caught:
        find_interpreter("3.99", fake_environ(tmp_path), may_install=False)
    assert caught.value.exit_code == 3
    assert "uv python install 3.99" in caught.value.hint
