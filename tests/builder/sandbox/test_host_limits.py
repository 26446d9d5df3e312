import pytest

from axletree.builder.sandbox.host_limits import limits_of
from axletree.limits import BuildLimits
from axletree.wheelhouse.store.host import Host

GIB = 1 << 30


@pytest.mark.parametrize("memory_gib", [1, 2, 8, 24, 512])
@pytest.mark.parametrize("processors", [1, 2, 64])
def test_a_build_leaves_something_over(memory_gib: int, processors: int) -> None:
    host = Host(memory_bytes=memory_gib * GIB, processors=processors, processes=None)
    limits = limits_of(host)
    assert limits.memory_bytes <= host.memory_bytes * 3 // 4
    # The file systems alone cannot take all that a build has.
    assert limits.room_bytes + 2 * limits.tmp_bytes < limits.memory_bytes
    assert limits.question_memory_bytes <= limits.memory_bytes
    assert 512 <= limits.processes <= 8192


def test_questions_at_once_share_what_a_build_has() -> None:
    host = Host(memory_bytes=64 * GIB, processors=8, processes=None)
    limits = limits_of(host)
    assert host.processors * limits.question_memory_bytes == limits.memory_bytes


def test_a_bound_on_processes_is_not_used_up() -> None:
    host = Host(memory_bytes=GIB, processors=64, processes=400)
    assert limits_of(host).processes == 300


def test_settings_come_before_what_the_machine_bears() -> None:
    host = Host(memory_bytes=64 * GIB, processors=4, processes=100)
    wanted = BuildLimits(
        memory_bytes=GIB, room_bytes=GIB // 4, processes=50, wall_s=60, question_s=5
    )
    limits = limits_of(host, wanted)
    assert (limits.memory_bytes, limits.question_memory_bytes) == (GIB, GIB // 2)
    assert (limits.room_bytes, limits.processes) == (GIB // 4, 50)
    assert (limits.wall_s, limits.hook_wall_s) == (60, 5)
