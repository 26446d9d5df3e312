"""What pages list of a project's files, under the wheelhouse's policy.

What is blocked or too young is on no page, and what is warned of is yanked; a file is
given out all the same to whoever has its address, as installers of locks have. Of a
generation age is judged at the moment at which it was made, so that it has the same pages
for ever; of now, on the day that it is.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Protocol

from packaging.utils import NormalizedName, canonicalize_name

from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import StoredFile, StoredPolicy
from axletree.wheelhouse.policy.document import PolicyDocument
from axletree.wheelhouse.policy.effects import listed
from axletree.wheelhouse.policy.reading import document_of


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

    def reserves(self, project: NormalizedName) -> bool:
        """Tell whether nobody else may give a project, also one that has no file here."""
        ...

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name those of which it can be said beforehand: a prefix has no end of others."""
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

    def reserves(self, project: NormalizedName) -> bool:
        """Reserve no name."""
        del project
        return False

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name none."""
        return frozenset()


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
        self._known: tuple[StoredPolicy, PolicyDocument] | None = None

    def day(self) -> int:
        """Count the days up to now, in UTC, as resolutions do."""
        return self._now().astimezone(UTC).toordinal()

    def listed(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return those of a project's files that are listed."""
        document = self._document(generation)
        at = self._today() if generation is None else self._house.made_at(generation)
        if document is None or at is None:
            return tuple(files)
        return listed(files, document.at(at))

    def reserves(self, project: NormalizedName) -> bool:
        """Tell whether a name is one's own, or blocked whole."""
        document = self._document()
        return document is not None and (
            any(each.covers(project) for each in document.reserved)
            or project in _blocked_whole(document)
        )

    def reserved_names(self) -> frozenset[NormalizedName]:
        """Name what is reserved or blocked whole, of a prefix the name without more."""
        document = self._document()
        if document is None:
            return frozenset()
        own = {
            canonicalize_name(r.pattern.removesuffix("-*")) for r in document.reserved
        }
        return _blocked_whole(document) | own

    def _today(self) -> datetime:
        return datetime.combine(self._now().astimezone(UTC), time(), UTC)

    def _document(self, generation: int | None = None) -> PolicyDocument | None:
        stored = self._house.policy(generation)
        if stored is None:
            return None
        known = self._known
        if known is None or known[0] != stored:
            known = self._known = (stored, document_of(stored))
        return known[1]


def _blocked_whole(document: PolicyDocument) -> frozenset[NormalizedName]:
    """Name the projects of which every release is blocked: from nowhere is one taken."""
    return frozenset(b.project for b in document.blocked if not str(b.specifier))
