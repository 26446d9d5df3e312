"""Run one command and write down what it cost; started with `-I -S` for each run.

A process of its own, because the peak memory that the system reports of a process
begins with that of the one that started it: this one is small.

Usage: launcher.py RECORD TIMEOUT OUT ERR COMMAND...
RECORD gets one line: wall seconds, CPU seconds, ru_maxrss, exit code, was it stopped.
"""

import os
import signal
import sys
import time

_record, _timeout_s, _out, _err, *_command = sys.argv[1:]


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


_opened = [(os.POSIX_SPAWN_DUP2, _open(_out), 1), (os.POSIX_SPAWN_DUP2, _open(_err), 2)]
_started = time.perf_counter()
_pid = os.posix_spawnp(
    _command[0], _command, os.environ, file_actions=_opened, setpgroup=0
)
_stopped: list[int] = []


def _stop(number: int, frame: object) -> None:
    del frame
    _stopped.append(number)
    os.killpg(_pid, signal.SIGKILL)


signal.signal(signal.SIGALRM, _stop)
signal.setitimer(signal.ITIMER_REAL, float(_timeout_s))
_, _status, _usage = os.wait4(_pid, 0)
_seconds = time.perf_counter() - _started
with open(_record, "w") as _stream:  # noqa: PTH123  pathlib would make it larger
    _stream.write(
        f"{_seconds} {_usage.ru_utime + _usage.ru_stime} {_usage.ru_maxrss} "
        f"{os.waitstatus_to_exitcode(_status)} {len(_stopped)}"
    )
