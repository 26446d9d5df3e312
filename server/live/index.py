"""The index as of the newest generation, held in memory and followed as it grows.

One object a worker process. Asking the database on every request would cost three times
the answer itself (170 against 60 microseconds), so a look at the generation counts for
`fresh_for_s`; but nothing is ever called missing on the word of an old look.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TypeVar

from packaging.utils import NormalizedName

from axletree.server.answers.negotiation import Form
from axletree.server.answers.rendering import render_project, render_project_list
from axletree.server.answers.variants import (
    IN_NO_FORM,
    PROVENANCE_TYPE,
    metadata_answer,
)
from axletree.server.live.policed import (
    ALL_LISTED,
    ListingRule,
    with_reasons,
)
from axletree.server.live.ready import (
    Ready,
    ReadyAnswers,
)
from axletree.server.live.source import IndexSource
from axletree.server.watching.figures import Figures
from axletree.wheelhouse.errors import UnknownGenerationError
from axletree.wheelhouse.model import ProjectStatus, StoredFile

FRESH_FOR_S = 0.05
"""At most twenty looks a second and worker; a publish is seen within this time, or within
twice as long by those who ask while one looks."""

MAKING_AT_ONCE = 256
"""Answers that can be made at the same time; each by one thread, whoever else asks."""

LIST_PATH = "/simple/"
FROZEN_PATH = "/g/"
SETS_PATH = "/sets/"
VIEWS_PATH = "/views/"

Made = TypeVar("Made", Ready, Ready | None)


@dataclass(frozen=True, slots=True)
class Place:
    """One of the indexes: of now or of a generation, of all or through a view."""

    generation: int | None = None
    """None: now."""
    view: str | None = None
    """None: all."""

    @property
    def path(self) -> str:
        """Return where it is served, up to `/simple/`."""
        view = "" if self.view is None else f"{VIEWS_PATH}{self.view}"
        frozen = "" if self.generation is None else f"{FROZEN_PATH}{self.generation}"
        return view + frozen

    @property
    def up(self) -> str:
        """Return the way from there to `/`."""
        return "../" * self.path.count("/")


NOW = Place()
"""The index of all, as it is now."""


def _view_of(path: str) -> str:
    """Name the view through which something is served."""
    return path.split("/", 3)[2]


def _is_frozen(path: str) -> bool:
    """Tell whether something is served as it was in a generation."""
    if path.startswith(VIEWS_PATH):
        _, _, path = path.removeprefix(VIEWS_PATH).partition("/")
        path = f"/{path}"
    return path.startswith(FROZEN_PATH)


def _by_root(path: str, root_url: str) -> str:
    """Name what is served under a path to those who reach the index by an address."""
    return f"{path}\n{root_url}"


def _found(answers: ReadyAnswers, path: str, root_url: str) -> Ready | None:
    found = answers.get(path)
    if found is not None and found.is_by_root:
        return answers.get(_by_root(path, root_url))
    return found


@dataclass(slots=True)
class _Snapshot:
    """What was rendered and looked up in one generation; filled as it is asked for."""

    generation: int
    journal: int
    """Its newest entry: what makes no generation may be in it as well."""
    day: int
    """On which ages were judged."""
    looked_at: float
    """Seconds, by the index's clock."""
    answers: ReadyAnswers = field(default_factory=ReadyAnswers)
    """By the path under which each is served."""
    files: dict[str, StoredFile] = field(default_factory=dict)
    """By file name."""
    statuses: dict[NormalizedName, ProjectStatus] = field(default_factory=dict)


