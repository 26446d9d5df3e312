"""How a run in the sandbox ended: who is to blame that there is no result.

Only the backend's own no is a fact about the world. What went beyond a published limit,
or needs what this machine has not, is a finding that holds here; and what our side could
not do (the wall, the driver, the disk) says nothing and ends the run.
"""

import errno
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from axletree.builder.errors import (
    BuilderError,
    BuildFailedError,
    BuildLimitError,
    EnvironmentFailedError,
    HostLacksError,
    SandboxFailedError,
    UnsafeOutputError,
    UnsafeSourceError,
)
from axletree.builder.sandbox import driver
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sandbox.log_evidence import (
    Diagnosis,
    Lack,
    diagnose,
    limit_in,
    telling_line,
    telling_lines,
)
from axletree.builder.sandbox.transfer import BuildLog, quoted
from axletree.late_dataclasses import dataclass
from axletree.sizes import size_words

_SHELL_SIGNAL = 128
_LEAST_FREE_BYTES = 16 << 20

LIMITS: Mapping[str, str] = {
    "memory": "needs more memory than the {memory} that it may use",
    "scarce": "was stopped, since this machine has less than {spare} of memory left",
    "room": "needs more room for files than the {room} that it may use",
    "processes": "needs more than the {processes} processes that it may start",
    "time": "takes more than the {cpu} seconds that one process may take",
    "file": "writes a file larger than the {file} that it may have",
    "files": "opens more than {files} files at once",
    "killed": "was killed, as the system does when memory runs out",
}
"""What was asked for, and what there is of it."""
_MORE_FOR_A_BUILD = "time under [build] in its recipe, or build-time in the settings"
_MORE_FOR_A_QUESTION = "question-time in the settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What ended, and where."""

    name: str
    """`build_wheel of kubeflow-fairing`."""
    preparations: int
    """Commands before the job's own: they make its environment."""
    isolation: Isolation
    limits: SandboxLimits
    scratch: Path
    log: BuildLog

    def failure(self, code: int) -> BuilderError:
        """Say what a process that ended with `code`, not 0, stands for."""
        if driver.FIRST_LIMIT <= code < driver.FIRST_LIMIT + len(driver.LIMITS):
            return self._limit(driver.LIMITS[code - driver.FIRST_LIMIT])
        if driver.FIRST_FAILURE <= code < driver.FIRST_LIMIT:
            return self._command_failed(code - driver.FIRST_FAILURE)
        if code == driver.BAD_RESULT:
            return UnsafeOutputError(
                f"what {self.name} left behind cannot be read",
                where=str(self.log.path),
            )
        if code == driver.UNSAFE_SOURCE:
            return UnsafeSourceError(
                f"the source of {self.name} is not unpacked", where=str(self.log.path)
            )
        if code in {-9, _SHELL_SIGNAL + 9}:
            return self._limit("killed")
        return SandboxFailedError(
            f"the sandbox of {self.name} ended with {code}",
            where=str(self.log.path),
            hint=self.log.tail,
        )

    def timeout(self, wall_s: float) -> BuilderError:
        """Say that it took longer than it may, and what gives it more time."""
        is_of_build = wall_s >= self.limits.wall_s
        more = _MORE_FOR_A_BUILD if is_of_build else _MORE_FOR_A_QUESTION
        return BuildLimitError(
            f"{self.name} takes longer than the {wall_s:g} seconds that it may ({more})",
            where=str(self.log.path),
            hint=self.log.tail,
        )

    def _command_failed(self, number: int) -> BuilderError:
        lines = self.log.recent
        limit = limit_in(lines)
        if limit:
            return self._limit(limit)
        if number < self.preparations:
            return EnvironmentFailedError(
                f"the environment for {self.name} cannot be made",
                where=str(self.log.path),
                hint=self.log.tail,
            )
        return refusal(f"{self.name} failed", lines, self.log)

    def _limit(self, limit: str) -> BuilderError:
        """Say which limit was met; without a wall the room is the machine's own."""
        if limit == "room" and self.isolation != "full" and self._is_disk_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.scratch))
        if self.isolation == "none":
            return self._limit_of_the_machine(limit)
        limits = self.limits
        words = LIMITS[limit].format(
            memory=size_words(limits.memory_bytes),
            spare=size_words(limits.spare_bytes),
            room=size_words(limits.room_bytes),
            processes=limits.processes,
            cpu=limits.cpu_s,
            file=size_words(limits.file_bytes),
            files=limits.open_files,
        )
        return BuildLimitError(
            f"{self.name} {words}", where=str(self.log.path), hint=self.log.tail
        )

    def _limit_of_the_machine(self, limit: str) -> BuilderError:
        return BuildLimitError(
            f"{self.name} went beyond what this machine gives: {limit}",
            where=str(self.log.path),
            hint=self.log.tail,
        )

    @property
    def _is_disk_full(self) -> bool:
        found = os.statvfs(self.scratch)
        return found.f_bavail * found.f_frsize < _LEAST_FREE_BYTES


def refusal(what: str, lines: Sequence[str], log: BuildLog) -> BuilderError:
    """Say that a backend said no, why, and what helps; or what it wanted from here."""
    found = diagnose(lines)
    if isinstance(found, Lack):
        way = f"apt-get install {found.package}" if found.package else ""
        return HostLacksError(
            f"this machine lacks {found.words}",
            where=str(log.path),
            hint="\n".join(filter(None, [way, quoted(telling_lines(lines))])),
        )
    telling = found.says if found is not None else telling_line(lines)
    error = BuildFailedError(
        f"{what}: {telling}" if telling and telling not in what else what,
        where=str(log.path),
        hint="\n".join(filter(None, [*_ways(found), quoted(telling_lines(lines))])),
    )
    error.telling = telling
    error.advice = "; ".join(_ways(found))
    return error


def _ways(found: Diagnosis | None) -> Sequence[str]:
    """Say what to add to a recipe, and what to collect for it."""
    if found is None:
        return ()
    ways = []
    if found.requires:
        listed = ", ".join(f'"{text}"' for text in found.requires)
        words = shlex.join(["axletree", "collect", *found.requires])
        ways.append(
            f"in a recipe, requires = [{listed}] in [build] brings it; collect that "
            f"first: {words}"
        )
    return [*ways, *([found.advice] if found.advice else [])]
