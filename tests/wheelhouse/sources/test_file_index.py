import json
from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.sources.file_index import FileIndex
from tests.support.wheels import make_wheel

MOST = 100_000
LIB = NormalizedName("lib")


def write_page(mirror: Path, body: str, name: str = "index.html") -> None:
    folder = mirror / "simple" / LIB
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(body)


def page_of(mirror: Path) -> Page:
    index = FileIndex.at((mirror / "simple").as_uri(), MOST)
    page = index.pages([LIB])[LIB]
    assert page is not None
    return page


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """Lay out pages and files side by side, as mirrors do."""
    mirror = tmp_path / "a mirror"
    wheel = make_wheel(mirror / "packages", "lib", "1", requires_dist=["six"])
    links = [
        f"../../packages/{wheel.name}#sha256={'a' * 64}",
        f"file:///{str(wheel.with_name('lib-2-py3-none-any.whl')).lstrip('/')}",
        "https://files.invalid/lib-3-py3-none-any.whl",
        "../../packages/lib-4-py3-none-any.whl",
        "/etc/passwd",
    ]
    make_wheel(mirror / "packages", "lib", "2")
    anchors = "".join(f'<a href="{link}">x</a>' for link in links)
    write_page(mirror, f"<title>Links for lib</title>{anchors}")
    return mirror


def test_files_beside_the_pages_are_found_and_hashed_where_a_page_does_not(
    mirror: Path,
) -> None:
    page = page_of(mirror)

    assert [file.version for file in page.files] == ["1", "2"]
    assert page.files[0].hashes == {"sha256": "a" * 64}
    assert len(page.files[1].hashes["sha256"]) == 64
    assert page.files[1].url == (mirror / "packages" / page.files[1].filename).as_uri()
    assert [(file.name[:5], file.reason) for file in page.excluded] == [
        ("lib-3", "its link leads to a server, and the index is a folder"),
        ("lib-4", "the index lists it, but does not have it"),
    ]


def test_metadata_is_read_from_the_files(mirror: Path) -> None:
    index = FileIndex.at((mirror / "simple").as_uri(), MOST)
    page = index.pages([LIB])[LIB]
    assert page is not None

    answer = index.metadata(page.files)[page.files[0]]

    assert isinstance(answer, FileMetadata)
    assert answer.requires_dist == ("six",)


def test_a_page_may_be_json(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "simple" / LIB, "lib", "1")
    files = [{"filename": wheel.name, "url": wheel.name, "hashes": {}}]
    write_page(tmp_path, json.dumps({"files": files}), "index.json")

    assert [file.version for file in page_of(tmp_path).files] == ["1"]


def test_a_project_without_a_page_is_not_there(mirror: Path) -> None:
    index = FileIndex.at((mirror / "simple").as_uri(), MOST)
    other = NormalizedName("other")

    assert index.pages([other]) == {other: None}
    assert index.projects() == [LIB]


def test_a_folder_that_is_not_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(WheelhouseError) as caught:
        FileIndex.at((tmp_path / "gone").as_uri(), MOST)

    assert caught.value.exit_code == 2
