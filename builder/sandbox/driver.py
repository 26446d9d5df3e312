"""Run commands inside a sandbox: files in on stdin, files out on stdout.

This file is not imported where it runs: its text, with those of the modules of ours
that it imports, is handed to the interpreter that is built for (Python 3.6 and newer)
as `python -I -S -c TEXT`, so it needs nothing but the standard library and no path from
outside. What to do comes as one line of JSON, the rest of stdin is a tar stream, and
another one goes out, so that nothing writable is shared with the host.

The exit code says whose fault it was that there is no result (outcomes.py reads it): of
the source, of a command, of a limit of this sandbox, or ours. Behind a wall of level
`full` no command can forge it, since this is process 1 there, which no signal from
inside reaches.
"""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tarfile

from axletree.builder.archives.folder_sink import unpack_into
from axletree.builder.archives.safe_tree import TreeRules
from axletree.builder.sandbox.watch import Watch
from axletree.wheelhouse.archives.members import (
    read_members,
    read_tar,
)
from axletree.wheelhouse.archives.streams import ArchiveError

TYPE_CHECKING = False  # typing takes long to import.
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

UNSAFE_SOURCE = 62
"""Exit code when the source was not let in."""
FIRST_FAILURE = 64
"""Exit code when the first command failed; one more for each later command."""
FIRST_LIMIT = 80
"""Exit code when the first of these limits was met; one more for each later one."""
LIMITS = ("memory", "scarce", "room", "time", "file", "killed")
BAD_RESULT = 96
"""What the commands left behind cannot be read."""
BROKEN = 97
"""Nothing foreign is to blame: this driver, its interpreter or the machine failed."""

FIRST_TO_DIE = "1000"
PR_SET_DUMPABLE = 4
PR_SET_PDEATHSIG = 1

_INPUT_BYTES, _INPUT_ENTRIES = 1 << 40, 1 << 20

LIMIT_OF_SIGNAL: "Mapping[int, str]" = {
    signal.SIGKILL: "killed",
    signal.SIGXCPU: "time",
    signal.SIGXFSZ: "file",
}
LIMIT_OF_ERROR = {errno.ENOSPC: "room", errno.EDQUOT: "room", errno.EFBIG: "file"}
NOT_ENOUGH_OF_MACHINE = (errno.EAGAIN, errno.ENOMEM, errno.ENFILE)


def take_in(root: int, epoch: int) -> None:
    """Unpack the tar stream on stdin, which our own side made."""
    members = read_tar(sys.stdin.buffer, _INPUT_BYTES)
    unpack_into(root, members, TreeRules(_INPUT_BYTES, _INPUT_ENTRIES), epoch)


def open_source(root: int, source: "dict[str, Any]", epoch: int) -> None:
    """Unpack the foreign archive that came in as a tree, and remove it."""
    os.mkdir("unpacked", dir_fd=root)
    folder = os.open("unpacked", os.O_RDONLY | os.O_DIRECTORY, dir_fd=root)
    rules = TreeRules(
        source["size_bytes"], allows_links=True, has_top=source["has_top"]
    )
    archive = os.open(source["archive"], os.O_RDONLY | os.O_NOFOLLOW, dir_fd=root)
    with os.fdopen(archive, "rb") as file:
        members = read_members(file, rules.stream_bytes)
        tree = unpack_into(folder, members, rules, epoch)
    os.unlink(source["archive"], dir_fd=root)
    if tree.top:
        os.rename(tree.top[0], source["tree"], src_dir_fd=folder, dst_dir_fd=root)
    else:
        os.rename("unpacked", source["tree"], src_dir_fd=root, dst_dir_fd=root)
    os.close(folder)


def prepare(order: "dict[str, Any]") -> None:
    """Put all that goes in into its place, and make the environment."""
    root = os.open(order["root"], os.O_RDONLY | os.O_DIRECTORY)
    try:
        take_in(root, order["epoch"])
        if order["source"]:
            open_source(root, order["source"], order["epoch"])
    finally:
        os.close(root)
    if order["environment"]:
        import venv  # noqa: PLC0415 - late: most environments are copied

        # Ten times faster than a program that first has to ask the interpreter.
        venv.EnvBuilder(symlinks=True).create(order["environment"])


def call(command: "dict[str, Any]") -> int:
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


def run(commands: "list[dict[str, Any]]", watch: "Watch | None") -> int:
    """Run the commands in order; return an exit code that tells what went wrong."""
    for number, command in enumerate(commands):
        status = call(command)
        if status:
            text = "signal {}" if status < 0 else "exit code {}"
            sys.stderr.write("ended with " + text.format(abs(status)) + "\n")
            limit = watch.limit if watch and watch.limit else limit_of(status)
            if limit:
                return FIRST_LIMIT + LIMITS.index(limit)
            return FIRST_FAILURE + number
    return 0


def pack(root: str, *names: str) -> None:
    """Write what the commands left in the folders `names` to stdout."""
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as stream:
        for name in names:
            stream.add(root + "/" + name, arcname=name)


def stay_apart() -> None:
    """Let no command look into this process, or trace it: its words are believed.

    Where nothing isolates it, it and its group end with who has started it; behind a
    wall bubblewrap sees to that.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415 - not every Python has it

        library = ctypes.CDLL(None)
        library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        if os.getpid() != 1:
            signal.signal(signal.SIGTERM, end_group)
            library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def end_group(number: int, frame: object) -> None:
    """End all that was started here, and this."""
    del number, frame
    os.killpg(0, signal.SIGKILL)


def do(order: "dict[str, Any]") -> int:
    """Take files in, run the commands, send results out; return an exit code."""
    os.umask(0o022)
    prepare(order)
    watch = Watch(**order["watch"]) if order["watch"] else None
    if watch:
        watch.start()
    code = run(order["commands"], watch)
    if code:
        return code
    if watch:
        watch.stop()
    try:
        for name in order["repack"]:
            with tarfile.open(order["root"] + "/out/" + name + ".tar", "w") as archive:
                archive.add(order["root"] + "/" + name, arcname=".")
        pack(order["root"], *order["collect"])
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, OSError) and error.errno in LIMIT_OF_ERROR:
            raise
        sys.stderr.write(f"the results cannot be read: {error}\n")
        return BAD_RESULT
    return 0


def main() -> int:
    """Do as ordered; whatever goes wrong has a code of its own."""
    # A kindness to the machine, which some containers refuse.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(FIRST_TO_DIE)
    stay_apart()
    try:
        return do(json.loads(sys.stdin.buffer.readline().decode()))
    except ArchiveError as error:
        sys.stderr.write(f"the source is not unpacked: {error}\n")
        return UNSAFE_SOURCE
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
    sys.exit(main())
