"""An index with one sdist, and a backend that answers for it without being run."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import (
    ReadingOptions,
    SdistReading,
)
from tests.support.index_server import Index
from tests.support.upstream import make_settings, only_file
from tests.support.wheels import (
    make_metadata,
    make_sdist,
)


@dataclass
class CountingBackend:
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


def read_metadata(
    server: Index,
    folder: Path,
    builder: CountingBackend | None = None,
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


def publish_sdist(
    server: Index, folder: Path, *, dynamic: tuple[str, ...] = ()
) -> None:
    path = make_sdist(
        folder / "up", "demo", "1.0", requires_dist=["static"], dynamic=dynamic
    )
    server.publish("demo", path)
