"""Pages and metadata of an index, and what they make necessary or likely, on their way.

An answer names projects, whose pages are asked for at once; of such a page the file that
is most likely asked for next is read as well, and so on. Whoever asks waits for what he
asked for and for nothing else: the rest goes on with the next question, which may need no
more of it, as where the answers clash. A guess that is wrong costs a request, and one that
fails says nothing: whoever needs it asks again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from types import NoneType
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
from axletree.wheelhouse.transport.loop import Loop
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.sdists import UnaskedSdist

MOST_GUESSES = 512
"""Files that one run reads on a guess alone."""

Names: TypeAlias = Callable[[MetadataAnswer], Iterable[NormalizedName]]
"""Which pages an answer makes necessary."""

_Result = TypeVar("_Result")
_Key: TypeAlias = DistributionFile | NormalizedName
_Read: TypeAlias = MetadataAnswer | UnaskedSdist | Page | None
_PAGE = (Page, NoneType)


@dataclass(frozen=True, slots=True)
class _Missed:
    """In place of what did not come."""

    error: AxletreeError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What is known of something on its way."""

    names: Names
    """Who tells what it makes necessary."""
    is_guess: bool
    """Nobody was sure of it when it was begun."""
    thread: int
    """Who began it: `names` is not for others."""


@dataclass(slots=True, kw_only=True)
class Ahead:
    """Reads what is asked for; what comes besides is kept."""

    transport: Transport
    read_page: Callable[[NormalizedName], Exchange[Page | None]]
    read_metadata: Callable[[DistributionFile], Exchange[MetadataAnswer | UnaskedSdist]]
    pages: dict[NormalizedName, Page | None]
    """Those that were read."""
    metadata: dict[DistributionFile, MetadataAnswer]
    """That of files that were read."""
    left: int = MOST_GUESSES
    """Guesses."""
    _loop: Loop[_Key, "_Read | _Missed"] | None = field(init=False, default=None)
    _begun: dict[_Key, _Begun] = field(init=False, default_factory=dict)
    """What is on its way in this loop."""

    def pages_of(
        self, projects: Sequence[NormalizedName], names: Names
    ) -> Iterator[tuple[NormalizedName, Page | None]]:
        """Yield pages that are not read, as they come; begin what they make likely.

        :raises AxletreeError: one does not come.
        """
        for key, result in self._awaited(projects, names, is_idle=True):
            if not isinstance(key, DistributionFile) and isinstance(result, _PAGE):
                yield key, result

    def metadata_of(
        self, files: Sequence[DistributionFile], names: Names
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer | UnaskedSdist]]:
        """Yield the answers for files, as they come; begin what they make necessary.

        :raises AxletreeError: one does not come.
        """
        is_idle = guesses_of(names) is not None
        for key, result in self._awaited(files, names, is_idle=is_idle):
            if isinstance(key, DistributionFile) and not isinstance(result, _PAGE):
                yield key, result

    def _awaited(
        self, keys: Sequence[_Key], names: Names, *, is_idle: bool
    ) -> Iterator[tuple[_Key, _Read]]:
        if not keys:
            return
        with self.transport.standing(self._loop) as loop:
            if loop is not self._loop:
                self._loop = loop
                self._begun.clear()
            awaited = _Awaited(keys, self._begun, is_idle=is_idle)
            self._begin([key for key in keys if key not in self._begun], names)
            for key, result in loop.results(awaited):
                begun = self._begun.pop(key)
                is_due = awaited.take(key)
                if not isinstance(result, _Missed):
                    self._follow(key, result, begun, is_due=is_due)
                    if is_due:
                        yield key, result
                elif is_due:
                    if not begun.is_guess:
                        raise result.error
                    awaited.add(key)
                    self._begin([key], begun.names)

    def _begin(
        self, keys: Sequence[_Key], names: Names, *, is_guess: bool = False
    ) -> None:
        thread = threading.get_ident()
        begun = _Begun(names=names, is_guess=is_guess, thread=thread)
        self._begun.update(dict.fromkeys(keys, begun))
        if self._loop is not None:
            self._loop.begin((key, _tentative(self._read(key))) for key in keys)

    def _read(self, key: _Key) -> Exchange[_Read]:
        if isinstance(key, DistributionFile):
            return (yield from self.read_metadata(key))
        return (yield from self.read_page(key))

    def _follow(self, key: _Key, result: _Read, begun: _Begun, *, is_due: bool) -> None:
        """Keep what came, and begin what it makes necessary or likely."""
        is_ours = begun.thread == threading.get_ident()
        if isinstance(result, _PAGE):
            if not isinstance(key, DistributionFile):
                self.pages.setdefault(key, result)
            if is_ours and result is not None:
                self._guess(result, begun.names)
            return
        if isinstance(result, UnaskedSdist):
            # Who asked for it sees to it; a guess is for wheels.
            return
        if not is_due and isinstance(key, DistributionFile):
            self.metadata.setdefault(key, result)
        if is_ours:
            named = dict.fromkeys(begun.names(result))
            unread = (n for n in named if n not in self.pages and n not in self._begun)
            self._begin([*unread], begun.names, is_guess=not is_due)
            for page in filter(None, map(self.pages.get, named)):
                # What is said of it now may make another file of it likely.
                self._guess(page, begun.names)

    def _guess(self, page: Page, names: Names) -> None:
        """Read the file of a page that is guessed, while guesses are left."""
        guesses = guesses_of(names)
        if guesses is None or not self.left:
            return
        file = guesses.likely(page)
        if file is None or file in self._begun or file in self.metadata:
            return
        self.left -= 1
        self._begin([file], names, is_guess=True)


class _Awaited:
    """What one question waits for."""

    def __init__(
        self, keys: Iterable[_Key], begun: Mapping[_Key, _Begun], *, is_idle: bool
    ) -> None:
        """Wait for some.

        :param is_idle: while nothing of it has come, other things are worth a look.
        """
        self._due = set(keys)
        self._is_idle = is_idle
        self._begun = begun
        self._thread = threading.get_ident()

    def add(self, key: _Key) -> None:
        self._due.add(key)

    def take(self, key: _Key) -> bool:
        """Tell whether something is due, which has come."""
        is_due = key in self._due
        self._due.discard(key)
        return is_due

    def is_met(self) -> bool:
        return not self._due

    def is_due(self, key: _Key) -> bool:
        return key in self._due

    def is_welcome(self, key: _Key) -> bool:
        """Tell whether this thread began it: it may know what follows from it."""
        return self._is_idle and self._begun[key].thread == self._thread


def _tentative(exchange: Exchange[_Result]) -> Exchange[_Result | _Missed]:
    """Let it be decided later whether a failure matters."""
    try:
        return (yield from exchange)
    except AxletreeError as error:
        return _Missed(error)
