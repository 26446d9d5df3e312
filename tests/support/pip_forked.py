"""The pip of this environment, imported once and forked for each question.

Half of what a small question costs pip is to import itself. Each is asked of a process
of its own all the same, with the environment and in the folder that is said.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

# A question comes as a line of JSON, and an exit code goes. It ends with its input.
_SERVER = """
import json, os, sys, traceback
import pip._internal.commands.download, pip._internal.commands.install
import pip._internal.resolution.resolvelib.resolver
from pip._internal.cli.main import main

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        for place, path in enumerate((os.devnull, asked["out"], asked["err"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), place)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environ"])
        code = 1
        try:
            code = main(asked["words"])
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def run_pip(
    words: Sequence[str], folder: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `python -m pip` with these words to its end."""
    asked = {"words": list(words), "folder": str(folder), "environ": dict(environ)}
    asks, says = _pip()
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        asks.write(json.dumps({**asked, "out": str(out), "err": str(err)}) + "\n")
        asks.flush()
        code = int(says.readline())
        return subprocess.CompletedProcess(
            ("pip", *words), code, out.read_text(), err.read_text()
        )


@cache
def _pip() -> tuple[IO[str], IO[str]]:
    """Start it once."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "PIP_NO_CACHE_DIR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # It ends where nothing more can be asked of it.
    atexit.register(process.communicate)
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
