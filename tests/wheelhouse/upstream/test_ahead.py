"""What is read ahead of being asked, as its page and its requirer make it likely."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, get_ident
from time import sleep

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import SparingUniverse
from axletree.wheelhouse.sources.first_index import FirstIndex
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
    for name in ("other", "another"):
        server.publish(name, make_wheel(folder, name, "1.0"))


def read_slowly(
    index: UpstreamIndex, server: Index, until: str, name: str = "other"
) -> None:
    """Read a project that does not come before the server is asked for a path."""
    other = only_file(index, name)
    with held_until(server, f"/files/{other.filename}", until):
        index.metadata_ahead([other], _Guesses())


@contextmanager
def held_until(server: Index, path: str, until: str) -> Iterator[None]:
    """Let a path wait before the server is asked for another one."""
    held = server.held[path] = Event()

    def release() -> None:
        while until not in server.paths():
            sleep(0.001)
        held.set()

    with ThreadPoolExecutor() as pool:
        done = pool.submit(release)
        yield
        done.result()


def test_what_is_likely_is_there_when_it_is_asked_for(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        index.metadata_ahead([only_file(index, "app")], _Guesses())
        read_slowly(index, server, "/files/base-1.0-py3-none-any.whl")
        for name in ("lib", "base"):
            file = only_file(index, name)
            assert index.metadata([file])[file] == FileMetadata(
                requires_dist=tuple(CHAIN[name])
            )

        assert len(server.asked) == len(set(server.paths()))


def test_what_pages_make_likely_is_asked_for_while_others_arrive(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    with (
        UpstreamIndex(make_settings(tmp_path), server.url) as index,
        held_until(server, "/simple/other/", "/files/base-1.0-py3-none-any.whl"),
    ):
        universe = MemoUniverse(SparingUniverse(FirstIndex([index], ["it"])))
        pages = universe.pages_ahead(names("app", "other"), _Guesses())

        assert all(pages.values())
        assert universe.metadata_of == {}


def test_an_answer_may_make_another_file_of_a_page_likely(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    server.publish("lib", make_wheel(tmp_path, "lib", "2.0"))

    class Guesses(_Guesses):
        def likely(self, page: Page) -> DistributionFile | None:
            return page.files[-1] if page.project == "lib" else None

    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        index.pages(names("lib"))
        index.metadata_ahead([only_file(index, "app")], Guesses())
        read_slowly(index, server, "/files/lib-2.0-py3-none-any.whl")


def test_nobody_waits_for_what_follows_from_an_answer(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    page = server.held["/simple/lib/"] = Event()
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        index.metadata_ahead([only_file(index, "app")], _Guesses())
        read_slowly(index, server, "/simple/lib/")

        page.set()
        assert only_file(index, "lib").project == "lib"
        assert server.paths().count("/simple/lib/") == 1


def test_what_a_download_gives_up_is_asked_for_again(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    page = server.held["/simple/lib/"] = Event()
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        app = only_file(index, "app")
        index.metadata_ahead([app], _Guesses())
        index.download(app, tmp_path / "here")

        page.set()
        assert only_file(index, "lib").project == "lib"


def test_what_follows_is_told_in_the_thread_that_asked(
    server: Index, tmp_path: Path
) -> None:
    publish(server, tmp_path)
    page = server.held["/simple/lib/"] = Event()
    threads = []

    class Guesses(_Guesses):
        def likely(self, page: Page) -> DistributionFile | None:
            threads.append(get_ident())
            return super().likely(page)

    with (
        UpstreamIndex(make_settings(tmp_path), server.url) as index,
        ThreadPoolExecutor() as pool,
    ):
        index.metadata_ahead([only_file(index, "app")], Guesses())
        page.set()
        pool.submit(read_slowly, index, server, "/simple/lib/").result()
        assert threads == []

        read_slowly(index, server, "/simple/base/", "another")
        assert set(threads) == {get_ident()}


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
        read_slowly(index, server, "/simple/lib/")

        assert only_file(index, "lib").filename not in " ".join(server.paths())


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
    server.misdeeds[path].extend([503, 503])
    with UpstreamIndex(make_settings(tmp_path), server.url) as index:
        index.metadata_ahead([only_file(index, "app")], _Guesses())
        read_slowly(index, server, path)

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
        read_slowly(index, server, "/simple/base/")
        base = only_file(index, "base")
        read_slowly(index, server, "/simple/another/", "another")

        # Of lib it was guessed.
        assert f"/files/{base.filename}" not in server.paths()
