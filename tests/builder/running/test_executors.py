"""Processes that do the work end without a word, however often they are told to."""

import subprocess
import sys

_WORKER = """
import atexit, signal, time
from axletree.builder.running import executors
atexit.register(lambda: (print("ending", flush=True), time.sleep(0.3)))
signal.signal(signal.SIGTERM, executors._end)
print("up", flush=True)
time.sleep(30)
"""


def test_a_worker_that_is_told_again_while_it_ends_says_nothing() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    for line in ("up", "ending"):
        assert worker.stdout.readline().strip() == line
        worker.terminate()

    _, said = worker.communicate()

    assert (worker.returncode, said) == (130, "")
