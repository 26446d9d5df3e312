"""Find the Python that a wheel is built for: pyenv's, on PATH, uv's, or a new one.

A name proves nothing (pyenv's shims exist for versions that are not there), so each
candidate is run before it is believed.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from axletree.builder.errors import InterpreterMissingError, IsolationUnavailableError
from axletree.builder.interpreters.uv_program import uv_program
from axletree.late_dataclasses import dataclass

ASK_TIMEOUT_S = 20.0
INSTALL_TIMEOUT_S = 300.0

_QUESTION = (
    "import json, sys, sysconfig, platform; print(json.dumps({"
    "'free_threaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')), "
    "'version': platform.python_version(), 'prefix': sys.base_prefix, "
    "'implementation': sys.implementation.name, "
    "'executable': getattr(sys, '_base_executable', sys.executable)}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python that was run and said this of itself."""

    executable: Path
    """Below `prefix`, links followed."""
    prefix: Path
    version: str
    """`3.9.18`."""
    is_free_threaded: bool = False

    @property
    def minor(self) -> str:
        """Return the version without its patch release: `3.9`, or `3.14t`."""
        return ".".join(self.version.split(".")[:2]) + "t" * self.is_free_threaded


def find_interpreter(
    version: str, environ: Mapping[str, str], *, may_install: bool = True
) -> Interpreter:
    """Find CPython `version`, the newest patch release of the first place that has one.

    :param version: `3.9`, or `3.9.7`, of which the patch release is not insisted on;
        `3.14t` is the free-threaded build.
    :param environ: environment variables (PATH, PYENV_ROOT, HOME, those of uv).
    :param may_install: try `uv python install` where there is none.
    :raises InterpreterMissingError: when there is none; the hint has the command.
    """
    numbers = version.removesuffix("t").split(".")[:2]
    minor = ".".join(numbers) + "t" * version.endswith("t")
    found = _first_found(minor, environ)
    if found is None and may_install and _install(minor, environ):
        found = _first_found(minor, environ)
    if found is None:
        raise InterpreterMissingError(
            f"Python {minor} was not found",
            where="looked in pyenv, on PATH and among uv's own",
            hint=f"install it with: uv python install {minor}",
        )
    return found


def ask_interpreter(executable: Path) -> Interpreter | None:
    """Run `executable` and let it say what it is; None when it is no CPython."""
    try:
        answer = subprocess.run(  # noqa: S603 - a Python of the user's own machine
            [executable, "-I", "-S", "-c", _QUESTION],
            capture_output=True,
            check=True,
            timeout=ASK_TIMEOUT_S,
        )
        return _read_answer(json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _read_answer(said: object) -> Interpreter | None:
    match said:
        case {
            "implementation": "cpython",
            "executable": str(executable),
            "prefix": str(prefix),
            "version": str(version),
            "free_threaded": bool(is_free_threaded),
        }:
            return Interpreter(
                executable=Path(executable).resolve(),
                prefix=Path(prefix).resolve(),
                version=version,
                is_free_threaded=is_free_threaded,
            )
        case _:
            return None


def _first_found(minor: str, environ: Mapping[str, str]) -> Interpreter | None:
    for candidate in _candidates(minor, environ):
        interpreter = ask_interpreter(candidate)
        if interpreter is not None and interpreter.minor == minor:
            return interpreter
    return None


def _candidates(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    name = f"python{minor}"
    numbers, free = minor.removesuffix("t"), "t" * minor.endswith("t")
    yield from _in_versions(_pyenv_versions(environ), f"{numbers}.*{free}", name)
    on_path = shutil.which(name, path=environ.get("PATH", ""))
    if on_path is not None:
        yield Path(on_path)
    yield from _in_versions(_uv_pythons(environ), f"cpython-{numbers}.*", name)


def _pyenv_versions(environ: Mapping[str, str]) -> Path | None:
    root = environ.get("PYENV_ROOT")
    if root:
        return Path(root, "versions")
    home = environ.get("HOME")
    return Path(home, ".pyenv", "versions") if home else None


def _uv_pythons(environ: Mapping[str, str]) -> Path | None:
    try:
        told = _uv(["python", "dir"], environ, timeout_s=ASK_TIMEOUT_S).strip()
    except (OSError, subprocess.SubprocessError, IsolationUnavailableError):
        return None
    return Path(told) if told else None


def _in_versions(folder: Path | None, pattern: str, name: str) -> Iterator[Path]:
    if folder is None:
        return
    try:
        homes = [home.name for home in folder.iterdir() if home.match(pattern)]
    except (OSError, ValueError):
        return  # A place that cannot be looked into has none for us.
    for home in sorted(homes, key=_patch_release, reverse=True):
        yield folder / home / "bin" / name


def _patch_release(home: str) -> int:
    """Read 18 from `3.9.18`, `cpython-3.9.18-linux-x86_64-gnu` and `3.9.18t`."""
    version = home.removeprefix("cpython-").split("-")[0]
    patch = version.split(".")[2].partition("+")[0].removesuffix("t")
    return int(patch) if patch.isascii() and patch.isdigit() else -1


def _install(minor: str, environ: Mapping[str, str]) -> bool:
    try:
        _uv(["python", "install", minor], environ, timeout_s=INSTALL_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError, IsolationUnavailableError):
        return False
    return True


def _uv(arguments: list[str], environ: Mapping[str, str], *, timeout_s: float) -> str:
    ran = subprocess.run(  # noqa: S603 - our own uv
        [uv_program(), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=dict(environ),
        timeout=timeout_s,
    )
    return ran.stdout
