"""Metadata of an index, and what it makes necessary or likely, all on the way at once.

An answer names projects, whose pages are read while other answers arrive; of such a page
the file that is most likely asked for next is read as well, and so on. A guess that is
wrong costs a request, and one that fails says nothing: whoever needs it asks again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import TypeAlias, TypeVar

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.universe.protocol import (
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
    _later: dict[int, list[_Key]] = field(init=False, default_factory=dict)
    """Guesses that a batch did not wait for, by the identity of who made them."""

    def read(
        self, files: Sequence[DistributionFile], names: Names
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer | UnaskedSdist]]:
        """Yield the answers for files, as they come.

        When they and the pages that they name are there, no further guess is begun but
        for these pages: the next batch goes on. Nor does the batch wait for a guess
        longer than it took, or a second: a slow file would hold up who needs it not.
        """
        batch = _Batch(self, files, names)
        results = self.transport.run(
            batch.first(), more=batch.more, is_enough=batch.has_all
        )
        for key, result in results:
            is_due = batch.is_due(key)
            likely: list[_Key] = []
            if result is None or isinstance(result, Page):
                if not isinstance(key, DistributionFile):
                    self.pages.setdefault(key, result)
                likely += batch.likely(result)
            elif isinstance(key, DistributionFile) and not isinstance(result, _Missed):
                if is_due:
                    yield key, result
                elif not isinstance(result, UnaskedSdist):
                    self.metadata.setdefault(key, result)
                named = () if isinstance(result, UnaskedSdist) else names(result)
                likely += batch.named(named, is_due=is_due)
            batch.begin(likely, is_due=is_due)

    def guessed(self, key: _Key) -> tuple[_Key, Exchange[_Read]]:
        """Read a page or a file of which nobody is sure."""
        if isinstance(key, DistributionFile):
            return key, _tentative(self.read_metadata(key))
        return key, _tentative(self.read_page(key))

    def take_later(self, names: Names) -> list[_Key]:
        """Take the guesses that were not begun, and are not known meanwhile."""
        later = self._later.pop(id(names), [])
        return [key for key in later if key not in self.metadata | self.pages]

    def keep_for_later(self, names: Names, keys: Iterable[_Key]) -> None:
        """Let a later batch begin with guesses."""
        self._later.setdefault(id(names), []).extend(keys)


class _Batch:
    """What one batch waits for, and what it may begin."""

    def __init__(
        self, ahead: Ahead, files: Sequence[DistributionFile], names: Names
    ) -> None:
        self.more: deque[tuple[_Key, Exchange[_Read]]] = deque()
        self._ahead = ahead
        self._files = files
        self._names = names
        self._guesses = guesses_of(names)
        self._due: set[_Key] = set(files)
        later = ahead.take_later(names) if files else []
        self._later = [key for key in later if key not in self._due]
        self._asked: set[_Key] = {*files, *ahead.pages, *later}

    def first(self) -> Iterator[tuple[_Key, Exchange[_Read]]]:
        """Begin with the files, and with what was guessed before."""
        yield from ((file, self._ahead.read_metadata(file)) for file in self._files)
        yield from map(self._ahead.guessed, self._later)

    def is_due(self, key: _Key) -> bool:
        """Tell whether something is waited for, which has come."""
        is_due = key in self._due
        self._due.discard(key)
        return is_due

    def has_all(self) -> bool:
        """Tell whether all that is waited for has come."""
        return not self._due

    def named(
        self, names: Iterable[NormalizedName], *, is_due: bool
    ) -> Sequence[NormalizedName]:
        """Read the pages that an answer names; return them where that is a guess."""
        new = [name for name in dict.fromkeys(names) if name not in self._asked]
        self._asked.update(new)
        if not is_due:
            return new
        self._due.update(new)
        self.more.extend((name, self._ahead.read_page(name)) for name in new)
        return ()

    def likely(self, page: Page | None) -> Iterator[DistributionFile]:
        """Yield the file of a page that is guessed, while guesses are left."""
        if page is None or self._guesses is None or not self._ahead.left:
            return
        file = self._guesses.likely(page)
        if file is None or file in self._asked or file in self._ahead.metadata:
            return
        self._ahead.left -= 1
        self._asked.add(file)
        yield file

    def begin(self, keys: Sequence[_Key], *, is_due: bool) -> None:
        """Begin guesses while they hold nobody up, or leave them for later."""
        if self._due or is_due:
            self.more.extend(map(self._ahead.guessed, keys))
        elif keys:
            self._ahead.keep_for_later(self._names, keys)


def _tentative(exchange: Exchange[_Result]) -> Exchange[_Result | _Missed]:
    """Let a guess fail without a word."""
    try:
        return (yield from exchange)
    except AxletreeError:
        return _Missed()
