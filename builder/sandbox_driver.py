"""Run commands inside a sandbox: files in on stdin, files out on stdout.

This file is not imported where it runs: its text is handed to the interpreter that is
built for (Python 3.6 and newer) as `python -I -c TEXT JOB`, so it needs nothing but
the standard library and no path from outside. All that crosses the wall is one tar
stream each way, so that nothing writable is shared with the host. The exit code says
whose fault it was that there is no result (outcomes.py reads it): of a command, of a
limit of this sandbox, or ours. Behind a wall of level `full` no command can forge it,
since this is process 1 there, which no signal from inside reaches.
"""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import venv

TYPE_CHECKING = False  # typing takes as long to import as all else here
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypedDict

    class Step(TypedDict):
        """One command."""

        argv: list[str]
        cwd: str

    class Limits(TypedDict):
        """What `Watch` holds all commands to."""

        file_systems: list[str]
        memory_bytes: int
        spare_bytes: int

    class Job(TypedDict):
        """The one argument, as JSON."""

        root: str
        environment: str
        commands: list[Step]
        collect: list[str]
        watch: Limits | None


FIRST_FAILURE = 64
"""Exit code when the first command failed; one more for each later command."""
FIRST_LIMIT = 80
"""Exit code when the first of these limits was met; one more for each later one."""
LIMITS = ("memory", "scarce", "room", "time", "file", "killed")
BAD_RESULT = 96
"""What the commands left behind cannot be read."""
BROKEN = 97
"""Nothing foreign is to blame: this driver, its interpreter or the machine failed."""

POLL_S = 0.1
LEAST_FREE_BYTES = 256 << 10
FIRST_TO_DIE = "1000"

LIMIT_OF_SIGNAL: "Mapping[int, str]" = {
    signal.SIGKILL: "killed",
    signal.SIGXCPU: "time",
    signal.SIGXFSZ: "file",
}
LIMIT_OF_ERROR = {errno.ENOSPC: "room", errno.EDQUOT: "room", errno.EFBIG: "file"}
NOT_ENOUGH_OF_MACHINE = (errno.EAGAIN, errno.ENOMEM, errno.ENFILE)