class LiveIndex:
    """Pages and files of a source's newest generation; safe to use from threads."""

    def __init__(
        self,
        source: IndexSource,
        *,
        listing: ListingRule = ALL_LISTED,
        fresh_for_s: float = FRESH_FOR_S,
        clock: Callable[[], float] = monotonic,
        figures: Figures | None = None,
    ) -> None:
        """Remember where to read from; nothing is read yet.

        :param listing: says what pages list of a project's files.
        :param figures: where it is noted how much lies ready; None: nowhere.
        """
        self._source = source
        self.listing = listing
        self._fresh_for_s = fresh_for_s
        self._clock = clock
        self._figures = figures
        self._looking = threading.Lock()
        self._making = tuple(threading.Lock() for _ in range(MAKING_AT_ONCE))
        self._snapshot = _Snapshot(
            generation=-1, journal=-1, day=-1, looked_at=float("-inf")
        )

    @property
    def source(self) -> IndexSource:
        """Give what the index reads from."""
        return self._source

    def ready(self, path: str, root_url: str = "") -> Ready | None:
        """Give what is served under a path if it is rendered and surely current.

        :param root_url: by which it is asked for, where what was found is by that.
        Reads nothing and so cannot fail: None after `fresh_for_s`, and the request
        takes the slow way, on which the source is asked and errors are answered.
        """
        snapshot = self._snapshot
        key = _by_root(path, root_url) if root_url else path
        return snapshot.answers.get(key) if self._is_ready(snapshot) else None

    def list_page(self, place: Place = NOW, form: Form | None = None) -> Ready:
        """Give the list of all projects; through a view some may have an empty page.

        :param form: that is needed; None: all.
        :raises UnknownGenerationError: there is no such generation.
        :raises GoneGenerationError: `gc` has taken some of it.
        :raises NoViewError: there is no such view.
        """

        def render() -> Ready:
            self._rule(place)
            projects = self._source.projects(place.generation)
            page = render_project_list(projects, root=f"../{place.up}", form=form)
            return Ready(answer=page, project=None)

        return self.kept(f"{place.path}{LIST_PATH}", render, form)

    def project_page(
        self,
        project: NormalizedName,
        place: Place = NOW,
        form: Form | None = None,
        root_url: str = "",
    ) -> Ready | None:
        """Give a project's page; None for one of which nothing was ever kept, or said.

        A project that has lost its files, or whose name is reserved, has an empty page:
        an installer that was told of no such project would take it from elsewhere.

        :param form: that is needed; None: all.
        :param root_url: where `/` is, for those who ask; empty: that is not known.
        :raises UnknownGenerationError: there is no such generation.
        :raises GoneGenerationError: `gc` has taken some of it.
        :raises NoViewError: there is no such view.
        """

        def render() -> Ready | None:
            rule = self._rule(place)
            files = self._source.files_of(project, place.generation)
            if not files and not self._is_known(project, rule):
                return None
            listed = rule.listed(files, place.generation)
            reasons = () if listed else rule.reasons(project, files, place.generation)
            status = self._source.status_of(project, place.generation)
            page = render_project(
                project,
                listed,
                with_reasons(status, reasons),
                variants=self._source.variants.of(project, place.generation),
                root=f"../../{place.up}",
                root_url=root_url,
                form=form,
            )
            # A name of which nothing was kept is there by the policy's word alone, and
            # no change names it: it goes with any.
            is_own = bool(files) or self._source.knows(project)
            return Ready(
                answer=page,
                project=project if is_own else None,
                is_by_root=any(file.provenance_sha256 for file in listed),
            )

        path = f"{place.path}{LIST_PATH}{project}/"
        return self.kept(path, render, form, root_url)

    def is_known(self, project: NormalizedName) -> bool:
        """Tell whether a name is nobody else's to give: kept once, or reserved."""
        return self._is_known(project, self.listing)

    def _is_known(self, project: NormalizedName, rule: ListingRule) -> bool:
        return self._source.knows(project) or rule.reserves(project)

    def _rule(self, place: Place) -> ListingRule:
        """Say what is listed there.

        :raises NoViewError: there is no such view.
        """
        return self.listing if place.view is None else self.listing.through(place.view)

    def metadata(self, path: str, stored: StoredFile, sha256: str) -> Ready:
        """Give the METADATA of a file, which is served under a path."""

        def read() -> Ready:
            answer = metadata_answer(self._source.metadata_of(stored), sha256)
            return Ready(answer=answer, project=stored.project)

        return self.kept(path, read)

    def provenance(self, path: str, stored: StoredFile, sha256: str) -> Ready:
        """Give the attestations that came with a file, which are served under a path."""

        def read() -> Ready:
            content = self._source.provenance_of(stored)
            answer = metadata_answer(content, sha256, PROVENANCE_TYPE)
            return Ready(answer=answer, project=stored.project)

        return self.kept(path, read)

    def kept(
        self,
        path: str,
        make: Callable[[], Made],
        form: Form | None = None,
        root_url: str = "",
    ) -> Ready | Made:
        """Give what is served under a path, made once in a generation; None is not kept.

        What the index's own address stands in is made once for each.

        Of a page each form is made when it is first asked for: a change costs the one
        or two that are wanted, and not all.

        It is read after the generation, so that it is never older than the snapshot
        that keeps it; if it is newer, the next look drops it.
        """
        snapshot = self._current()
        found = _found(snapshot.answers, path, root_url)
        if found is not None and found.has(form):
            return found
        # Many ask at once for what has just changed: one makes it, the others wait.
        with self._making[hash(path) % MAKING_AT_ONCE]:
            found = _found(snapshot.answers, path, root_url)
            if found is not None and found.has(form):
                return found
            made = make()
            if made is None:
                return made
            if made.is_by_root:
                snapshot.answers.put(path, replace(made, answer=IN_NO_FORM))
                path = _by_root(path, root_url)
            return self._keep(snapshot, path, made, found)

    def _keep(
        self, snapshot: _Snapshot, path: str, made: Ready, found: Ready | None
    ) -> Ready:
        whole = made.beside(found)
        snapshot.answers.put(path, whole)
        if self._figures is not None:
            self._figures.put("ready_bytes", snapshot.answers.size_bytes)
        return whole

    def file(self, filename: str) -> StoredFile | None:
        """Look a file up by name, listed or not; its record says if withdrawn."""
        snapshot = self._current()
        known = snapshot.files.get(filename)
        if known is None:
            known = self._source.find_kept(filename)
            if known is not None:
                snapshot.files[filename] = known
        return known

    def status(self, project: NormalizedName) -> ProjectStatus:
        """Say how a project is."""
        snapshot = self._current()
        known = snapshot.statuses.get(project)
        if known is None:
            known = snapshot.statuses[project] = self._source.status_of(project)
        return known

    def generation(self) -> int:
        """Ask the source for its generation, now."""
        return self._source.generation()

    def _is_fresh(self, snapshot: _Snapshot) -> bool:
        return self._clock() - snapshot.looked_at < self._fresh_for_s

    def _is_ready(self, snapshot: _Snapshot) -> bool:
        """Tell whether an answer may be sent: while one looks, the others need not wait.

        Not for longer than a look counts, however long this one takes.
        """
        age = self._clock() - snapshot.looked_at
        return age < self._fresh_for_s or (
            age < 2 * self._fresh_for_s and self._looking.locked()
        )

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
        old = self._snapshot
        generation, journal = self._source.state()
        day = self.listing.day()
        if (generation, journal, day) == (old.generation, old.journal, old.day):
            old.looked_at = now
            return
        self._snapshot = _Snapshot(
            generation=generation,
            journal=journal,
            day=day,
            looked_at=now,
            answers=self._untouched(old, generation)
            if day == old.day
            else ReadyAnswers(),
        )

    def _untouched(self, old: _Snapshot, generation: int) -> ReadyAnswers:
        """Give the answers that the changes since have not touched.

        A copy: who still works with the old snapshot may put something old into it.
        What older generations list stays, but `gc` may have taken it.
        """
        if not 0 <= old.generation <= generation:
            return ReadyAnswers()  # Nothing yet, or restored: another history.
        try:
            changed = self._source.changed_since(old.generation)
        except UnknownGenerationError:
            return ReadyAnswers()  # Restored, and grown since.
        views = self.listing.steady_views()
        return old.answers.without(
            {*changed, None},
            (FROZEN_PATH, SETS_PATH, VIEWS_PATH),
            lambda path: (
                path.startswith(VIEWS_PATH)
                and not _is_frozen(path)
                and _view_of(path) in views
            ),
        )
