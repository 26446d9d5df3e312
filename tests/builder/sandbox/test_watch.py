import os

from axletree.builder.sandbox.watch import memory_of_files


def test_a_million_empty_files_are_memory_too() -> None:
    blocks, free = 500, 400
    files = 1_000_000
    found = os.statvfs_result((4096, 4096, blocks, free, free, files, 0, 0, 0, 255))
    assert memory_of_files(found) == 100 * 4096 + (files << 10)
