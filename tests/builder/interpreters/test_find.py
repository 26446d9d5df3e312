import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.builder.errors import InterpreterMissingError
from axletree.builder.interpreters.find import (
    Interpreter,
    ask_interpreter,
    find_interpreter,
)

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


@pytest.mark.parametrize(
    "root", ["{tmp}/loop", "{tmp}/file", "{tmp}/" + 300 * "x", "{tmp}/bro\0ken"]
)
def test_a_pyenv_root_that_cannot_be_read_does_not_end_the_search(
    interpreter: Interpreter, tmp_path: Path, root: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("no folder")
    (tmp_path / f"python{MINOR}").symlink_to(interpreter.executable)
    pyenv = root.format(tmp=tmp_path)
    environ = fake_environ(tmp_path, PYENV_ROOT=pyenv, PATH=str(tmp_path))
    assert find_interpreter(MINOR, environ) == interpreter


def test_a_pyenv_root_of_somebody_else_does_not_end_the_search(
    interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(path))

    # Root may read everything, so this cannot be had with rights.
    monkeypatch.setattr(Path, "iterdir", refuse)
    (tmp_path / f"python{MINOR}").symlink_to(interpreter.executable)
    environ = fake_environ(tmp_path, PYENV_ROOT="/private", PATH=str(tmp_path))
    assert find_interpreter(MINOR, environ) == interpreter


@pytest.mark.parametrize("said", ["{}", "[]", "null", '{"implementation": "cpython"}'])
def test_a_program_that_says_something_else_is_no_python(
    tmp_path: Path, said: str
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    assert ask_interpreter(program) is None


def test_a_missing_python_names_the_command_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(InterpreterMissingError) as caught:
        find_interpreter("3.99", fake_environ(tmp_path), may_install=False)
    assert caught.value.exit_code == 3
    assert "uv python install 3.99" in caught.value.hint


def test_a_free_threaded_build_is_told_from_the_other(tmp_path: Path) -> None:
    folder = tmp_path / "versions" / "3.14.1t" / "bin"
    folder.mkdir(parents=True)
    for name, is_free in (("python3.14", "false"), ("python3.14t", "true")):
        program = folder / name
        program.write_text(
            "#!/bin/sh\necho '"
            '{"implementation": "cpython", "version": "3.14.1", '
            f'"executable": "{program}", "prefix": "{folder}", '
            f'"free_threaded": {is_free}}}'
            "'\n"
        )
        program.chmod(0o755)
    (tmp_path / "python3.14").symlink_to(folder / "python3.14")
    (tmp_path / "python3.14t").symlink_to(folder / "python3.14")
    environ = fake_environ(tmp_path, PYENV_ROOT=str(tmp_path), PATH=str(tmp_path))

    free = find_interpreter("3.14t", environ, may_install=False)
    plain = find_interpreter("3.14.1", environ, may_install=False)

    assert (free.minor, free.executable.name) == ("3.14t", "python3.14t")
    assert (plain.minor, plain.executable.name) == ("3.14", "python3.14")
