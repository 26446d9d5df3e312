import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.errors import (
    InvalidSnapshotError,
    NotRecordedError,
)
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.snapshot import (
    recording_to_json,
    universe_from_json,
)
from tests.support.answers import make_file, name
from tests.support.schemas import validate

RAY = "ray-1.5.0-1-cp39-cp39-manylinux2014_x86_64.whl"


def file_of(document: object, project: str, index: int = 0) -> DistributionFile:
    page = universe_from_json(document).page_of[name(project)]
    assert page is not None
    return page.files[index]


def recorded(
    pages: list[Page], metadata: dict[str, MetadataAnswer] | None = None
) -> JsonObject:
    page_of: dict[NormalizedName, Page | None] = {page.project: page for page in pages}
    document = recording_to_json(page_of, metadata or {}, is_frozen=False)
    return validate(document, "universe")


def test_a_file_comes_back_with_all_but_its_address() -> None:
    file = replace(
        make_file("ray-1.5.0-cp39-cp39-manylinux2014_x86_64.whl"),
        requires_python=">=3.6",
        size_bytes=51_000_000,
        upload_time=datetime(2022, 2, 1, 12, 30, 1, 5, tzinfo=UTC),
        yanked="",
        index_rank=1,
    )
    page = Page(project=name("ray"), files=(file,))

    document = recorded([page])

    read = file_of(document, "ray")
    fields = DistributionFile.__slots__
    assert {field: getattr(read, field) for field in fields} == {
        **{field: getattr(file, field) for field in fields},
        "url": "",
    }
    assert "secret" not in json.dumps(document)


def test_build_and_tag_are_those_of_the_file_name() -> None:
    form = {"format": "axletree.universe/1", "projects": {"ray": [{"filename": RAY}]}}

    file = file_of(form, "ray")

    assert (file.version, file.build) == ("1.5.0", "1")
    assert file.tag == "cp39-cp39-manylinux2014_x86_64"


def test_metadata_comes_back_and_its_absence_too() -> None:
    known, broken, unread, lacking = (
        make_file(f"six-{version}-py3-none-any.whl")
        for version in ("3", "2", "1", "0.9")
    )
    metadata: dict[str, MetadataAnswer] = {
        known.filename: FileMetadata(
            requires_dist=("a>=1", "b ; extra == 'x'"),
            requires_python=">=3",
            provides_extra=("x",),
        ),
        broken.filename: UnusableMetadata(reason="its METADATA is not text"),
        lacking.filename: UnusableMetadata(
            reason="this machine lacks gcc", kind="host"
        ),
    }
    page = Page(project=name("six"), files=(known, broken, unread, lacking))

    universe = universe_from_json(recorded([page], metadata))

    files = universe.pages([name("six")])[name("six")]
    assert files is not None
    answers = universe.metadata([known, broken, lacking])
    assert list(answers.values()) == list(metadata.values())
    with pytest.raises(NotRecordedError, match="the metadata of six-1-py3"):
        universe.metadata([known, unread])


def test_projects_are_sorted_and_files_keep_the_order_of_their_page() -> None:
    files = tuple(make_file(f"b-{v}-py3-none-any.whl") for v in ("1", "3", "2"))
    pages = [
        Page(project=name("b"), files=files),
        Page(project=name("a"), files=()),
    ]

    document = recorded(pages)

    projects = document["projects"]
    assert isinstance(projects, dict)
    assert list(projects) == ["a", "b"]
    assert [file_of(document, "b", at).filename for at in range(3)] == [
        file.filename for file in files
    ]


def test_a_recorded_absence_is_known_and_an_unread_page_is_not() -> None:
    page_of: dict[NormalizedName, Page | None] = {
        name("a"): None,
        name("b"): Page(project=name("b"), files=()),
    }
    document = recording_to_json(page_of, {}, is_frozen=True)

    universe = universe_from_json(validate(document, "universe"))

    assert universe.is_frozen
    assert universe.pages(list(page_of)) == page_of
    with pytest.raises(NotRecordedError, match="the page of c"):
        universe.pages([name("a"), name("c")])


