"""Run foreign build code: a fresh environment and one command, behind a wall.

Each run is a room of its own: the source, the wheels of the build environment and the
command go in, folders of results come out, and nothing else stays. The environment is
made inside, so that not even a `.pth` file of a build requirement runs outside.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field, replace
from pathlib import Path
from typing import TypedDict

from axletree.builder.archives.source_archive import SourceArchive
from axletree.builder.errors import SandboxFailedError
from axletree.builder.interpreters.find import Interpreter
from axletree.builder.interpreters.git_program import git_program
from axletree.builder.interpreters.uv_program import uv_program
from axletree.builder.sandbox.bubblewrap import (
    INSIDE,
    ROOM,
    TMP_FOLDERS,
    SandboxLimits,
    limits_command,
    wall,
)
from axletree.builder.sandbox.driver_program import driver_text
from axletree.builder.sandbox.host_limits import limits_of
from axletree.builder.sandbox.isolation import (
    Isolation,
    IsolationProbe,
    detect_isolation,
    require_isolation,
)
from axletree.builder.sandbox.outcomes import Run
from axletree.builder.sandbox.questions import Questions, kill_group
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import (
    BuildLog,
    ProcessPipe,
    receive,
    send,
)
from axletree.builder.sandbox.variables import variables
from axletree.builder.sandbox.waiting import end_of
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.removal import remove_tree

_ARCHIVE = "source"
"""Name of the source's archive inside, before it is unpacked."""
_KEPT = INSIDE / "environment"
_MAKE_INDEX = '"$0" read-tree HEAD && "$0" update-index -q --refresh'
_EMPTY_FOLDERS = ("home", "out", "tmp", "wheels")


class _Step(TypedDict):
    argv: list[str]
    cwd: str