class Watch:
    """Look at what all commands use together, and end them when it is too much.

    The kernel bounds each process and each file system by itself. Only where this is
    process 1, so that all processes that it sees are the commands'.
    """

    def __init__(
        self, file_systems: "Sequence[str]", memory_bytes: int, spare_bytes: int
    ) -> None:
        self.limit = ""
        """The limit that was met, if any."""
        self._file_systems = file_systems
        self._memory_bytes = memory_bytes
        self._spare_bytes = spare_bytes
        self._ended = threading.Event()

    def start(self) -> None:
        """Look now and then, in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(POLL_S):
            try:
                self.look()
            except (OSError, LookupError):
                continue  # The next look may tell.

    def look(self) -> None:
        """Look once."""
        used = 0
        for path in self._file_systems:
            found = os.statvfs(path)
            used += (found.f_blocks - found.f_bfree) * found.f_frsize
            if found.f_bfree * found.f_frsize < LEAST_FREE_BYTES or not found.f_ffree:
                self.limit = self.limit or "room"
        # The quick sum counts pages that forks share once for each of them.
        if used + held_bytes(resident_bytes) > self._memory_bytes:
            if used + held_bytes(proportional_bytes) > self._memory_bytes:
                self._end_all("memory")
        elif available_bytes() < self._spare_bytes:
            self._end_all("scarce")

    def _end_all(self, limit: str) -> None:
        self.limit = limit
        os.kill(-1, signal.SIGKILL)  # Everybody but process 1.


def held_bytes(measure: "Callable[[str], int]") -> int:
    """Add up what the processes of this sandbox hold, without files."""
    own = str(os.getpid())
    names = (entry.name for entry in os.scandir("/proc") if entry.name.isdigit())
    return sum(measure(name) for name in names if name != own)


def resident_bytes(name: str) -> int:
    """Measure one process quickly."""
    try:
        with open("/proc/" + name + "/statm") as file:
            fields = file.read().split()
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0  # It has ended.


def proportional_bytes(name: str) -> int:
    """Measure one process exactly: a shared page counts in parts."""
    try:
        return field_bytes("/proc/" + name + "/smaps_rollup", "Pss_Anon:")
    except (OSError, LookupError):
        return resident_bytes(name)


def available_bytes() -> int:
    """Ask what the machine could still give."""
    return field_bytes("/proc/meminfo", "MemAvailable:")


def field_bytes(path: str, field: str) -> int:
    """Read one line of a file of the kernel, which counts in kB."""
    with open(path) as file:
        for line in file:
            if line.startswith(field):
                return int(line.split()[1]) << 10
    raise LookupError(field)


def unpack(root: str) -> None:
    """Unpack the tar stream on stdin, which our own side made, below `root`."""
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as stream:
        # Python 3.12 warns when no filter is named, Python 3.6 knows none.
        stream.extraction_filter = lambda member, _path: member
        for member in stream:
            stream.extract(member, root)


def pack(root: str, *names: str) -> None:
    """Write what the commands left in the folders `names` to stdout."""
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as stream:
        for name in names:
            stream.add(root + "/" + name, arcname=name)


def call(command: "Step") -> int:
    """Run one command; return how it ended: an exit code, or minus a signal."""
    try:
        return subprocess.call(  # noqa: S603 - foreign code is what the sandbox is for
            command["argv"],
            cwd=command["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=2,
            stderr=2,
        )
    except OSError as error:
        if error.errno in NOT_ENOUGH_OF_MACHINE:
            raise
        # An earlier command may have made anything of the program.
        sys.stderr.write(f"cannot be run: {error}\n")
        return 127


def limit_of(status: int) -> str:
    """Name the limit by which a command ended; the empty text if by none."""
    # 128 and more: how a shell, and hook_driver.py, pass a signal on.
    number = -status if status < 0 else status - 128
    return LIMIT_OF_SIGNAL.get(number, "")


def run(job: "Job") -> int:
    """Unpack, run the commands in order, pack; tell by the code what went wrong."""
    os.umask(0o022)
    unpack(job["root"])
    # Ten times faster than a program that first has to ask the interpreter.
    venv.EnvBuilder(symlinks=True).create(job["environment"])
    watch = Watch(**job["watch"]) if job["watch"] else None
    if watch:
        watch.start()
    for number, command in enumerate(job["commands"]):
        status = call(command)
        if status:
            text = "signal {}" if status < 0 else "exit code {}"
            sys.stderr.write("ended with " + text.format(abs(status)) + "\n")
            limit = watch.limit if watch and watch.limit else limit_of(status)
            if limit:
                return FIRST_LIMIT + LIMITS.index(limit)
            return FIRST_FAILURE + number
    if watch:
        watch.stop()
    try:
        pack(job["root"], *job["collect"])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the results cannot be read: {error}\n")
        return BAD_RESULT
    return 0


def main(argument: str) -> int:
    """Do the job; whatever goes wrong has a code of its own."""
    # A kindness to the machine, which some containers refuse.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(FIRST_TO_DIE)
    try:
        return run(json.loads(argument))
    except MemoryError:
        return FIRST_LIMIT + LIMITS.index("memory")
    except OSError as error:
        sys.stderr.write(f"the sandbox failed: {error}\n")
        limit = LIMIT_OF_ERROR.get(error.errno or 0)
        return BROKEN if limit is None else FIRST_LIMIT + LIMITS.index(limit)
    except Exception as error:  # noqa: BLE001 - the last handler: a code, no traceback
        sys.stderr.write(f"the sandbox failed: {error!r}\n")
        return BROKEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
