"""What is read ahead of being asked, as its page and its requirer make it likely."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.transport.errors import UnreachableIndexError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.index_server import Index
from tests.support.upstream import make_settings, names, only_file
from tests.support.wheels import make_wheel

CHAIN = {"app": ["lib"], "lib": ["base"], "base": []}


@dataclass
class _Guesses:
    """Names what is required, and guesses a page's first file."""

    def __call__(self, answer: MetadataAnswer) -> Iterable[NormalizedName]:
        assert isinstance(answer, FileMetadata)
        return names(*answer.requires_dist)

    def likely(self, page: Page) -> DistributionFile | None:
        return page.files[0]


def publish(server: Index, folder: Path) -> None:
    for name, requires in CHAIN.items():
        wheel = make_wheel(folder, name, "1.0", requires_dist=requires)
        server.publish(name, wheel)


def test_what_is_likely_is_there_when_it_is_asked_for(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        guesses = _Guesses()
        index.metadata_ahead([only_file(index, "app")], guesses)
        asked = len(server.asked)

        lib = only_file(index, "lib")
        assert index.metadata([lib])[lib] == FileMetadata(requires_dist=("base",))

        assert len(server.asked) == asked


def test_guesses_hold_nobody_up_and_are_begun_with_the_next_batch(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    server.publish("other", make_wheel(tmp_path, "other", "1.0"))
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        guesses = _Guesses()
        index.metadata_ahead([only_file(index, "app")], guesses)
        assert "/simple/base/" not in server.paths()

        index.metadata_ahead([only_file(index, "other")], guesses)

        asked = len(server.asked)
        assert only_file(index, "base").project == "base"
        assert len(server.asked) == asked


def test_a_guess_that_does_not_come_is_not_waited_for(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    server.held["/files/lib-1.0-py3-none-any.whl"] = Event()
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        app = only_file(index, "app")
        assert app in index.metadata_ahead([app], _Guesses())

        server.held["/files/lib-1.0-py3-none-any.whl"].set()
        lib = only_file(index, "lib")
        assert index.metadata([lib])[lib] == FileMetadata(requires_dist=("base",))


def test_where_nobody_guesses_pages_are_read_ahead_alone(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    guesses = _Guesses()
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        index.metadata_ahead([only_file(index, "app")], lambda answer: guesses(answer))  # noqa: PLW0108  it guesses nothing

        assert (index.counters.pages, index.counters.metadata) == (2, 1)


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/simple/base/", lambda index: only_file(index, "base")),
        (
            "/files/lib-1.0-py3-none-any.whl",
            lambda index: index.metadata([only_file(index, "lib")]),
        ),
    ],
)
def test_a_guess_that_fails_is_told_by_who_asks(
    server: Index, tmp_path: Path, path: str, ask: Callable[[UpstreamIndex], object]
) -> None:
    publish(server, tmp_path)
    server.publish("other", make_wheel(tmp_path, "other", "1.0"))
    server.misdeeds[path].extend([503, 503])
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        guesses = _Guesses()
        for name in ("app", "other"):
            file = only_file(index, name)
            assert file in index.metadata_ahead([file], guesses)

        with pytest.raises(UnreachableIndexError):
            ask(index)

        ask(index)


def test_guesses_have_an_end(
    server: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server, tmp_path)
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        monkeypatch.setattr(index._ahead, "left", 1)  # noqa: SLF001  there are too many
        index.metadata_ahead([only_file(index, "app")], _Guesses())

        # Of app nothing was guessed, of lib it was.
        assert (index.counters.pages, index.counters.metadata) == (2, 2)
