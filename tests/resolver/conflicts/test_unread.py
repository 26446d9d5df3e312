"""An answer that holds what could not be read here is none, and says why not."""

from collections.abc import Mapping, Sequence

import pytest

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.outcomes import Found
from axletree.resolver.model.question import Question, ask, skipping
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.support.answers import make_file, make_root
from tests.support.sdist_index import Index

UNREAD = UnusableMetadata(reason="it needs gcc", kind="host", log="/logs/app.log")
REFUSED = UnusableMetadata(reason="its setup.py fails", kind="backend")
SPARED = UnusableMetadata(reason="nobody built it", kind="unbuilt")


def wheel(project: str, version: int) -> str:
    return f"{project}-{version}-py3-none-any.whl"


def question(*roots: str) -> Question:
    return ask(map(make_root, roots), environment_for("3.9", "linux"))


def resolver(files: Sequence[str], answers: Mapping[str, MetadataAnswer]) -> Resolver:
    return Resolver(MemoUniverse(Index(list(map(make_file, files)), answers)))


def stop(
    files: Sequence[str], answers: Mapping[str, MetadataAnswer], *roots: str
) -> UnreadFileError:
    with pytest.raises(UnreadFileError) as caught:
        resolver(files, answers).resolve(question(*roots))
    return caught.value


def pins(
    files: Sequence[str], answers: Mapping[str, MetadataAnswer], *roots: str
) -> dict[str, str]:
    answer = resolver(files, answers).resolve(question(*roots))
    assert isinstance(answer, Resolution)
    return {pin.name: str(pin.version) for pin in answer.pins}


def test_a_newest_release_that_cannot_be_read_stops_the_run() -> None:
    error = stop(["app-2.tar.gz", wheel("app", 1)], {"app-2.tar.gz": UNREAD}, "app")

    assert error.what == (
        "app 2 is part of the solution, and cannot be read: it needs gcc"
    )
    assert error.where == "/logs/app.log"
    for way in ("another version of app", "--only-binary app", "--skip-unbuildable"):
        assert way in error.hint


@pytest.mark.parametrize(
    ("answers", "code"),
    [((UNREAD,), 3), ((REFUSED,), 1), ((UNREAD, REFUSED), 1), ((SPARED,), 3)],
)
def test_only_a_backend_that_says_no_makes_the_answer_no(
    answers: Sequence[UnusableMetadata], code: int
) -> None:
    files = [f"app{place}-1.tar.gz" for place in range(len(answers))]
    names = [f"app{place}" for place in range(len(answers))]

    error = stop(files, dict(zip(files, answers, strict=True)), *names)

    assert error.exit_code == code
    assert error.names == tuple(names)


def test_at_most_five_are_named() -> None:
    files = [f"app{place}-1.tar.gz" for place in range(8)]

    error = stop(files, dict.fromkeys(files, UNREAD), *(f[:4] for f in files))

    assert error.what.count("it needs gcc") == 5
    assert error.what.endswith("; nor can 3 more")


def test_what_requirements_refuse_need_not_be_read() -> None:
    """The front of lib is unread for a while, and nobody has a choice meanwhile."""
    answers: dict[str, MetadataAnswer] = {
        wheel("app", 1): FileMetadata(requires_dist=("lib<2",)),
        "lib-2.tar.gz": REFUSED,
    }
    files = [wheel("app", 1), "lib-2.tar.gz", wheel("lib", 1)]

    assert pins(files, answers, "app", "lib") == {"app": "1", "lib": "1"}


def test_what_may_have_decided_whose_turn_it_is_stops_the_run() -> None:
    """Had lib 2 required app, lib would have been decided first, and app after it."""
    answers: dict[str, MetadataAnswer] = {
        wheel("app", 2): FileMetadata(requires_dist=("lib<2",)),
        "lib-2.tar.gz": REFUSED,
    }
    files = [wheel("app", 2), wheel("app", 1), "lib-2.tar.gz", wheel("lib", 1)]

    error = stop(files, answers, "lib", "app")

    assert error.what.startswith(
        "lib 2 decides what the solution is, and cannot be read"
    )
    assert pins(files, answers, "app", "lib") == {"app": "2", "lib": "1"}
    assert pins(files, answers, "lib", "app==2") == {"app": "2", "lib": "1"}


@pytest.mark.parametrize("kind", ["backend", "host", "limits"])
def test_leaving_it_out_takes_the_next_and_says_so(kind: UnusableKind) -> None:
    answer = UnusableMetadata(reason="it needs gcc", kind=kind)
    found = resolver(
        ["app-2.tar.gz", wheel("app", 1)], {"app-2.tar.gz": answer}
    ).attempt(skipping(question("app")))

    assert isinstance(found, Found)
    how = "cannot be used" if kind == "backend" else "could not be read here"
    assert found.value.notes == (f"app 2 {how} (it needs gcc), so app 1 was taken",)
    assert (found.unread, found.stops_at) == ((), ())


def test_an_attempt_says_at_what_a_lock_would_stop() -> None:
    files = ["app-2.tar.gz", "lib-1.tar.gz"]
    asked = resolver(files, {files[0]: UNREAD, files[1]: SPARED})

    found = asked.attempt(question("app", "lib"))

    assert isinstance(found, Found)
    assert [file.filename for file in found.unread] == files
    assert [file.filename for file in found.stops_at] == files[:1]


def test_a_final_release_that_cannot_be_read_comes_before_pre_releases() -> None:
    files = ["app-2rc1-py3-none-any.whl", "app-1.tar.gz"]

    error = stop(files, {"app-1.tar.gz": UNREAD}, "app")

    assert error.what.startswith("app 1 is part of the solution")
