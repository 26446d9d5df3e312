"""Run foreign build code: a fresh environment and one command, behind a wall.

Each run is a room of its own: the source, the wheels of the build environment and the
command go in, folders of results come out, and nothing else stays. The environment is
made inside, so that not even a `.pth` file of a build requirement runs outside.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from axletree.builder.bubblewrap import INSIDE, ROOM, Limits, limits_command, wall
from axletree.builder.errors import BuildFailedError
from axletree.builder.interpreters import Interpreter
from axletree.builder.isolation import (
    Isolation,
    IsolationProbe,
    detect_isolation,
    require_isolation,
)
from axletree.builder.transfer import BuildLog, ProcessPipe, receive, send
from axletree.builder.uv_program import uv_program

_DRIVER = Path(__file__).with_name("sandbox_driver.py")
_FIRST_FAILURE = 64
"""As in the driver, which cannot be imported without running under its rules."""
_EMPTY_FOLDERS = ("home", "out", "tmp", "wheels")


class _Step(TypedDict):
    argv: list[str]
    cwd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxJob:
    """One command and all that it needs; paths inside are relative to the room."""

    name: str
    """For messages: `build_wheel of kubeflow-fairing`."""
    argv: tuple[str, ...]
    wheels: Sequence[Path] = ()
    """Installed into the environment, just as they are."""
    inputs: Mapping[str, Path] = field(default_factory=dict)
    """Path inside -> file or folder here."""
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    collect: tuple[str, ...] = ()
    """Folders brought out afterwards."""
    epoch: int = 315532800
    """SOURCE_DATE_EPOCH, in seconds; 1980 is the oldest time that a zip can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A wall of one level around one interpreter."""

    isolation: Isolation
    probe: IsolationProbe
    interpreter: Interpreter
    scratch: Path
    """A private folder here, for rooms that have no wall."""
    limits: Limits = field(default_factory=Limits)

    @property
    def room(self) -> Path:
        """Return where a job's files are, as the job sees it."""
        return ROOM if self.isolation == "full" else self.scratch / "room"

    @property
    def python(self) -> Path:
        """Return the environment's Python, as the job sees it."""
        return self.room / "env" / "bin" / "python"

    @property
    def uv(self) -> Path:
        """Return uv, as the job sees it."""
        return INSIDE / "uv" if self.isolation == "full" else uv_program()

    def run(self, job: SandboxJob, results: Path, log: BuildLog) -> None:
        """Run `job` and put the folders it collects below `results`.

        :raises BuildFailedError: when it fails, takes too long or meets a limit.
        :raises UnsafeOutputError: when its results are no plain files.
        """
        if self.isolation != "full":
            shutil.rmtree(self.room, ignore_errors=True)
            self.room.mkdir(parents=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self.scratch) as empty:
            inputs = {
                **dict.fromkeys(_EMPTY_FOLDERS, Path(empty)),
                **job.inputs,
                **{f"wheels/{wheel.name}": wheel for wheel in job.wheels},
            }
            code = self._run(job, inputs, results, log)
        if code != 0:
            raise _failed(job, code, log)

    def _run(
        self, job: SandboxJob, inputs: Mapping[str, Path], results: Path, log: BuildLog
    ) -> int:
        environment = self._environment(job)
        process = subprocess.Popen(  # noqa: S603 - our own wall and driver
            [*self._wall(environment), *self._driver(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={} if self.isolation == "full" else environment,
            start_new_session=True,
        )
        stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise AssertionError  # All three were asked for.
        results.mkdir(parents=True, exist_ok=True)
        limit_bytes = self.limits.room_bytes
        with process, ThreadPoolExecutor(3) as threads:
            sent = threads.submit(send, stdin, inputs, epoch=job.epoch)
            out = ProcessPipe(process, stdout)
            received = threads.submit(receive, out, results, limit_bytes=limit_bytes)
            threads.submit(log.follow, ProcessPipe(process, stderr))
            code = self._wait(process, job, log)
        if code == 0:
            sent.result()
            received.result()
        return code

    def _wait(
        self, process: subprocess.Popen[bytes], job: SandboxJob, log: BuildLog
    ) -> int:
        try:
            return process.wait(self.limits.wall_s)
        except subprocess.TimeoutExpired as error:
            raise BuildFailedError(
                f"{job.name} took longer than {self.limits.wall_s:g} seconds",
                where=str(log.path),
                hint=log.tail,
            ) from error
        finally:
            _kill_group(process)

    def _wall(self, environment: Mapping[str, str]) -> list[str]:
        match self.isolation:
            case "full":
                require_isolation("full", self.probe)
                if self.probe.bubblewrap is None:
                    raise AssertionError  # Refused in the line above.
                shown = {INSIDE / "uv": uv_program()}
                if self._is_moved:
                    shown[INSIDE / "python"] = self.interpreter.prefix
                return wall(self.probe.bubblewrap, shown=shown, environment=environment)
            case "pod":
                prlimit, setpriv = shutil.which("prlimit"), shutil.which("setpriv")
                if prlimit is None or setpriv is None:
                    return []
                limits = limits_command(Path(prlimit), self.limits, uid=os.getuid())
                return [setpriv, "--no-new-privs", *limits]
            case "none":
                return []

    @property
    def _is_moved(self) -> bool:
        return not self.interpreter.prefix.is_relative_to("/usr")

    def _inside(self, path: Path) -> Path:
        if self.isolation != "full" or not self._is_moved:
            return path
        return INSIDE / "python" / path.relative_to(self.interpreter.prefix)

    def _driver(self, job: SandboxJob) -> list[str]:
        python = str(self._inside(self.interpreter.executable))
        room, uv_program = str(self.room), str(self.uv)
        steps: list[_Step] = []
        if job.wheels:
            wheels = sorted(f"wheels/{wheel.name}" for wheel in job.wheels)
            target = ("--python", str(self.python))
            options = ("--offline", "--no-index", "--no-deps", "--quiet", *target)
            install = _step(room, uv_program, "pip", "install", *options, *wheels)
            steps.append(install)
        cwd = str(self.room / job.cwd)
        steps.append(_Step(argv=list(job.argv), cwd=cwd))
        order = {
            "root": room,
            "environment": f"{room}/env",
            "commands": steps,
            "collect": job.collect,
        }
        driver = _DRIVER.read_text(encoding="utf-8")
        return [python, "-I", "-c", driver, json.dumps(order)]

    def _environment(self, job: SandboxJob) -> dict[str, str]:
        room = self.room
        tmp = Path("/tmp") if self.isolation == "full" else room / "tmp"  # noqa: S108
        return {
            "PATH": f"{room}/env/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(room / "home"),
            "TMPDIR": str(tmp),
            "USER": "build",
            "LOGNAME": "build",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYTHONUNBUFFERED": "1",
            "SOURCE_DATE_EPOCH": str(job.epoch),
            "PIP_NO_INDEX": "1",
            "UV_OFFLINE": "1",
            "UV_NO_CONFIG": "1",
            "UV_NO_CACHE": "1",
            "UV_NO_PROGRESS": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            **self._library_path(),
            **job.environment,
        }

    def _library_path(self) -> dict[str, str]:
        # A Python with a shared library finds it by an absolute path, which is not
        # there inside (pyenv builds such ones with --enable-shared).
        libraries = self.interpreter.prefix / "lib"
        if self._inside(libraries) == libraries:
            return {}
        if not any(libraries.glob("libpython3*.so*")):
            return {}
        return {"LD_LIBRARY_PATH": str(self._inside(libraries))}


def open_sandbox(
    isolation: Isolation, interpreter: Interpreter, scratch: Path
) -> Sandbox:
    """Make a sandbox of the level asked for, or refuse.

    :raises IsolationUnavailableError: when `full` cannot be had here.
    """
    probe = (
        detect_isolation()
        if isolation == "full"
        else IsolationProbe(bubblewrap=None, reason="not asked for")
    )
    require_isolation(isolation, probe)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Sandbox(
        isolation=isolation,
        probe=probe,
        interpreter=interpreter,
        scratch=scratch.resolve(),
    )


def _step(room: str, *argv: str) -> _Step:
    return _Step(argv=list(argv), cwd=room)


def _failed(job: SandboxJob, code: int, log: BuildLog) -> BuildFailedError:
    makes_environment = 1 if job.wheels else 0
    number = code - _FIRST_FAILURE
    if 0 <= number < makes_environment:
        what = f"the environment for {job.name} cannot be made"
    elif number == makes_environment:
        what = f"{job.name} failed"
    else:
        what = f"the sandbox of {job.name} ended with {code}"
    return BuildFailedError(what, where=str(log.path), hint=log.tail)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # Without a group it has ended, and all that it started with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
