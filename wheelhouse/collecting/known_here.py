"""An index as a wheelhouse sees it that is filled from it.

What was withdrawn here does not come again, so it is not chosen; and what is the
wheelhouse's own by a reserved name is there, and on no index of others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, ExcludedFile, Page
from axletree.resolver.model.limits import Reserved, is_of_others
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Relay,
    Universe,
    read_ahead,
)
from axletree.wheelhouse.catalog import listing
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHere(Relay):
    """Another universe, with what a wheelhouse knows of it."""

    base: Universe
    own: Universe
    """The wheelhouse's files."""
    withdrawn: Mapping[str, str]
    """File name, or SHA-256 -> why it was withdrawn."""
    reserved: Sequence[Reserved] = ()
    """Names of which the wheelhouse's files are taken, if it has any."""
    has_folders: bool = False
    """There are folders among the base, which may have more of a reserved name."""
    _own_files: set[DistributionFile] = field(default_factory=set)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the wheelhouse's pages of reserved names, and the base's of all others."""
        reserved = [n for n in projects if any(r.covers(n) for r in self.reserved)]
        own = self.own.pages(reserved) if reserved else {}
        pages = {name: page for name, page in own.items() if page and page.files}
        self._own_files.update(file for page in pages.values() for file in page.files)
        # An index of others is not even told what names are reserved.
        others = [n for n in projects if n not in pages or self.has_folders]
        found = self.base.pages(others) if others else {}
        left = {name: page and self._left(page) for name, page in found.items()}
        return left | {n: _beside(own, left.get(n)) for n, own in pages.items()}

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask whose file it is."""
        own = [file for file in files if file in self._own_files]
        others = [file for file in files if file not in self._own_files]
        answers = dict(self.own.metadata(own)) if own else {}
        if others:
            answers.update(read_ahead(self.base, others, names))
        return answers

    def _left(self, page: Page) -> Page:
        if not self.withdrawn:
            return page
        why = {file: self._why(file) for file in page.files}
        gone = [
            ExcludedFile(name=file.filename, reason=f"it was withdrawn here{reason}")
            for file, reason in why.items()
            if reason is not None
        ]
        kept = tuple(file for file in page.files if why[file] is None)
        return replace(page, files=kept, excluded=(*page.excluded, *gone))

    def _why(self, file: DistributionFile) -> str | None:
        sha256 = file.hashes.get("sha256", "").lower()
        reason = self.withdrawn.get(sha256, self.withdrawn.get(file.filename))
        return f": {reason}" if reason else reason


def _beside(own: Page, other: Page | None) -> Page:
    """Put what lies in folders beside the wheelhouse's files of a reserved name."""
    names = {file.filename for file in own.files}
    files = () if other is None else other.files
    more = (f for f in files if f.filename not in names and not is_of_others(f))
    return replace(own, files=(*own.files, *more))


def known_here(
    base: Universe,
    house: Wheelhouse,
    reserved: Sequence[Reserved] = (),
    *,
    has_folders: bool = False,
) -> Universe:
    """Show an index as the wheelhouse sees it.

    :param reserved: names of which the wheelhouse's own files are taken.
    :param has_folders: there are folders among the base.
    """
    with house.database.reading() as connection:
        rows = listing.read_withdrawn(connection)
    withdrawn = {
        str(row[name]): str(row["withdrawn"])
        for row in rows
        for name in ("filename", "sha256")
    }
    if not withdrawn and not reserved:
        return base
    return KnownHere(
        base=base,
        own=WheelhouseUniverse(house),
        withdrawn=withdrawn,
        reserved=reserved,
        has_folders=has_folders,
    )
