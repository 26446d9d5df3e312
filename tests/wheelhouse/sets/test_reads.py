"""Only a change of what a resolution has asked for can change what came out."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.limits import Policy
from axletree.wheelhouse.model import ProjectStatus, Sha256, StoredFile
from axletree.wheelhouse.sets.judging import Judged, Wanted, judge
from axletree.wheelhouse.sets.locks import is_same
from axletree.wheelhouse.sets.records import SetText
from tests.wheelhouse.sets.conftest import PY39

pytestmark = pytest.mark.slow

NAMES = ("aa", "bb", "cc", "dd", "ee")
WHEN = datetime(2026, 1, 1, tzinfo=UTC)

requirement = st.builds(
    "{}{}".format,
    st.sampled_from(NAMES),
    st.sampled_from(["", "<2", ">=2", "==1", "<1"]),
)
release = st.tuples(st.sampled_from(["1", "2", "3"]), st.lists(requirement, max_size=2))
projects = st.dictionaries(
    st.sampled_from(NAMES), st.lists(release, max_size=3, unique_by=lambda r: r[0])
)


@dataclass(frozen=True)
class Memory:
    """A wheelhouse in memory, of one generation."""

    releases: Mapping[str, Sequence[tuple[str, Sequence[str]]]]

    def generation(self) -> int:
        return 1

    def projects(self, generation: int) -> Sequence[NormalizedName]:
        del generation
        return [NormalizedName(name) for name, own in self.releases.items() if own]

    def listed_of_all(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, tuple[StoredFile, ...]]:
        del generation
        return {
            name: tuple(
                stored(name, version, requires)
                for version, requires in self.releases.get(name, ())
            )
            for name in projects
        }

    def statuses_of(
        self, projects: Sequence[NormalizedName], generation: int
    ) -> Mapping[NormalizedName, ProjectStatus]:
        del projects, generation
        return {}

    def metadata(self, digests: Sequence[Sha256]) -> Mapping[Sha256, bytes]:
        known = {
            digest_of(content): content
            for name, own in self.releases.items()
            for version, requires in own
            for content in [metadata_of(name, version, requires)]
        }
        return {digest: known[digest] for digest in digests if digest in known}


def metadata_of(name: str, version: str, requires: Sequence[str]) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    return ("\n".join(lines) + "\n\n").encode()


def digest_of(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


def stored(name: NormalizedName, version: str, requires: Sequence[str]) -> StoredFile:
    digest = digest_of(metadata_of(name, version, requires))
    return StoredFile(
        project=name,
        version=version,
        filename=safe_name(f"{name}-{version}-py3-none-any.whl"),
        kind="wheel",
        tag="py3-none-any",
        sha256=digest,
        size_bytes=1,
        entered_at=WHEN,
        origin="test",
        metadata_sha256=digest,
        generation=1,
    )


def asked(text: Sequence[str], house: Memory, kept: str | None = None) -> Judged:
    wanted = Wanted(
        name="s",
        text=SetText(requirements="".join(f"{line}\n" for line in text)),
        target=PY39,
        kept=kept,
    )
    return judge(wanted, house, 1, Policy())


@settings(deadline=None, max_examples=150)
@given(
    text=st.lists(requirement, min_size=1, max_size=3),
    before=projects,
    after=projects,
)
def test_what_was_not_asked_for_changes_nothing(
    text: Sequence[str],
    before: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    after: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
) -> None:
    first = asked(text, Memory(before))
    # All that was asked for stays as it was; all else is another.
    read = {name: before[name] for name in before if name in first.reads}
    others = {name: after[name] for name in after if name not in first.reads}

    again = asked(text, Memory({**read, **others}))

    assert (again.result, again.report) == (first.result, first.report)
    assert is_same(again.lock, first.lock)
    assert again.reads == first.reads


@settings(deadline=None, max_examples=100)
@given(text=st.lists(requirement, min_size=1, max_size=3), house=projects, new=projects)
def test_pins_stay_where_they_are_an_answer(
    text: Sequence[str],
    house: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    new: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
) -> None:
    first = asked(text, Memory(house))
    # What comes in beside all that there is takes nothing away.
    both = {
        name: [
            *house.get(name, ()),
            *(r for r in new.get(name, ()) if r[0] not in dict(house.get(name, ()))),
        ]
        for name in {**house, **new}
    }

    again = asked(text, Memory(both), kept=first.lock)

    if first.lock is not None:
        assert is_same(again.lock, first.lock)
