"""What this machine has.

A container counts as the machine: its control group bounds memory, processes and
processor time below what the kernel shows of the whole.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from axletree.late_dataclasses import dataclass

_NO_LIMIT_BYTES = 1 << 60
"""What version 1 of control groups writes for none is larger."""
_MEMORY_FILES = ("memory.max", "memory.limit_in_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine, or the container around us."""

    memory_bytes: int
    processors: int
    processes: int | None
    """None: not bounded."""


def look_around(root: Path = Path("/")) -> Host:
    """Ask the kernel what there is.

    :param root: below it are `proc` and `sys`.
    """
    groups = _control_groups(root)
    memory = [_total_memory(root), *_numbers(groups, "memory", _MEMORY_FILES)]
    processes = list(_numbers(groups, "pids", ("pids.max",)))
    return Host(
        memory_bytes=min(memory),
        processors=_processors(groups),
        processes=min(processes, default=None),
    )


def _total_memory(root: Path) -> int:
    for line in _read(root / "proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) << 10
    return _NO_LIMIT_BYTES


def _processors(groups: Mapping[str, list[Path]]) -> int:
    count = float(os.cpu_count() or 1)
    if sys.platform == "linux":
        count = float(len(os.sched_getaffinity(0)))
    for folder in groups.get("cpu", ()):
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        if not quota:
            quota = _read(folder / "cpu.cfs_quota_us")
            period = _read(folder / "cpu.cfs_period_us")
        if quota.strip().isdigit() and period.strip().isdigit() and int(period):
            count = min(count, int(quota) / int(period))
    return max(1, int(count))


def _numbers(
    groups: Mapping[str, list[Path]], controller: str, names: tuple[str, ...]
) -> Iterator[int]:
    for folder in groups.get(controller, ()):
        for name in names:
            text = _read(folder / name).strip()
            if text.isdigit() and 0 < int(text) < _NO_LIMIT_BYTES:
                yield int(text)


def _control_groups(root: Path) -> dict[str, list[Path]]:
    """Map controllers to the folders of the groups that we are in, ours first.

    In a container the path may be that on the host; its own group is then the top.
    """
    mounted = root / "sys/fs/cgroup"
    found: dict[str, list[Path]] = {}
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        for name in (
            controllers.split(",") if controllers else ("memory", "pids", "cpu")
        ):
            top = mounted / name if controllers else mounted
            own = top / path.lstrip("/")
            chain = [own, *own.parents]
            found.setdefault(name, []).extend(
                folder for folder in chain if folder.is_relative_to(top)
            )
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