class _Watch(TypedDict):
    file_systems: list[str]
    memory_bytes: int
    spare_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A wall of one level around one interpreter."""

    isolation: Isolation
    probe: IsolationProbe
    interpreter: Interpreter
    scratch: Path
    """A private folder here, for rooms that have no wall."""
    limits: SandboxLimits = field(default_factory=SandboxLimits)
    hidden: tuple[Path, ...] = ()
    """Folders that no job sees behind the wall, whatever it is shown."""
    kept: Path | None = None
    """Where environments are kept; None: nowhere."""
    questions: Questions = field(default_factory=Questions)
    """Those of its workshop, which may be given up."""
    era: int = 0
    """As of when it was opened."""

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

    @property
    def git(self) -> str:
        """Return git, as the job sees it.

        :raises IsolationUnavailableError: when it is not installed.
        """
        return git_program(is_behind_wall=self.isolation == "full")

    def run(self, job: SandboxJob, results: Path, log: BuildLog) -> None:
        """Run `job` and put the folders it collects below `results`.

        :raises BuildFailedError: when its command fails.
        :raises HostLacksError: when it does so for want of something here.
        :raises BuildLimitError: when it meets a limit.
        :raises UnsafeSourceError: when its source is not let in.
        :raises UnsafeOutputError: when its results are no plain files.
        :raises SandboxFailedError: when the sandbox itself fails.
        """
        if self.isolation != "full":
            with contextlib.suppress(FileNotFoundError):
                remove_tree(self.room)
            self.room.mkdir(parents=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self.scratch) as empty:
            inputs = {
                **dict.fromkeys(_EMPTY_FOLDERS, Path(empty)),
                **job.inputs,
                **({_ARCHIVE: job.source.path} if job.source else {}),
                **{f"wheels/{wheel.name}": wheel for wheel in _installed(job)},
            }
            self._run(job, inputs, results, log)

    def _run(
        self, job: SandboxJob, inputs: Mapping[str, Path], results: Path, log: BuildLog
    ) -> None:
        run = self._as_run(job, log)
        process = self._start(job)
        stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise AssertionError  # All three were asked for.
        results.mkdir(parents=True, exist_ok=True)
        asking = (
            self.questions.asking(process, self.era)
            if job.is_question
            else contextlib.nullcontext()
        )
        threads = ThreadPoolExecutor(3)
        with process, asking, end_of(process) as end, threads:
            try:
                sent = threads.submit(send, stdin, self._order(job), inputs, job.epoch)
                out = ProcessPipe(process, stdout)
                got = threads.submit(
                    receive,
                    out,
                    results,
                    limit_bytes=self.limits.room_bytes,
                    time_s=job.collected_s,
                )
                said = threads.submit(log.follow, ProcessPipe(process, stderr))
                code = end.wait(self._wall_s(job))
            except RuntimeError as error:  # A thread could not be started.
                raise _not_started(job, error) from error
            finally:
                kill_group(process)
        _check_own_side(job, said, sent)
        if code is None:
            raise run.timeout(self._wall_s(job))
        if code != 0:
            raise run.failure(code)
        _check_own_side(job, got)

    def _start(self, job: SandboxJob) -> subprocess.Popen[bytes]:
        environment = self._environment(job)
        try:
            return subprocess.Popen(  # noqa: S603 - our own wall and driver
                [*self._wall(environment, job), *self._driver],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={} if self.isolation == "full" else environment,
                start_new_session=True,
            )
        except OSError as error:
            raise _not_started(job, error) from error

    def _memory_bytes(self, job: SandboxJob) -> int:
        limits = self.limits
        if not job.is_question:
            return limits.memory_bytes
        return min(limits.memory_bytes, limits.question_memory_bytes)

    def _wall_s(self, job: SandboxJob) -> float:
        limits = self.limits
        if not job.is_question:
            return limits.wall_s
        return min(limits.wall_s, limits.hook_wall_s)

    def _as_run(self, job: SandboxJob, log: BuildLog) -> Run:
        return Run(
            name=job.name,
            preparations=len([*self._preparations(job)]),
            isolation=self.isolation,
            limits=replace(self.limits, memory_bytes=self._memory_bytes(job)),
            scratch=self.scratch,
            log=log,
        )

    def _wall(self, environment: Mapping[str, str], job: SandboxJob) -> list[str]:
        match self.isolation:
            case "full":
                require_isolation("full", self.probe)
                if self.probe.bubblewrap is None:
                    raise AssertionError  # Refused in the line above.
                shown = {INSIDE / "uv": uv_program()}
                if self._is_moved:
                    shown[INSIDE / "python"] = self.interpreter.prefix
                if job.environment_from is not None:
                    shown[_KEPT] = job.environment_from
                return wall(
                    self.probe.bubblewrap,
                    shown=shown,
                    environment=environment,
                    hidden=self.hidden,
                )
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

    def inside(self, path: Path) -> Path:
        """Return a path of the interpreter, as the job sees it."""
        if self.isolation != "full" or not self._is_moved:
            return path
        return INSIDE / "python" / path.relative_to(self.interpreter.prefix)

    @property
    def _driver(self) -> list[str]:
        python = str(self.inside(self.interpreter.executable))
        return [python, "-I", "-S", "-c", driver_text()]

    def _order(self, job: SandboxJob) -> Mapping[str, object]:
        """Say what the driver is to do."""
        room = str(self.room)
        return {
            "root": room,
            "epoch": job.epoch,
            "source": _source_order(job.source),
            "environment": None if job.environment_from else f"{room}/env",
            "commands": [*self._preparations(job), self._command(job)],
            "repack": job.repack,
            "collect": job.collect,
            "watch": self._watch(job),
        }

    def _preparations(self, job: SandboxJob) -> Iterator[_Step]:
        if job.source is not None and job.source.git != "none":
            # Without an index that knows the files just unpacked, git finds that all
            # of them have changed.
            argv = ["/bin/sh", "-c", _MAKE_INDEX, self.git]
            yield _Step(argv=argv, cwd=str(self.room / "src"))
        if job.environment_from is not None:
            argv = ["cp", "-a", str(_KEPT), "env"]
            yield _Step(argv=argv, cwd=str(self.room))
        elif job.wheels:
            wheels = sorted(f"wheels/{wheel.name}" for wheel in job.wheels)
            target = ("--python", str(self.python))
            options = ("--offline", "--no-index", "--no-deps", "--quiet", *target)
            argv = [str(self.uv), "pip", "install", *options, *wheels]
            yield _Step(argv=argv, cwd=str(self.room))

    def _command(self, job: SandboxJob) -> _Step:
        return _Step(argv=list(job.argv), cwd=str(self.room / job.cwd))

    def _watch(self, job: SandboxJob) -> _Watch | None:
        """Tell the driver what all commands together may use, where it sees just them."""
        if self.isolation != "full":
            return None
        file_systems = (str(self.room), *map(str, TMP_FOLDERS))
        return _Watch(
            file_systems=list(file_systems),
            memory_bytes=self._memory_bytes(job),
            spare_bytes=self.limits.spare_bytes,
        )

    def _environment(self, job: SandboxJob) -> dict[str, str]:
        tmp = Path("/tmp") if self.isolation == "full" else self.room / "tmp"  # noqa: S108
        return {
            **variables(self.room, tmp, job.epoch),
            **self._library_path(),
            **job.environment,
        }

    def _library_path(self) -> dict[str, str]:
        # A Python with a shared library finds it by an absolute path, which is not
        # there inside (pyenv builds such ones with --enable-shared).
        libraries = self.interpreter.prefix / "lib"
        if self.inside(libraries) == libraries:
            return {}
        if not any(libraries.glob("libpython3*.so*")):
            return {}
        return {"LD_LIBRARY_PATH": str(self.inside(libraries))}


def open_sandbox(
    isolation: Isolation,
    interpreter: Interpreter,
    scratch: Path,
    limits: SandboxLimits | None = None,
    hidden: tuple[Path, ...] = (),
) -> Sandbox:
    """Make a sandbox of the level asked for, or refuse.

    :param limits: None: those that this machine bears.
    :param hidden: folders that are not to be seen at `full`.
    :raises IsolationUnavailableError: when `full` cannot be had here.
    """
    limits = limits or limits_of(look_around())
    probe = (
        detect_isolation(limits)
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
        limits=limits,
        hidden=hidden,
    )


def _installed(job: SandboxJob) -> Sequence[Path]:
    return () if job.environment_from is not None else job.wheels


def _source_order(source: SourceArchive | None) -> Mapping[str, object] | None:
    if source is None:
        return None
    return {
        "archive": _ARCHIVE,
        "tree": "src",
        "has_top": source.has_top,
        "size_bytes": source.unpacked_limit_bytes,
    }


def _check_own_side(job: SandboxJob, *done: Future[None]) -> None:
    """Say first what we could not read or write, which is no fault of the command's."""
    try:
        for each in done:
            each.result()
    except OSError as error:
        raise SandboxFailedError(
            f"what goes into and out of the sandbox of {job.name} is stuck: {error}",
            where=str(error.filename or ""),
        ) from error


def _not_started(job: SandboxJob, error: Exception) -> SandboxFailedError:
    return SandboxFailedError(f"the sandbox of {job.name} does not start: {error}")
