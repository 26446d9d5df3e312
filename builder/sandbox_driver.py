"""Run commands inside a sandbox: files in on stdin, files out on stdout.

This file is not imported where it runs: its text is handed to the interpreter that is
built for (Python 3.6 and newer) as `python -I -c TEXT JOB`, so it needs nothing but
the standard library and no path from outside. All that crosses the wall is one tar
stream each way, so that nothing writable is shared with the host.
"""

import json
import os
import subprocess
import sys
import tarfile
import venv

FIRST_FAILURE = 64
"""Exit code when the first command failed; one more for each later command."""


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


def main(argument: str) -> int:
    """Unpack, run the commands in order, pack; tell by the code which one failed."""
    job = json.loads(argument)
    os.umask(0o022)
    unpack(job["root"])
    # Ten times faster than a program that first has to ask the interpreter.
    venv.EnvBuilder(symlinks=True).create(job["environment"])
    for number, command in enumerate(job["commands"]):
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
    pack(job["root"], *job["collect"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
