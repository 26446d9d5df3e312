"""The index as of the newest generation, held in memory and followed as it grows.

One object a worker process. Asking the database on every request would cost three times
the answer itself (170 against 60 microseconds), so a look at the generation counts for
`fresh_for_s`; but nothing is ever called missing on the word of an old look.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from packaging.utils import NormalizedName

from axletree.server.ready import Ready, ReadyAnswers
from axletree.server.rendering import (
    metadata_answer,
    render_project,
    render_project_list,
)
from axletree.server.source import IndexSource
from axletree.wheelhouse.model import StoredFile

FRESH_FOR_S = 0.05
"""At most twenty looks a second and worker; a publish is seen within this time."""

LIST_PATH = "/simple/"


@dataclass(slots=True)
class _Snapshot:
    """What was rendered and looked up in one generation; filled as it is asked for."""

    generation: int
    looked_at: float
    """Seconds, by the index's clock."""
    answers: ReadyAnswers = field(default_factory=ReadyAnswers)
    """By the path under which each is served."""
    files: dict[str, StoredFile] = field(default_factory=dict)
    """By file name."""


class LiveIndex:
    """Pages and files of a source's newest generation; safe to use from threads."""

    def __init__(
        self,
        source: IndexSource,
        *,
        fresh_for_s: float = FRESH_FOR_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Remember where to read from; nothing is read yet."""
        self._source = source
        self._fresh_for_s = fresh_for_s
        self._clock = clock
        self._looking = threading.Lock()
        self._snapshot = _Snapshot(generation=-1, looked_at=float("-inf"))

    @property
    def source(self) -> IndexSource:
        """Give what the index reads from."""
        return self._source

    def ready(self, path: str) -> Ready | None:
        """Give what is served under a path if it is rendered and surely current.

        Reads nothing and so cannot fail: None after `fresh_for_s`, and the request
        takes the slow way, on which the source is asked and errors are answered.
        """
        snapshot = self._snapshot
        return snapshot.answers.get(path) if self._is_fresh(snapshot) else None

    def list_page(self) -> Ready:
        """Give the list of all projects."""
        snapshot = self._current()
        found = snapshot.answers.get(LIST_PATH)
        if found is None:
            page = render_project_list(self._source.projects())
            found = Ready(answer=page, project=None)
            snapshot.answers.put(LIST_PATH, found)
        return found

    def project_page(self, project: NormalizedName) -> Ready | None:
        """Give a project's page; None for a project without files."""
        snapshot = self._current()
        path = f"{LIST_PATH}{project}/"
        found = snapshot.answers.get(path)
        if found is not None:
            return found
        files = self._source.files_of(project)
        if not files:
            return None
        found = Ready(answer=render_project(project, files), project=project)
        # The files were read after the generation, so the page is never older than
        # the snapshot that keeps it; if it is newer, the next look drops it.
        snapshot.answers.put(path, found)
        return found

    def metadata(self, path: str, stored: StoredFile, sha256: str) -> Ready:
        """Give the METADATA of a file, which is served under a path."""
        snapshot = self._current()
        found = snapshot.answers.get(path)
        if found is None:
            answer = metadata_answer(self._source.metadata_of(stored), sha256)
            found = Ready(answer=answer, project=stored.project)
            snapshot.answers.put(path, found)
        return found

    def file(self, filename: str) -> StoredFile | None:
        """Look up a published file by name."""
        snapshot = self._current()
        known = snapshot.files.get(filename)
        if known is None:
            known = self._source.find(filename)
            if known is not None:
                snapshot.files[filename] = known
        return known

    def generation(self) -> int:
        """Ask the source for its generation, now."""
        return self._source.generation()

    def _is_fresh(self, snapshot: _Snapshot) -> bool:
        return self._clock() - snapshot.looked_at < self._fresh_for_s

    def _current(self) -> _Snapshot:
        if self._is_fresh(self._snapshot):
            return self._snapshot
        with self._looking:
            # Another thread may have looked while this one waited.
            if not self._is_fresh(self._snapshot):
                self._look()
            return self._snapshot

    def _look(self) -> None:
        # The time is taken first: what is published during the look is seen by the
        # next one, which must not come late.
        now = self._clock()
        generation = self._source.generation()
        if generation == self._snapshot.generation:
            self._snapshot.looked_at = now
        else:
            self._snapshot = _Snapshot(generation=generation, looked_at=now)
