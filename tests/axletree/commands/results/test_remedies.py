"""How much real conflicts read and build for their repairs, over what a run recorded.

Recorded by `python -m tests.recordings` from the public index on 2026-11-27. Figures are
ceilings: who reads less lowers them.
"""

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson
import pytest
from packaging.utils import NormalizedName

from axletree.commands.results.remedies import Remedies, RepairSearch
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.repairs.repairer import MOST_BUILDS
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.snapshot import universe_from_json
from tests.recordings import CASES, FOLDER, Case
from tests.support.building_index import BuildingIndex

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a run read."""

    page_of: Mapping[NormalizedName, Page | None]
    metadata_of: Mapping[str, MetadataAnswer]
    is_frozen: ClassVar[bool] = False

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        return {name: self.page_of[name] for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        return {file: self.metadata_of[file.filename] for file in files}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A conflict, and what it took."""

    conflict: Conflict
    index: BuildingIndex
    pages_to_cause: int
    files_to_cause: int


def open_index(name: str) -> BuildingIndex:
    """Open a recording; of what it lacks, nothing more is known than that it was read."""
    document = orjson.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    recorded = universe_from_json(document)
    metadata = defaultdict(FileMetadata, recorded.metadata_of)
    pages = defaultdict[NormalizedName, Page | None](lambda: None, recorded.page_of)
    return BuildingIndex(
        base=Recording(page_of=pages, metadata_of=metadata), dynamic=document["built"]
    )


def explain(name: str, case: Case) -> Explained:
    index = open_index(name)
    spared = index.spared()
    memo = MemoUniverse(spared)
    end = datetime.fromisoformat(case.as_of).replace(tzinfo=UTC) + timedelta(days=1)
    question = ask(
        list(map(parse_requirement, case.requirements)),
        environment_for(case.python, "linux"),
        limits=Limits(exclude_newer=end),
    )
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    pages, files = len(index.pages_read), len(index.files_read)
    search = RepairSearch(
        universe=memo,
        spared=spared,
        question=question,
        refusal=refusal,
        remedies=Remedies(),
    )
    list(search.find())
    search.ask_pip()
    return Explained(
        conflict=search.conflict(),
        index=index,
        pages_to_cause=pages,
        files_to_cause=files,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What is known to be enough."""

    pages_to_cause: int
    files_to_cause: int
    pages: int
    files: int
    repairs: int


PINNED: Mapping[str, Pinned] = {
    "kserve-ray": Pinned(
        pages_to_cause=2, files_to_cause=3, pages=84, files=130, repairs=2
    ),
    "airflow": Pinned(
        pages_to_cause=3, files_to_cause=4, pages=137, files=340, repairs=2
    ),
    "kserve-date": Pinned(
        pages_to_cause=2, files_to_cause=1, pages=110, files=143, repairs=2
    ),
}
SLOW = pytest.mark.slow
ROOM = 1.1
"""Another engine may find another, equally small cause."""


@pytest.mark.parametrize(
    "name", ["kserve-ray", "kserve-date", pytest.param("airflow", marks=SLOW)]
)
def test_a_real_conflict_reads_and_builds_no_more_than_it_did(name: str) -> None:
    explained, pinned = explain(name, CASES[name]), PINNED[name]
    index = explained.index

    assert explained.pages_to_cause <= pinned.pages_to_cause * ROOM
    assert explained.files_to_cause <= pinned.files_to_cause * ROOM
    assert len(index.pages_read) <= pinned.pages * ROOM
    assert len(index.files_read) <= pinned.files * ROOM
    assert len(index.built) <= MOST_BUILDS
    assert len(explained.conflict.repairs) >= pinned.repairs
