"""What a collect says of files that did not come, and what stops it at once."""

from collections.abc import Mapping

from axletree.errors import AxletreeError
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.errors import (
    BreaksSetError,
    IncompleteCollectionError,
    InvalidDistributionError,
    SpoiledCollectionError,
    UnansweredCollectionError,
)
from axletree.wheelhouse.findings import lines_of
from axletree.wheelhouse.sdist_builder import SdistFindingError
from axletree.wheelhouse.transport.errors import (
    FileGoneError,
    TooLargeError,
    UnreachableIndexError,
)

_OUTSIDE_FAILED, _INTEGRITY, _OUR_BUG = 3, 4, 70
_OF_ONE_FILE = (FileGoneError, SdistFindingError, TooLargeError)

_OF_THIS_MACHINE = frozenset({"limits", "host"})
"""Another machine may build the sdist."""


def stops_all(error: AxletreeError) -> bool:
    """Tell whether it says nothing about the file at hand: our disk, a lost network."""
    if isinstance(error, BreaksSetError):
        return True  # it is about all of them together
    is_of_us = error.exit_code in {_OUTSIDE_FAILED, _OUR_BUG}
    return is_of_us and not isinstance(error, _OF_ONE_FILE)


def incomplete(
    failures: Mapping[str, AxletreeError], *, where: str
) -> IncompleteCollectionError:
    """Make the error that names every file; the gravest of them decides its code."""
    codes = {_code(error) for error in failures.values()}
    kind = IncompleteCollectionError
    if _INTEGRITY in codes:
        kind = SpoiledCollectionError
    elif _OUTSIDE_FAILED in codes:
        kind = UnansweredCollectionError
    missing = {name: _reason(name, failures[name]) for name in sorted(failures)}
    lines = "".join(f"\n  {name}: {reason}" for name, reason in missing.items())
    files = counted(len(missing), "file")
    hints = {error.hint for error in failures.values()}
    found = kind(
        f"{files} could not be collected; the others stay:{lines}",
        where=where,
        # Where there is one way on, it is the way on.
        hint=hints.pop() if len(hints) == 1 else "",
    )
    found.missing = missing
    return found


def _code(error: AxletreeError) -> int:
    if isinstance(error, UnreachableIndexError):
        return _OUTSIDE_FAILED
    if isinstance(error, SdistFindingError) and error.kind in _OF_THIS_MACHINE:
        return _OUTSIDE_FAILED
    return error.exit_code if error.exit_code == _INTEGRITY else 1


def _reason(name: str, error: AxletreeError) -> str:
    place = f" (see {error.where})" if error.where not in {"", name} else ""
    if isinstance(error, InvalidDistributionError) and len(error.findings) > 1:
        lines = "".join(f"\n    {line}" for line in lines_of(error.findings))
        return f"it is not let in:{lines}"
    if not isinstance(error, SdistFindingError):
        return f"{error.what}{place}"
    is_said = not error.telling or error.telling in error.what
    said = "" if is_said else f": {error.telling}"
    helps = f"; {error.advice}" if error.advice else ""
    return f"{error.what}{said}{helps}{place}"
