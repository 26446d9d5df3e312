"""Machines and containers of all kinds."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from axletree.wheelhouse.store.host import (
    Host,
    look_around,
)

GIB = 1 << 30
MEMINFO = "MemTotal:       33554432 kB\nMemAvailable:   30000000 kB\n"  # 32 GiB
HERE = len(os.sched_getaffinity(0))


def look(folder: Path, files: Mapping[str, str]) -> Host:
    for name, content in {"proc/meminfo": MEMINFO, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return look_around(folder)


@pytest.mark.parametrize(
    ("files", "host"),
    [
        ({}, (32 * GIB, HERE, None)),
        ({"proc/self/cgroup": "0::/user.slice\n"}, (32 * GIB, HERE, None)),
        (
            {
                "proc/self/cgroup": "0::/a.slice/job\n",
                "sys/fs/cgroup/a.slice/memory.max": f"{4 * GIB}\n",
                "sys/fs/cgroup/a.slice/job/memory.max": "max\n",
                "sys/fs/cgroup/a.slice/job/pids.max": "1000\n",
                "sys/fs/cgroup/a.slice/cpu.max": "100000 100000\n",
            },
            (4 * GIB, 1, 1000),
        ),
        # In a container the group's own path is that on the host.
        (
            {
                "proc/self/cgroup": "0::/kubepods/pod1/c1\n",
                "sys/fs/cgroup/memory.max": f"{2 * GIB}\n",
                "sys/fs/cgroup/cpu.max": "max 100000\n",
            },
            (2 * GIB, HERE, None),
        ),
        # Version 1.
        (
            {
                "proc/self/cgroup": "4:memory:/job\n3:cpu:/\n2:name=systemd:/\n",
                "sys/fs/cgroup/memory/job/memory.limit_in_bytes": f"{GIB}\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            (GIB, 1, None),
        ),
    ],
)
def test_the_container_counts_as_the_machine(
    tmp_path: Path, files: Mapping[str, str], host: tuple[int, int, int | None]
) -> None:
    memory, processors, processes = host
    assert look(tmp_path, files) == Host(
        memory_bytes=memory, processors=processors, processes=processes
    )


def test_this_machine_says_something() -> None:
    assert look_around().memory_bytes > GIB // 4
