import errno
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.resolver.universe.unbuilt import BuildAllowance
from axletree.wheelhouse.sdist_builder import SdistFindingError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import (
    ReadingOptions,
    SdistReading,
)
from tests.support.index_server import Index
from tests.support.upstream import make_settings, only_file, read_page
from tests.support.wheels import (
    make_metadata,
    make_sdist,
    make_wheel,
    write_tar_gz,
)


class _LimitError(SdistFindingError):
    exit_code = 3
    kind: ClassVar[UnusableKind] = "limits"


class _NoInterpreterError(AxletreeError):
    exit_code = 3


@dataclass
class _Builder:
    """Answers for every sdist alike, and remembers what it was asked."""

    answer: bytes | Exception
    asked: list[str] = field(default_factory=list)
    may_answer: threading.Event | None = None
    """Until it is set, no backend has an answer."""
    has_given_up: bool = False

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        assert sdist.is_file()
        self.asked.append(f"{sdist.name} for {environment.python_version}")
        if self.may_answer is not None:
            assert self.may_answer.wait(60)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def give_up(self) -> None:
        self.has_given_up = True
        if self.may_answer is not None:
            self.may_answer.set()

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        raise NotImplementedError


BUILT = make_metadata("demo", "1.0", requires_dist=["built"])


def _read(
    server: Index,
    folder: Path,
    builder: _Builder | None = None,
    *,
    python_version: str = "3.9",
) -> MetadataAnswer:
    sdists = None
    if builder:
        environment = environment_for(python_version, "linux")
        sdists = SdistReading(builder=builder, environment=environment)
    options = ReadingOptions(sdists=sdists)
    with UpstreamIndex(make_settings(folder), server.url, options) as index:
        file = only_file(index, "demo")
        return index.metadata([file])[file]


def _publish(server: Index, folder: Path, *, dynamic: tuple[str, ...] = ()) -> None:
    path = make_sdist(
        folder / "up", "demo", "1.0", requires_dist=["static"], dynamic=dynamic
    )
    server.publish("demo", path)


def test_static_metadata_needs_no_builder(server: Index, tmp_path: Path) -> None:
    _publish(server, tmp_path)

    assert _read(server, tmp_path) == FileMetadata(requires_dist=("static",))


@pytest.mark.parametrize("name", ["Requires-Dist", "requires-python"])
def test_dynamic_metadata_is_built(server: Index, tmp_path: Path, name: str) -> None:
    _publish(server, tmp_path, dynamic=(name,))
    builder = _Builder(BUILT)

    assert _read(server, tmp_path, builder) == FileMetadata(requires_dist=("built",))
    assert builder.asked == ["demo-1.0.tar.gz for 3.9"]


def test_what_else_is_dynamic_does_not_matter(server: Index, tmp_path: Path) -> None:
    _publish(server, tmp_path, dynamic=("Version", "Classifier"))

    assert _read(server, tmp_path) == FileMetadata(requires_dist=("static",))


def test_metadata_before_2_2_is_built(server: Index, tmp_path: Path) -> None:
    path = make_sdist(tmp_path / "up", "demo", "1.0", metadata_version="2.1")
    server.publish("demo", path)

    assert _read(server, tmp_path, _Builder(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


def test_a_static_pyproject_needs_no_builder(server: Index, tmp_path: Path) -> None:
    project = (
        '[project]\nname = "demo"\ndynamic = ["version"]\ndependencies = ["said"]\n'
    )
    path = make_sdist(
        tmp_path / "up",
        "demo",
        "1.0",
        metadata_version="2.1",
        files={"pyproject.toml": project, "nested/pyproject.toml": "[broken"},
    )
    server.publish("demo", path)
    builder = _Builder(BUILT)

    for _ in range(2):
        answer = _read(server, tmp_path, builder)
        assert answer == FileMetadata(requires_dist=("said",))
    assert builder.asked == []


def test_without_a_builder_the_sdist_is_unusable(server: Index, tmp_path: Path) -> None:
    _publish(server, tmp_path, dynamic=("Requires-Dist",))

    assert _read(server, tmp_path) == UnusableMetadata(
        reason="it is an sdist whose metadata must be built, and no builder was given"
    )


def test_a_failed_build_is_an_observed_fact(server: Index, tmp_path: Path) -> None:
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    builder = _Builder(SdistFindingError("setup.py exits with 1"))

    assert _read(server, tmp_path, builder) == UnusableMetadata(
        reason="its metadata could not be built: setup.py exits with 1", kind="backend"
    )


def test_a_limit_is_a_finding_that_says_so_and_is_asked_again(
    server: Index, tmp_path: Path
) -> None:
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    builder = _Builder(_LimitError("it takes longer than 120 seconds"))

    answer = _read(server, tmp_path, builder)

    assert isinstance(answer, UnusableMetadata)
    assert answer.kind == "limits"
    builder.answer = BUILT
    assert _read(server, tmp_path, builder) == FileMetadata(requires_dist=("built",))


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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))

    with pytest.raises(type(failure)) as caught:
        _read(server, tmp_path, _Builder(failure))

    assert caught.value is failure


