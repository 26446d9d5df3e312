"""Run commands inside a sandbox: files in on stdin, files out on stdout.

This file is not imported where it runs: its text, with those of the modules of ours
that it imports, is handed to the interpreter that is built for (Python 3.6 and newer)
as `python -I -c TEXT`, so it needs nothing but the standard library and no path from
outside. What to do comes as one line of JSON, the rest of stdin is a tar stream, and
another one goes out, so that nothing writable is shared with the host.
"""

import errno
import json
import os
import subprocess
import sys
import tarfile
import venv
from typing import Any

from axletree.builder.archive_members import ArchiveError, read_members, read_tar
from axletree.builder.folder_sink import unpack_into
from axletree.builder.safe_tree import TreeRules

UNSAFE_SOURCE = 62
"""Exit code when the source was not let in."""
NO_ROOM = 63
"""Exit code when what goes in does not fit."""
FIRST_FAILURE = 64
"""Exit code when the first command failed; one more for each later command."""

_INPUT_BYTES, _INPUT_ENTRIES = 1 << 40, 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM}


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


def prepare(order: "dict[str, Any]") -> int:
    """Put all that goes in into its place; return an exit code."""
    root = os.open(order["root"], os.O_RDONLY | os.O_DIRECTORY)
    try:
        take_in(root, order["epoch"])
        if order["source"]:
            open_source(root, order["source"], order["epoch"])
    except ArchiveError as error:
        sys.stderr.write(f"the source is not unpacked: {error}\n")
        return UNSAFE_SOURCE
    except OSError as error:
        if error.errno not in _FULL:
            raise
        sys.stderr.write(f"the source does not fit: {error}\n")
        return NO_ROOM
    finally:
        os.close(root)
    return 0


def run(commands: "list[dict[str, Any]]") -> int:
    """Run the commands in order; return an exit code that tells which one failed."""
    for number, command in enumerate(commands):
        code = subprocess.call(  # noqa: S603 - foreign code is what the sandbox is for
            command["argv"],
            cwd=command["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=2,
            stderr=2,
        )
        if code:
            text = "signal {}" if code < 0 else "exit code {}"
            sys.stderr.write("ended with " + text.format(abs(code)) + "\n")
            return FIRST_FAILURE + number
    return 0


def pack(root: str, *names: str) -> None:
    """Write what the commands left in the folders `names` to stdout."""
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as stream:
        for name in names:
            stream.add(root + "/" + name, arcname=name)


def main() -> int:
    """Take files in, run the commands, send results out."""
    order = json.loads(sys.stdin.buffer.readline().decode())
    os.umask(0o022)
    code = prepare(order)
    if code:
        return code
    if order["environment"]:
        # Ten times faster than a program that first has to ask the interpreter.
        venv.EnvBuilder(symlinks=True).create(order["environment"])
    code = run(order["commands"])
    if code:
        return code
    for name in order["repack"]:
        with tarfile.open(order["root"] + "/out/" + name + ".tar", "w") as archive:
            archive.add(order["root"] + "/" + name, arcname=".")
    pack(order["root"], *order["collect"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
