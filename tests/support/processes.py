"""Processes that others have started."""

import time
from pathlib import Path


def family(process: int) -> set[int]:
    """List all that a process has started, and what those have."""
    found: set[int] = set()
    waiting = [process]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            children = {int(each) for each in task.read_text().split()}
            waiting += children
            found |= children
    return found


def alive(processes: set[int]) -> set[int]:
    found = set()
    for process in processes:
        stat = Path(f"/proc/{process}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
            found.add(process)
    return found


def all_end(processes: set[int]) -> bool:
    for _ in range(100):
        if not alive(processes):
            return True
        time.sleep(0.1)
    return False
