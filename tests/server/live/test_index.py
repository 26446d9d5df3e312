"""The index as of now, asked by many threads at once."""

import threading
from collections.abc import Callable
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.server.answers.negotiation import Form, Format
from axletree.server.answers.variants import RenderedPage
from axletree.server.live.index import LiveIndex
from axletree.server.live.ready import Ready
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


def test_of_a_page_those_forms_are_made_that_are_asked_for(tmp_path: Path) -> None:
    source = SlowSource(tmp_path)
    source.may_go_on.set()
    source.publish("spam-1.0-py3-none-any.whl")
    figures = Figures.alone()
    index = LiveIndex(source, fresh_for_s=1000, figures=figures)
    json, html = (
        Form(Format.SIMPLE_JSON, is_gzip=True),
        Form(Format.HTML, is_gzip=False),
    )

    def page(form: Form | None) -> RenderedPage:
        found = index.project_page(SPAM, form=form)
        assert found is not None
        assert isinstance(found.answer, RenderedPage)
        return found.answer

    first = page(json)
    assert (first.has(json), first.has(html), source.listed) == (True, False, 1)
    kept_bytes = figures.sums().of("ready_bytes")
    both = page(html)
    assert (both.variant(json), both.has(html)) == (first.variant(json), True)
    assert figures.sums().of("ready_bytes") > kept_bytes
    for form in (json, html, Form(Format.SIMPLE_HTML, is_gzip=False)):
        assert page(form) == both
    assert source.listed == 2
    assert page(None).has(None)


def test_while_one_looks_the_others_are_answered_but_not_for_long(
    tmp_path: Path,
) -> None:
    now = 0.0
    source = FolderSource(tmp_path)
    source.publish("spam-1.0-py3-none-any.whl")
    index = LiveIndex(source, fresh_for_s=10, clock=lambda: now)
    index.project_page(SPAM)
    now = 15
    assert index.ready("/simple/spam/") is None
    seen: list[Ready | None] = []

    def look() -> tuple[int, int]:
        nonlocal now
        seen.append(index.ready("/simple/spam/"))
        now = 25
        seen.append(index.ready("/simple/spam/"))
        return 1, 1

    source.state = look  # type: ignore[method-assign]
    index.project_page(SPAM)
    assert [each is not None for each in seen] == [True, False]