def test_a_time_with_another_offset_is_the_same_instant() -> None:
    time = datetime(2022, 2, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    file = {"filename": RAY, "upload_time": time.isoformat()}
    form = {"format": "axletree.universe/1", "projects": {"ray": [file]}}

    read = file_of(form, "ray")

    assert read.upload_time == datetime(2022, 1, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [{"format": "axletree-universe-facts/1", "note": "…"}, {"python": "3.9"}],
)
def test_recorded_facts_are_read_as_pure_wheels(head: JsonObject) -> None:
    facts = {
        "1.0.2": {"requires_dist": ["kubernetes==10.0.1"], "requires_python": ">=3.6"},
        "1.0": {},
    }

    universe = universe_from_json({**head, "projects": {"Kubeflow.Fairing": facts}})

    page = universe.page_of[name("kubeflow-fairing")]
    assert page is not None
    newer, older = page.files
    assert newer.filename == "kubeflow_fairing-1.0.2-py3-none-any.whl"
    assert newer.requires_python == ">=3.6"
    assert older.tag == "py3-none-any"
    assert universe.metadata_of[newer.filename] == FileMetadata(
        requires_dist=("kubernetes==10.0.1",), requires_python=">=3.6"
    )


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ("ray", "projects.ray[0]"),
        ({}, "projects.ray[0].filename"),
        ({"filename": "ray.exe"}, "projects.ray[0]"),
        ({"filename": "six-1.0.tar.gz"}, "projects.ray[0]"),
        ({"filename": "six-1.0-py3-none-any.whl"}, "projects.ray[0]"),
        ({"filename": RAY, "hashes": ["a"]}, "projects.ray[0].hashes"),
        ({"filename": RAY, "hashes": {"sha256": 1}}, "projects.ray[0].hashes"),
        ({"filename": RAY, "size_bytes": -1}, "projects.ray[0].size_bytes"),
        ({"filename": RAY, "size_bytes": True}, "projects.ray[0].size_bytes"),
        ({"filename": RAY, "size_bytes": "1"}, "projects.ray[0].size_bytes"),
        ({"filename": RAY, "yanked": True}, "projects.ray[0].yanked"),
        ({"filename": RAY, "upload_time": "soon"}, "projects.ray[0].upload_time"),
        (
            {"filename": RAY, "upload_time": "2022-02-01T00:00:00"},
            "projects.ray[0].upload_time",
        ),
        ({"filename": RAY, "metadata": []}, "projects.ray[0].metadata"),
        (
            {"filename": RAY, "metadata": {"requires_dist": [1]}},
            "projects.ray[0].metadata.requires_dist",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(file: object, where: str) -> None:
    form = {"format": "axletree.universe/1", "projects": {"ray": [file]}}

    with pytest.raises(InvalidSnapshotError) as caught:
        universe_from_json(form)

    assert caught.value.where == where
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"projects": {}},
        {"format": "axletree.universe/2", "projects": {}},
        {"format": "axletree.universe/1", "projects": []},
        {"format": "axletree.universe/1", "projects": {"ray": {}}},
        {"format": "axletree.universe/1", "projects": {}, "reading": "half"},
        {"format": "axletree.universe/2", "python": "3.9", "projects": {}},
        {"python": "3.9", "projects": {"ray": []}},
        {"python": "3.9", "projects": {"ray": {"1.0": []}}},
    ],
)
def test_another_document_is_refused_with_a_next_step(document: object) -> None:
    with pytest.raises(InvalidSnapshotError) as caught:
        universe_from_json(document)

    assert "axletree snapshot" in caught.value.hint


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_no_document_ends_in_a_traceback(value: object) -> None:
    for head in ({"format": "axletree.universe/1"}, {"python": "3.9"}):
        document = {**head, "projects": {"ray": value, "six": [value]}}
        with suppress(InvalidSnapshotError):
            universe_from_json(document)
