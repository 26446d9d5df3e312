"""What a build may use of this machine."""

from axletree.builder.bubblewrap import Limits
from axletree.wheelhouse.host import Host

_LEAST_QUESTION_BYTES = 512 << 20
_LEAST_SPARE_BYTES = 64 << 20
_FEWEST_PROCESSES, _MOST_PROCESSES = 512, 8192
_PROCESSES_PER_PROCESSOR = 64


def limits_of(host: Host) -> Limits:
    """Divide what there is: a build may use three quarters, and leave something over.

    Backends are asked several at a time, so each question has its share of that.
    """
    memory = host.memory_bytes * 3 // 4
    share = max(memory // host.processors, min(memory, _LEAST_QUESTION_BYTES))
    wanted = host.processors * _PROCESSES_PER_PROCESSOR
    processes = max(_FEWEST_PROCESSES, min(wanted, _MOST_PROCESSES))
    if host.processes is not None:
        processes = min(processes, host.processes * 3 // 4)
    return Limits(
        memory_bytes=memory,
        question_memory_bytes=share,
        spare_bytes=max(_LEAST_SPARE_BYTES, host.memory_bytes // 50),
        processes=processes,
        room_bytes=memory // 2,
        file_bytes=memory // 2,
        tmp_bytes=memory // 8,
    )