def test_built_metadata_is_kept_for_its_python_only(
    server: Index, tmp_path: Path
) -> None:
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    builder = _Builder(BUILT)

    _read(server, tmp_path, builder)
    _read(server, tmp_path, builder)
    _read(server, tmp_path, builder, python_version="3.8")

    assert builder.asked == ["demo-1.0.tar.gz for 3.9", "demo-1.0.tar.gz for 3.8"]


def test_an_sdist_that_is_damaged_is_unusable(server: Index, tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(b"no archive")
    server.publish("demo", path)

    answer = _read(server, tmp_path, _Builder(BUILT))

    assert isinstance(answer, UnusableMetadata)
    assert "its archive is damaged" in answer.reason


def test_an_index_turned_to_another_python_asks_the_backend_again(
    server: Index, tmp_path: Path
) -> None:
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    builder = _Builder(BUILT)
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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))

    for builder in (_Builder(answer), _Builder(BUILT)):  # asked, then remembered
        found = _read(server, tmp_path, builder)
        assert isinstance(found, UnusableMetadata)
        assert said in found.reason


def test_a_pkg_info_that_names_something_else_is_corrected_by_the_backend(
    server: Index, tmp_path: Path
) -> None:
    path = make_sdist(tmp_path, "demo", "1.0.dev0", requires_dist=["static"])
    server.publish("demo", path.rename(tmp_path / "demo-1.0.tar.gz"))

    assert _read(server, tmp_path, _Builder(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


def test_an_sdist_without_pkg_info_is_asked(server: Index, tmp_path: Path) -> None:
    members = {"demo-1.0/setup.py": b""}
    server.publish("demo", write_tar_gz(tmp_path / "demo-1.0.tar.gz", members))

    assert _read(server, tmp_path, _Builder(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


def test_no_more_sdists_are_built_than_are_allowed(
    server: Index, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0", "3.0"):
        path = make_sdist(tmp_path / version, "demo", version, metadata_version="2.1")
        server.publish("demo", path)
    builder = _Builder(make_metadata("demo", "1.0"))
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
        builder=_Builder(BUILT),
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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    allowance = BuildAllowance(left=0)
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(
        builder=_Builder(BUILT), environment=environment, allowance=allowance
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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    server.publish("other", make_wheel(tmp_path, "other", "1.0"))
    environment = environment_for("3.9", "linux")

    for run in range(2):
        may_answer = threading.Event()
        builder = _Builder(BUILT, may_answer=may_answer)
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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    failure = _NoInterpreterError("there is no Python 3.9")
    environment = environment_for("3.9", "linux")
    sdists = SdistReading(builder=_Builder(failure), environment=environment)
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
    _publish(server, tmp_path, dynamic=("Requires-Dist",))
    builder = _Builder(BUILT, may_answer=threading.Event())
    environment = environment_for("3.9", "linux")
    options = ReadingOptions(
        sdists=SdistReading(builder=builder, environment=environment)
    )

    with UpstreamIndex(make_settings(tmp_path), server.url, options) as index:
        index.begin([only_file(index, "demo")], lambda _: ())

    assert builder.has_given_up
