import errno
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.resolver.universe.unbuilt import BuildAllowance
from axletree.wheelhouse.sdist_builder import SdistFindingError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import (
    ReadingOptions,
    SdistReading,
)
from tests.support.index_server import Index
from tests.support.sdist_backends import (
    BUILT,
    CountingBackend,
    publish_sdist,
    read_metadata,
)
from tests.support.upstream import make_settings, only_file, read_page
from tests.support.wheels import (
    make_metadata,
    make_sdist,
    make_wheel,
)


class _LimitError(SdistFindingError):
    exit_code = 3
    kind: ClassVar[UnusableKind] = "limits"


class _NoInterpreterError(AxletreeError):
    exit_code = 3


def test_a_failed_build_is_an_observed_fact(server: Index, tmp_path: Path) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    builder = CountingBackend(SdistFindingError("setup.py exits with 1"))

    assert read_metadata(server, tmp_path, builder) == UnusableMetadata(
        reason="its metadata could not be built: setup.py exits with 1", kind="backend"
    )


def test_a_limit_is_a_finding_that_says_so_and_is_asked_again(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    builder = CountingBackend(_LimitError("it takes longer than 120 seconds"))

    answer = read_metadata(server, tmp_path, builder)

    assert isinstance(answer, UnusableMetadata)
    assert answer.kind == "limits"
    builder.answer = BUILT
    assert read_metadata(server, tmp_path, builder) == FileMetadata(
        requires_dist=("built",)
    )


@pytest.mark.parametrize(
    "failure",
    [
        _NoInterpreterError("there is no Python 3.9"),
        AxletreeError("a bug of ours"),
        OSError(errno.ENOSPC, "No space left on device"),
        TypeError("a bug of ours"),
        MemoryError(),
    ],
    ids=repr,
)
def test_a_failure_of_our_own_is_no_fact_about_the_sdist(
    server: Index, tmp_path: Path, failure: Exception
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))

    with pytest.raises(type(failure)) as caught:
        read_metadata(server, tmp_path, CountingBackend(failure))

    assert caught.value is failure


def test_built_metadata_is_kept_for_its_python_only(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    builder = CountingBackend(BUILT)

    read_metadata(server, tmp_path, builder)
    read_metadata(server, tmp_path, builder)
    read_metadata(server, tmp_path, builder, python_version="3.8")

    assert builder.asked == ["demo-1.0.tar.gz for 3.9", "demo-1.0.tar.gz for 3.8"]


def test_an_index_turned_to_another_python_asks_the_backend_again(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    builder = CountingBackend(BUILT)
    sdists = SdistReading(builder=builder, environment=environment_for("3.9", "linux"))
    options = ReadingOptions(sdists=sdists)

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        file = only_file(index, "demo")
        index.metadata([file])
        index.turn_to(environment_for("3.8", "linux"))
        index.metadata([file])
        index.turn_to(environment_for("3.8", "linux"))
        index.metadata([file])

        assert only_file(index, "demo") is file
    assert builder.asked == ["demo-1.0.tar.gz for 3.9", "demo-1.0.tar.gz for 3.8"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (make_metadata("demo", "1.0.post1"), "Version: 1.0.post1, not 1.0"),
        (make_metadata("other", "1.0"), "Name: other, not demo"),
        (b"", "Name: (none), not demo"),
    ],
)
def test_a_backend_that_names_something_else_excludes_the_sdist(
    server: Index, tmp_path: Path, answer: bytes, said: str
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))

    for builder in (
        CountingBackend(answer),
        CountingBackend(BUILT),
    ):  # asked, then remembered
        found = read_metadata(server, tmp_path, builder)
        assert isinstance(found, UnusableMetadata)
        assert said in found.reason


