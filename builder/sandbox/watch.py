"""Watch what a sandbox uses: all of its commands and files together.

Not imported where it runs, but handed there with driver.py.
"""

import os
import signal
import threading

TYPE_CHECKING = False  # typing takes long to import.
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

POLL_S = 0.1
LEAST_FREE_BYTES = 256 << 10
FILE_BYTES = 1 << 10
"""That the kernel keeps of a file in memory beside what is in it."""


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
            used += memory_of_files(found)
            if found.f_bfree * found.f_frsize < LEAST_FREE_BYTES or (
                found.f_files and not found.f_ffree
            ):
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


def memory_of_files(found: "os.statvfs_result") -> int:
    """Say what the files of a file system in memory take: empty ones are not nothing."""
    files = found.f_files - found.f_ffree
    return (found.f_blocks - found.f_bfree) * found.f_frsize + files * FILE_BYTES


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
