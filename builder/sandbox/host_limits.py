"""What a build may use of this machine."""

from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.limits import BuildLimits
from axletree.wheelhouse.store.host import Host

_LEAST_QUESTION_BYTES = 512 << 20
_LEAST_SPARE_BYTES = 64 << 20
_FEWEST_PROCESSES, _MOST_PROCESSES = 512, 8192
_PROCESSES_PER_PROCESSOR = 64


def limits_of(host: Host, wanted: BuildLimits | None = None) -> SandboxLimits:
    """Divide what there is: a build may use three quarters, and leave something over.

    Backends are asked several at a time, so each question has its share of that.

    :param wanted: what the settings say instead.
    """
    wanted = wanted or BuildLimits()
    memory = wanted.memory_bytes or host.memory_bytes * 3 // 4
    room = wanted.room_bytes or memory // 2
    share = max(memory // host.processors, min(memory, _LEAST_QUESTION_BYTES))
    usual = SandboxLimits()
    return SandboxLimits(
        memory_bytes=memory,
        question_memory_bytes=share,
        spare_bytes=max(_LEAST_SPARE_BYTES, host.memory_bytes // 50),
        processes=wanted.processes or _processes(host),
        room_bytes=room,
        file_bytes=room,
        tmp_bytes=room // 4,
        cpu_s=wanted.wall_s or usual.cpu_s,
        wall_s=wanted.wall_s or usual.wall_s,
        hook_wall_s=wanted.question_s or usual.hook_wall_s,
    )


def _processes(host: Host) -> int:
    usual = host.processors * _PROCESSES_PER_PROCESSOR
    processes = max(_FEWEST_PROCESSES, min(usual, _MOST_PROCESSES))
    if host.processes is None:
        return processes
    return min(processes, host.processes * 3 // 4)
