"""Several indexes of which the first that has a project is the only one."""

from dataclasses import replace

from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.wheelhouse.sources.first_index import FirstIndex

A, B, C = (canonicalize_name(name) for name in "abc")


def _universe(*names: str, mark: str) -> FrozenUniverse:
    files = [
        DistributionFile(
            project=canonicalize_name(name),
            filename=safe_name(f"{name}-1.0-py3-none-any.whl"),
            version="1.0",
            kind="wheel",
        )
        for name in names
    ]
    return FrozenUniverse(
        page_of={
            file.project: Page(project=file.project, files=(file,)) for file in files
        },
        metadata_of={
            file.filename: FileMetadata(requires_python=mark) for file in files
        },
    )


def test_the_first_index_that_has_a_project_is_its_only_one() -> None:
    first, second = _universe("a", mark="first"), _universe("a", "b", mark="second")
    both = FirstIndex([first, second], ["one", "two"])

    pages = both.pages([A, B, C])

    asked_first = replace(first.page_of[A], unasked=("two",))
    assert pages == {A: asked_first, B: second.page_of[B], C: None}
    assert both.owner(first.page_of[A].files[0]) is first
    assert both.owner(_universe("c", mark="").page_of[C].files[0]) is None


def test_metadata_comes_from_the_index_of_the_project() -> None:
    first, second = _universe("a", mark="first"), _universe("a", "b", mark="second")
    both = FirstIndex([first, second], ["one", "two"])
    files = [page.files[0] for page in both.pages([A, B]).values() if page]

    answers = both.metadata(files)

    assert [answers[file] for file in files] == [
        FileMetadata(requires_python="first"),
        FileMetadata(requires_python="second"),
    ]
