"""What pages list of a project's files: under the wheelhouse's policy, through a view.

What is blocked or too young is on no page, and what is warned of is yanked; a file is
given out all the same to whoever has its address, as installers of locks have. Of a
generation age is judged at the moment at which it was made, so that it has the same pages
for ever; of now, on the day that it is. A view leaves more out, and lifts nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Protocol

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.limits import Policy
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import NoViewError
from axletree.wheelhouse.model import ProjectStatus, StoredFile
from axletree.wheelhouse.policy.document import PolicyDocument
from axletree.wheelhouse.policy.effects import affected, listed
from axletree.wheelhouse.policy.reading import day_of, document_of
from axletree.wheelhouse.views.definition import View
from axletree.wheelhouse.views.held import held_in
from axletree.wheelhouse.views.keeping import Views
from axletree.wheelhouse.views.seen import document_of_view

MOST_DOCUMENTS = 8
"""Policies that are kept as they were read."""
MOST_HELD = 4
"""Generations of which it is kept what the locks of a view's sets have."""
MOST_SAID = 3
"""Reasons that a page without files gives."""


class ListingRule(Protocol):
    """Says what pages list."""

    def day(self) -> int:
        """Count the days up to now: another day may list more."""
        ...

    def listed(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return those of a project's files that are listed.

        :param generation: in which they are; None: now.
        """
        ...

    def reasons(
        self,
        project: NormalizedName,
        files: Sequence[StoredFile],
        generation: int | None = None,
    ) -> tuple[str, ...]:
        """Say why files are not listed, or why a project without any has a page."""
        ...

    def reserves(self, project: NormalizedName) -> bool:
        """Tell whether nobody else may give a project, also one that has no file here."""
        ...

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name those of which it can be said beforehand: a prefix has no end of others."""
        ...

    def reserved_prefixes(self) -> frozenset[NormalizedName]:
        """Name those of which all that begin so, with `-` behind, are reserved too."""
        ...

    def steady_views(self) -> frozenset[str]:
        """Name the views in which a page changes only when its project does."""
        ...

    def through(self, view: str) -> "ListingRule":
        """Return the rule of what is seen through a view.

        :raises NoViewError: there is none of that name, or none any more.
        """
        ...


class AllListed:
    """The rule where there is no policy."""

    def day(self) -> int:
        """Return always the same: nothing comes of age."""
        return 0

    def listed(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return all."""
        del generation
        return tuple(files)

    def reasons(
        self,
        project: NormalizedName,
        files: Sequence[StoredFile],
        generation: int | None = None,
    ) -> tuple[str, ...]:
        """Give none: all are listed."""
        del project, files, generation
        return ()

    def reserves(self, project: NormalizedName) -> bool:
        """Reserve no name."""
        del project
        return False

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name none."""
        return frozenset()

    def reserved_prefixes(self) -> frozenset[NormalizedName]:
        """Name none."""
        return frozenset()

    def steady_views(self) -> frozenset[str]:
        """Name none."""
        return frozenset()

    def through(self, view: str) -> ListingRule:
        """Know no view."""
        raise NoViewError(f"there is no view {view}")


ALL_LISTED = AllListed()


class Listing:
    """Applies the policy that holds; safe to use from threads.

    Its methods raise InvalidPolicyError where the policy was changed by other hands.
    """

    def __init__(
        self, house: Wheelhouse, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Take the wheelhouse that is served."""
        self._house = house
        self._now = now
        self._views = Views(house=house)
        self._read = lru_cache(MOST_DOCUMENTS)(document_of)
        self._read_view = lru_cache(MOST_DOCUMENTS)(document_of_view)

    def day(self) -> int:
        """Count the days up to now, in UTC, as resolutions do."""
        return self._now().astimezone(UTC).toordinal()

    def listed(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return those of a project's files that are listed."""
        policy = self._policy(generation)
        return tuple(files) if policy is None else listed(files, policy)

    def reasons(
        self,
        project: NormalizedName,
        files: Sequence[StoredFile],
        generation: int | None = None,
    ) -> tuple[str, ...]:
        """Say what the policy has against files, or what it says of a name."""
        policy = self._policy(generation)
        hidden = () if policy is None else _hidden(files, policy)
        said = hidden or _said_of(project, self._document(generation))
        # A name that was nobody's then is kept from others by what holds now.
        return said or (() if files else _said_of(project, self._document()))

    def reserves(self, project: NormalizedName) -> bool:
        """Tell whether a name is one's own, or blocked whole."""
        return bool(_said_of(project, self._document()))

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name what is reserved or blocked whole, of a prefix the name without more."""
        return _names_in(self._document())

    def reserved_prefixes(self) -> frozenset[NormalizedName]:
        """Name those of which all that begin so are reserved."""
        return _prefixes_in(self._document())

    def steady_views(self) -> frozenset[str]:
        """Name the views in which a page changes only when its project does."""
        return self._views.steady_names()

    def through(self, view: str) -> ListingRule:
        """Return the rule of what is seen through a view."""
        found = self._views.find(view)
        return _Through(
            base=self,
            view=found,
            document=self._read_view(found),
            moment=self._moment,
            held=lru_cache(MOST_HELD)(partial(held_in, self._house, found)),
        )

    def _policy(self, generation: int | None) -> Policy | None:
        document = self._document(generation)
        at = None if document is None else self._moment(generation)
        return None if document is None or at is None else document.at(at)

    def _moment(self, generation: int | None) -> datetime | None:
        """Return up to when ages count; None: before the first generation."""
        if generation is not None:
            return self._house.made_at(generation)
        return day_of(self._now())

    def _document(self, generation: int | None = None) -> PolicyDocument | None:
        stored = self._house.policy(generation)
        return None if stored is None else self._read(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Through:
    """What a view leaves of what its base lists."""

    base: ListingRule
    view: View
    document: PolicyDocument | None
    moment: Callable[[int | None], datetime | None]
    held: Callable[[int | None], frozenset[str] | None]
    """The files that the locks of its sets have; None: it is of none."""

    def day(self) -> int:
        return self.base.day()

    def listed(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        left = self._left(files, generation)
        policy = self._policy(generation)
        return left if policy is None else listed(left, policy)

    def reasons(
        self,
        project: NormalizedName,
        files: Sequence[StoredFile],
        generation: int | None = None,
    ) -> tuple[str, ...]:
        said = self.base.reasons(project, files, generation)
        left = self._left(files, generation)
        shown = self.base.listed(files, generation)
        if not all(self.view.is_as_of(file.upload_time) for file in shown):
            said = (*said, f"the view {self.view.name} is as of {self.view.day}")
        if any(not self._is_held(file, generation) for file in shown):
            said = (*said, f"the view {self.view.name} is of {self.view.of_sets}")
        policy = self._policy(generation)
        hidden = () if policy is None else _hidden(left, policy)
        own = hidden or _said_of(project, self.document)
        return tuple(dict.fromkeys((*said, *own)))

    def reserves(self, project: NormalizedName) -> bool:
        own = _said_of(project, self.document)
        return bool(own) or self.base.reserves(project)

    def reserved_names(self) -> frozenset[NormalizedName]:
        return self.base.reserved_names() | _names_in(self.document)

    def reserved_prefixes(self) -> frozenset[NormalizedName]:
        return self.base.reserved_prefixes() | _prefixes_in(self.document)

    def steady_views(self) -> frozenset[str]:
        return self.base.steady_views()

    def through(self, view: str) -> ListingRule:
        return self.base.through(view)

    def _left(
        self, files: Sequence[StoredFile], generation: int | None
    ) -> tuple[StoredFile, ...]:
        shown = self.base.listed(files, generation)
        return tuple(
            file
            for file in shown
            if self.view.is_as_of(file.upload_time) and self._is_held(file, generation)
        )

    def _is_held(self, file: StoredFile, generation: int | None) -> bool:
        held = self.held(generation)
        return held is None or file.filename in held

    def _policy(self, generation: int | None) -> Policy | None:
        at = None if self.document is None else self.moment(generation)
        return None if self.document is None or at is None else self.document.at(at)


def with_reasons(status: ProjectStatus, reasons: Sequence[str]) -> ProjectStatus:
    """Say beside a status why nothing is listed: PEP 792 has one place for reasons."""
    more = len(reasons) - MOST_SAID
    said = [status.reason, *reasons[:MOST_SAID], f"and {more} more" * (more > 0)]
    return replace(status, reason="; ".join(filter(None, said)))


def _hidden(files: Iterable[StoredFile], policy: Policy) -> tuple[str, ...]:
    """Say why a policy hides files, each reason once."""
    hidden = (each for each in affected(files, policy) if each.effect == "hidden")
    return tuple(dict.fromkeys(reason for each in hidden for reason in each.reasons))


def _said_of(
    project: NormalizedName, document: PolicyDocument | None
) -> tuple[str, ...]:
    """Say why nobody else may give a project: it is one's own, or blocked whole."""
    if document is None:
        return ()
    own = [
        f"{each.pattern} is reserved ({each.origin})"
        for each in document.reserved
        if each.covers(project)
    ]
    blocked = [
        f"{each.reason} ({each.origin})"
        for each in document.blocked
        if each.project == project and not str(each.specifier)
    ]
    return tuple(dict.fromkeys((*own, *blocked)))


def _prefixes_in(document: PolicyDocument | None) -> frozenset[NormalizedName]:
    patterns = () if document is None else (each.pattern for each in document.reserved)
    found = (p.removesuffix("-*") for p in patterns if p.endswith("-*"))
    return frozenset(map(canonicalize_name, found))


def _names_in(document: PolicyDocument | None) -> frozenset[NormalizedName]:
    """Name what a policy reserves or blocks whole, of a prefix the name without more."""
    if document is None:
        return frozenset()
    own = {canonicalize_name(r.pattern.removesuffix("-*")) for r in document.reserved}
    whole = {b.project for b in document.blocked if not str(b.specifier)}
    return frozenset(own | whole)
