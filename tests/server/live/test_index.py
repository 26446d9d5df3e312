"""The index as of now, asked by many threads at once."""

import threading
from collections.abc import Callable
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.server.live.index import LiveIndex
from axletree.server.watching.figures import Figures
from axletree.wheelhouse.model import StoredFile
from tests.support.index_sources import FolderSource

SPAM = canonicalize_name("spam")


class SlowSource(FolderSource):
    """Counts how often files are listed, and lets that take as long as it is held."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.listed = 0
        self.may_go_on = threading.Event()

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        self.listed += 1
        assert self.may_go_on.wait(30)
        return super().files_of(project, generation)


def all_at_once(count: int, work: Callable[[], object], begin: threading.Event) -> None:
    waiting = threading.Barrier(count + 1)

    def run() -> None:
        waiting.wait()
        work()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    waiting.wait()
    begin.set()
    for thread in threads:
        thread.join()


def test_a_page_that_many_ask_for_is_made_once(tmp_path: Path) -> None:
    source = SlowSource(tmp_path)
    source.publish("spam-1.0-py3-none-any.whl")
    figures = Figures.alone()
    index = LiveIndex(source, fresh_for_s=1000, figures=figures)

    all_at_once(8, lambda: index.project_page(SPAM), source.may_go_on)

    assert source.listed == 1
    assert figures.sums().of("ready_bytes") > 0
