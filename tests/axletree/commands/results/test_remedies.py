"""How much real conflicts read and build for their repairs, over what a run recorded.

Recorded by `python -m tests.recordings` from the public index on 2026-11-27. Figures are
ceilings: who reads less lowers them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from axletree.resolver.repairs.repairer import MOST_BUILDS, MOST_REPAIRS
from benchmarks.reported import read_conflicts
from tests.support.explained import explain

pytestmark = pytest.mark.slow
CASES = {case.name: case for case in read_conflicts()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What is known to be enough."""

    pages_to_cause: int
    files_to_cause: int
    pages: int
    files: int
    builds: int
    """For the cause, too."""
    repairs: int


PINNED: Mapping[str, Pinned] = {
    "kserve-ray": Pinned(
        pages_to_cause=2, files_to_cause=3, pages=84, files=112, builds=1, repairs=2
    ),
    "airflow": Pinned(
        pages_to_cause=3, files_to_cause=4, pages=137, files=360, builds=4, repairs=1
    ),
    "tfx": Pinned(
        pages_to_cause=74, files_to_cause=5, pages=206, files=354, builds=5, repairs=2
    ),
    "paddle": Pinned(
        pages_to_cause=46, files_to_cause=47, pages=171, files=207, builds=2, repairs=3
    ),
    "kserve-kfp-2022": Pinned(
        pages_to_cause=61, files_to_cause=5, pages=132, files=183, builds=5, repairs=2
    ),
    "kserve-date": Pinned(
        pages_to_cause=2, files_to_cause=1, pages=111, files=142, builds=4, repairs=2
    ),
}
ROOM = 1.1
"""Another engine may find another, equally small cause."""


@pytest.mark.parametrize("name", PINNED)
def test_a_real_conflict_reads_and_builds_no_more_than_it_did(name: str) -> None:
    pinned = PINNED[name]
    explained = explain(CASES[name], MOST_REPAIRS)
    index = explained.index

    assert explained.pages_to_cause <= pinned.pages_to_cause * ROOM
    assert explained.files_to_cause <= pinned.files_to_cause * ROOM
    assert len(index.pages_read) <= pinned.pages * ROOM
    assert len(index.files_read) <= pinned.files * ROOM
    assert len(index.built) <= pinned.builds
    assert len(explained.conflict.repair_builds) <= MOST_BUILDS
    assert len(explained.conflict.repairs) >= pinned.repairs
    unread = [note for note in explained.conflict.notes if "not built" in note]
    built = explained.conflict.repair_builds
    assert not any(name in note for name in built for note in unread)
