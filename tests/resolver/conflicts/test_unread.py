"""What could not be read here is said wherever it may have changed an answer."""

from collections.abc import Mapping, Sequence

import pytest

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import FileMetadata, UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.outcomes import Found
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.support.answers import make_file, make_root
from tests.support.sdist_index import Index

UNREAD = UnusableMetadata(reason="it needs gcc", kind="host")
BROKEN = UnusableMetadata(reason="its setup.py fails", kind="backend")


def wheel(project: str, version: int) -> str:
    return f"{project}-{version}-py3-none-any.whl"


def found(
    files: Sequence[str], answers: Mapping[str, MetadataAnswer], *roots: str
) -> Found[Resolution]:
    index = Index(list(map(make_file, files)), answers)
    question = ask(map(make_root, roots), environment_for("3.9", "linux"))
    answer = Resolver(MemoUniverse(index)).attempt(question)
    assert isinstance(answer, Found)
    return answer


def test_a_newer_release_that_could_not_be_read_is_named() -> None:
    files = ["app-2.tar.gz", wheel("app", 1)]

    answer = found(files, {"app-2.tar.gz": UNREAD}, "app")

    assert [file.filename for file in answer.unread] == ["app-2.tar.gz"]
    assert answer.value.notes == (
        "app 2 could not be read here (it needs gcc), so app 1 was taken",
    )


@pytest.mark.parametrize(
    ("files", "answers"),
    [
        # It was read, and is broken for everyone.
        (["app-2.tar.gz", wheel("app", 1)], {"app-2.tar.gz": BROKEN}),
        # It is older than what was taken.
        (["app-1.tar.gz", wheel("app", 2)], {"app-1.tar.gz": UNREAD}),
        # It can be read, by another file.
        (["app-2.tar.gz", wheel("app", 2)], {"app-2.tar.gz": UNREAD}),
    ],
)
def test_what_changes_nothing_is_not_named(
    files: Sequence[str], answers: Mapping[str, MetadataAnswer]
) -> None:
    answer = found(files, answers, "app")

    assert (answer.unread, answer.value.notes) == ((), ())


def test_at_most_five_are_named() -> None:
    sdists = [f"app-{version}.tar.gz" for version in range(2, 9)]

    answer = found([*sdists, wheel("app", 1)], dict.fromkeys(sdists, UNREAD), "app")

    *named, last = answer.value.notes
    assert len(named) == 5
    assert last == "and 2 more could not be read here"
    assert {file.filename for file in answer.unread} == set(sdists)


def test_what_is_behind_may_be_so_for_an_unread_file_of_any_project() -> None:
    """With lib 1, had it been read, the newer app might have fitted."""
    answers: dict[str, MetadataAnswer] = {
        wheel("app", 2): FileMetadata(requires_dist=("lib<2",)),
        "lib-1.tar.gz": UNREAD,
    }
    files = [wheel("app", 2), wheel("app", 1), wheel("lib", 2), "lib-1.tar.gz"]

    answer = found(files, answers, "app", "lib")

    assert [file.filename for file in answer.unread] == ["lib-1.tar.gz"]


def test_an_unread_final_release_would_keep_a_gate_shut() -> None:
    files = ["app-2rc1-py3-none-any.whl", "app-1.tar.gz"]

    answer = found(files, {"app-1.tar.gz": UNREAD}, "app")

    assert [str(pin.version) for pin in answer.value.pins] == ["2rc1"]
    assert [file.filename for file in answer.unread] == ["app-1.tar.gz"]
