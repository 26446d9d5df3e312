"""What pages list of a project's files, under the wheelhouse's policy.

What is blocked or too young is on no page, and what is warned of is yanked; a file is
given out all the same to whoever has its address, as installers of locks have. Age is
judged at the moment at which the generation was made: so a generation has the same
pages for ever, and the first change after it lets in what has come of age.
"""

from collections.abc import Sequence
from typing import Protocol

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import StoredFile, StoredPolicy
from axletree.wheelhouse.policy.document import PolicyDocument
from axletree.wheelhouse.policy.effects import listed
from axletree.wheelhouse.policy.keeping import document_of


class ListingRule(Protocol):
    """Says what a page lists of a project's files."""

    def __call__(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return those that are listed; of the newest generation where none is named."""
        ...


def all_of(
    files: Sequence[StoredFile],
    generation: int | None = None,  # noqa: ARG001  it is a `ListingRule`
) -> tuple[StoredFile, ...]:
    """List all, where there is no policy."""
    return tuple(files)


class Listing:
    """Applies the policy that holds; safe to use from threads."""

    def __init__(self, house: Wheelhouse) -> None:
        """Take the wheelhouse that is served."""
        self._house = house
        self._known: tuple[StoredPolicy, PolicyDocument] | None = None

    def of(
        self, files: Sequence[StoredFile], generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """Return what a page lists of files.

        :param generation: of which they are; None: the newest.
        :raises InvalidPolicyError: the policy was changed by other hands.
        """
        stored = self._house.policy(generation)
        made_at = self._house.made_at(generation)
        if stored is None or made_at is None:
            return tuple(files)
        known = self._known
        if known is None or known[0] != stored:
            known = self._known = (stored, document_of(stored))
        return listed(files, known[1].at(made_at))
