"""What is seen through a view: files on pages, and a universe to resolve over.

Its policy is obeyed beside the wheelhouse's own, which it cannot lift: a view only ever
leaves more out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, ExcludedFile, Page
from axletree.resolver.model.limits import Policy
from axletree.resolver.universe.protocol import Relay, Universe
from axletree.wheelhouse.policy.document import PolicyDocument
from axletree.wheelhouse.policy.reading import document_of
from axletree.wheelhouse.views.definition import View


def document_of_view(view: View) -> PolicyDocument | None:
    """Read a view's policy, which names the view wherever it says where it stands.

    :raises InvalidPolicyError: it was changed by other hands.
    """
    if view.policy is None:
        return None
    name = f"{view.policy.name} of the view {view.name}"
    return document_of(replace(view.policy, name=name))


def policy_of(view: View, at: datetime) -> Policy:
    """Return what a view's policy says at a moment; nothing, where it has none."""
    document = document_of_view(view)
    return Policy() if document is None else document.at(at)


def seen_through(
    universe: Universe, view: View, held: frozenset[str] | None
) -> Universe:
    """Leave out what a view does, but for what its policy says.

    :param held: the files that the locks of its sets have; None: it is of none.
    """
    if view.exclude_newer is None and held is None:
        return universe
    return SeenUniverse(base=universe, view=view, held=held)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUniverse(Relay):
    """A universe as a view has it: what is left out is not there, nor was it ever."""

    base: Universe
    view: View
    held: frozenset[str] | None

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Leave out what came later, and what no lock has."""
        found = self.base.pages(projects)
        return {name: page and self._seen(page) for name, page in found.items()}

    def _seen(self, page: Page) -> Page | None:
        files = [file for file in page.files if self._is_held(file.filename)]
        timeless: list[ExcludedFile] = []
        if self.view.exclude_newer is not None:
            timeless = [self._excluded(f) for f in files if f.upload_time is None]
        excluded = [e for e in page.excluded if self._is_there(e)]
        seen = replace(
            page,
            files=tuple(f for f in files if self.view.is_as_of(f.upload_time)),
            excluded=(*excluded, *timeless),
        )
        has_any = seen.files or seen.excluded or seen.unasked
        return seen if has_any or seen.status is not None else None

    def _is_held(self, filename: str) -> bool:
        return self.held is None or filename in self.held

    def _is_there(self, excluded: ExcludedFile) -> bool:
        # Nobody has said when it came, and it falls away by itself.
        is_timely = excluded.upload_time is None or self.view.is_as_of(
            excluded.upload_time
        )
        return is_timely and self._is_held(excluded.name)

    def _excluded(self, file: DistributionFile) -> ExcludedFile:
        reason = (
            f"its upload time is not known, and the view {self.view.name} is as of "
            f"{self.view.day}"
        )
        return ExcludedFile(name=file.filename, reason=reason)
