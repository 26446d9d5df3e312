"""Metadata of an index, and what it makes necessary or likely, all on the way at once.

An answer names projects, whose pages are read while other answers arrive; of such a page
the file that is most likely asked for next is read as well, and so on. A guess that is
wrong costs a request, and one that fails says nothing: whoever needs it asks again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.universe.protocol import (
    GuessesFiles,
    MetadataAnswer,
    guesses_of,
)
from axletree.wheelhouse.transport.client import Transport
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.sdists import UnaskedSdist

MOST_GUESSES = 512
"""Files that one run reads on a guess alone."""

Names: TypeAlias = Callable[[MetadataAnswer], Iterable[NormalizedName]]
"""Which pages an answer makes necessary."""

_Result = TypeVar("_Result")
_Key: TypeAlias = DistributionFile | NormalizedName


class _Missed:
    """In place of what was guessed and did not come."""


_Read: TypeAlias = MetadataAnswer | UnaskedSdist | Page | _Missed | None


@dataclass(slots=True, kw_only=True)
class Ahead:
    """Reads batches of metadata; what comes besides is kept."""

    transport: Transport
    read_page: Callable[[NormalizedName], Exchange[Page | None]]
    read_metadata: Callable[[DistributionFile], Exchange[MetadataAnswer | UnaskedSdist]]
    pages: dict[NormalizedName, Page | None]
    """Those that were read."""
    metadata: dict[DistributionFile, MetadataAnswer]
    """That of files that were read."""
    left: int = MOST_GUESSES
    """Guesses."""

    def read(
        self, files: Sequence[DistributionFile], names: Names
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer | UnaskedSdist]]:
        """Yield the answers for files, as they come."""
        more: deque[tuple[_Key, Exchange[_Read]]] = deque()
        wanted, asked = frozenset(files), set(self.pages)
        guesses = guesses_of(names)
        exchanges = ((file, self.read_metadata(file)) for file in files)
        for key, result in self.transport.run(exchanges, more=more):
            if isinstance(result, _Missed):
                continue
            if result is None or isinstance(result, Page):
                if not isinstance(key, DistributionFile):
                    self.pages.setdefault(key, result)
                if guesses is not None and result is not None:
                    more.extend(self._guess(result, guesses, wanted))
            elif isinstance(key, DistributionFile):
                if key in wanted:
                    yield key, result
                elif not isinstance(result, UnaskedSdist):
                    self.metadata.setdefault(key, result)
                named = () if isinstance(result, UnaskedSdist) else names(result)
                new = [name for name in dict.fromkeys(named) if name not in asked]
                asked.update(new)
                pages = ((name, self.read_page(name)) for name in new)
                if key in wanted:
                    more.extend(pages)
                else:
                    more.extend((name, _tentative(page)) for name, page in pages)

    def _guess(
        self, page: Page, guesses: GuessesFiles, wanted: frozenset[DistributionFile]
    ) -> Iterator[tuple[_Key, Exchange[_Read]]]:
        if not self.left:
            return
        file = guesses.likely(page)
        if file is not None and file not in wanted and file not in self.metadata:
            self.left -= 1
            yield file, _tentative(self.read_metadata(file))


def _tentative(exchange: Exchange[_Result]) -> Exchange[_Result | _Missed]:
    """Let a guess fail without a word."""
    try:
        return (yield from exchange)
    except AxletreeError:
        return _Missed()