def test_no_more_sdists_are_built_than_are_allowed(
    server: Index, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0", "3.0"):
        path = make_sdist(tmp_path / version, "demo", version, metadata_version="2.1")
        server.publish("demo", path)
    builder = CountingBackend(make_metadata("demo", "1.0"))
    allowance = BuildAllowance(left=1)
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(builder=builder, environment=environment, allowance=allowance)
    options = ReadingOptions(sdists=sdists)

    for _ in range(2):
        # What an earlier run has built counts, too: so all runs read the same.
        allowance.left = 1
        with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
            files = read_page(index, "demo").files
            answers = index.metadata(files)
            assert [answers[file] == NOT_BUILT for file in files] == [False, True, True]
    assert builder.asked == ["demo-1.0.tar.gz for 3.9"]


@pytest.mark.parametrize(
    ("files", "metadata_version", "lines"),
    [
        ({"demo.egg-info/requires.txt": "six"}, "2.2", ("six",)),
        ({"src/demo.egg-info/requires.txt": "six"}, "2.2", ("six",)),
        ({"tests/data/demo.egg-info/requires.txt": "six"}, "2.2", ("static",)),
        ({"demo.egg-info/SOURCES.txt": ""}, "2.1", ()),
        ({}, "2.1", ("static",)),
    ],
)
def test_what_is_not_built_hints_at_what_an_earlier_build_required(
    server: Index,
    tmp_path: Path,
    files: Mapping[str, str],
    metadata_version: str,
    lines: tuple[str, ...],
) -> None:
    path = make_sdist(
        tmp_path / "up",
        "demo",
        "1.0",
        requires_dist=["static"] if lines else [],
        dynamic=["Requires-Dist"] if metadata_version == "2.2" else [],
        metadata_version=metadata_version,
        files=files,
    )
    server.publish("demo", path)
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(
        builder=CountingBackend(BUILT),
        environment=environment,
        allowance=BuildAllowance(left=0),
    )
    options = ReadingOptions(sdists=sdists)

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        [answer] = index.metadata([only_file(index, "demo")]).values()
    assert isinstance(answer, UnusableMetadata)
    assert answer.hint == FileMetadata(requires_dist=lines)


def test_what_was_not_allowed_is_built_once_it_is(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    allowance = BuildAllowance(left=0)
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(
        builder=CountingBackend(BUILT), environment=environment, allowance=allowance
    )
    options = ReadingOptions(sdists=sdists)

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        file = only_file(index, "demo")
        assert index.metadata([file]) == {file: NOT_BUILT}
        allowance.left = None
        assert index.metadata([file]) == {file: FileMetadata(requires_dist=("built",))}


def test_others_are_read_while_a_backend_is_asked(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    server.publish("other", make_wheel(tmp_path, "other", "1.0"))
    environment = environment_for("3.9", "linux")

    for run in range(2):
        may_answer = threading.Event()
        builder = CountingBackend(BUILT, may_answer=may_answer)
        options = ReadingOptions(
            sdists=SdistReading(builder=builder, environment=environment)
        )
        with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
            sdist, wheel = only_file(index, "demo"), only_file(index, "other")
            # What an earlier run has built comes late, too: so all runs read the same.
            assert index.begin([sdist, wheel], lambda _: ()) == [sdist]
            assert index.begin([sdist], lambda _: ()) == [sdist]
            assert index.metadata([wheel]) == {wheel: FileMetadata()}

            may_answer.set()
            built = FileMetadata(requires_dist=("built",))
            assert index.metadata([sdist, wheel])[sdist] == built
            assert list(index.begin([sdist, wheel], lambda _: ())) == []
        assert len(builder.asked) == (1 if run == 0 else 0)


def test_a_failure_of_our_own_meanwhile_is_told_by_who_waits(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    failure = _NoInterpreterError("there is no Python 3.9")
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(builder=CountingBackend(failure), environment=environment)
    options = ReadingOptions(sdists=sdists)

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        file = only_file(index, "demo")
        index.begin([file], lambda _: ())
        with pytest.raises(_NoInterpreterError) as caught:
            index.metadata([file])

    assert caught.value is failure


def test_what_nobody_waits_for_is_given_up_at_the_end(
    server: Index, tmp_path: Path
) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))
    builder = CountingBackend(BUILT, may_answer=threading.Event())
    environment = environment_for("3.9", "linux")
    options = ReadingOptions(
        sdists=SdistReading(builder=builder, environment=environment)
    )

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        index.begin([only_file(index, "demo")], lambda _: ())

    assert builder.has_given_up
