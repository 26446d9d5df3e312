import subprocess
import sys

import pytest

_ASK_AT_ONCE = """
import sys, threading
from axletree.builder.interpreters.uv_program import uv_program

start = threading.Barrier(8)
answers = []

def ask():
    start.wait()
    answers.append(uv_program())

threads = [threading.Thread(target=ask) for _ in range(8)]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(answers) == 8 and len(set(answers)) == 1, answers
"""


@pytest.mark.slow
def test_threads_that_ask_at_once_get_the_same_answer() -> None:
    # In processes of their own: one process asks `sysconfig` for the first time once.
    for _ in range(10):
        subprocess.run([sys.executable, "-c", _ASK_AT_ONCE], check=True)
