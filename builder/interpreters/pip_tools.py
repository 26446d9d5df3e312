"""Find a Python that has pip-tools, or make an environment that has.

pip-tools is no dependency of ours: it must run on the Python that is resolved for,
which is seldom the one that runs us. An environment that was made is kept.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from axletree.builder.errors import BuildRequirementsError, PipToolsMissingError
from axletree.builder.interpreters.find import (
    ASK_TIMEOUT_S,
    Interpreter,
    find_interpreter,
)
from axletree.builder.interpreters.uv_program import uv_program
from axletree.resolver.queries.comparison import ToolVersions
from axletree.wheelhouse.opinions.pip_compile import PipTools
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.scratch import own_folder

OLDEST = "6.14"
"""The last for Python 3.7; none for 3.6 has the resolver of today's pip."""
REQUIREMENTS = (f"pip-tools>={OLDEST}", "pip<23.2 ; python_version < '3.8'")
"""The last pip-tools for Python 3.7 does not get along with the last pip for it."""
_INSTALL_TIMEOUT_S = 300.0

_QUESTION = """
import json, platform
try:
    from importlib.metadata import version
except ImportError:
    from importlib_metadata import version
print(json.dumps({
    "pip_tools": version("pip-tools"),
    "pip": version("pip"),
    "python": platform.python_version(),
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipToolsFinder:
    """Where pip-tools is looked for, and how it is had otherwise."""

    environ: Mapping[str, str]
    """Environment variables, to look for interpreters with."""
    at_hand: tuple[Path, ...]
    """Interpreters to ask first, such as the active environment's."""
    folder: Path
    """Where environments are kept; made when missing."""
    bring: Callable[[], Sequence[Path]]
    """Brings the wheels of an environment.

    :raises BuildRequirementsError: when there are none.
    """

    def find(self, python_version: str, *, refresh: bool = False) -> PipTools:
        """Find pip-tools on a Python.

        :param python_version: `3.9`, or `3.9.7`, of which the patch release is not
            insisted on.
        :param refresh: make the environment anew that is kept.
        :raises InterpreterMissingError: there is no such Python.
        :raises PipToolsMissingError: it has no pip-tools, and none can be had.
        """
        for executable in self.at_hand:
            tools = ask_pip_tools(executable)
            if tools is not None and _is(tools.versions.python, python_version):
                return tools
        interpreter = find_interpreter(python_version, self.environ, may_install=False)
        home = self.folder / _name(interpreter)
        kept = () if refresh else (home / "bin" / "python",)
        for executable in (interpreter.executable, *kept):
            tools = ask_pip_tools(executable)
            if tools is not None:
                return tools
        with translate_storage_errors(self.folder):
            return self._make(interpreter, home)

    def _make(self, interpreter: Interpreter, home: Path) -> PipTools:
        self.folder.mkdir(parents=True, exist_ok=True)
        with own_folder(self.folder) as scratch:
            wheels = self._brought(interpreter)
            made = scratch / "made"
            python = made / "bin" / "python"
            _uv(self.environ, "venv", "--python", interpreter.executable, made)
            _uv(
                self.environ,
                *("pip", "install", "--python", python, "--no-deps", "--no-index"),
                *wheels,
            )
            if home.exists():
                home.rename(scratch / "old")
            made.rename(home)
        tools = ask_pip_tools(home / "bin" / "python")
        if tools is None:
            raise _missing(interpreter, "what was installed as pip-tools does not run")
        return tools

    def _brought(self, interpreter: Interpreter) -> Sequence[Path]:
        try:
            return self.bring()
        except BuildRequirementsError as error:
            what = f"there is no pip-tools for Python {interpreter.minor}"
            raise _missing(interpreter, what) from error


def ask_pip_tools(executable: Path) -> PipTools | None:
    """Ask an interpreter for its pip-tools; None without one that is new enough."""
    try:
        answer = subprocess.run(  # noqa: S603  a Python of the user's own machine
            [executable, "-I", "-c", _QUESTION],
            capture_output=True,
            check=True,
            timeout=ASK_TIMEOUT_S,
        )
        versions = ToolVersions(**json.loads(answer.stdout))
        is_new_enough = Version(versions.pip_tools) >= Version(OLDEST)
    except (OSError, subprocess.SubprocessError, ValueError, InvalidVersion):
        return None
    return PipTools(executable=executable, versions=versions) if is_new_enough else None


def _is(version: str, wanted: str) -> bool:
    return version == wanted or version.rpartition(".")[0] == wanted


def _name(interpreter: Interpreter) -> str:
    digest = hashlib.sha256(str(interpreter.executable).encode()).hexdigest()
    return f"{interpreter.version}-{digest[:8]}"


def _missing(interpreter: Interpreter, what: str) -> PipToolsMissingError:
    minor = interpreter.minor
    return PipToolsMissingError(
        what,
        where=f"looked in {interpreter.executable}, in the indexes asked, if any, and "
        "in the wheelhouse",
        hint="bring it into the wheelhouse (axletree collect pip-tools "
        f"--python-version {minor}), or install it: {interpreter.executable} -m pip "
        "install pip-tools",
    )


def _uv(environ: Mapping[str, str], *words: str | Path) -> None:
    """Run uv with nothing but what is at hand."""
    try:
        subprocess.run(  # noqa: S603  our own uv
            [uv_program(), *_options(words)],
            capture_output=True,
            text=True,
            check=True,
            env=dict(environ),
            timeout=_INSTALL_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PipToolsMissingError(f"uv does not run: {error}", where="uv") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip() or f"exit code {error.returncode}"
        raise PipToolsMissingError(
            f"uv cannot make an environment for pip-tools: {said}", where="uv"
        ) from error


def _options(words: Iterable[str | Path]) -> list[str | Path]:
    return [*words, "--quiet", "--offline", "--no-config", "--no-python-downloads"]
