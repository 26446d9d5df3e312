"""The wheelhouse that a mistyped path may mean."""

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from axletree.reading import is_folder
from axletree.wheelhouse.sql.state_queries import DATABASE

MOST_ENTRIES = 1000
"""Of a folder that is looked through: the names after them are not seen."""
_MOST_ALIKE = 3
"""Names that are followed for one mistyped name."""
_ALIKE = 0.6
_MOST_TYPOS = 2
"""Names of one path that are taken for mistyped."""


def nearest_wheelhouse(home: Path, others: Sequence[Path] = ()) -> Path | None:
    """Return a wheelhouse that is there, with a path much like the one that is not.

    :param home: where there is none.
    :param others: where one may be, whatever its path.
    """
    absolute = home.absolute()
    places = (
        *_spelled_alike(Path(absolute.anchor), absolute.parts[1:]),
        *islice(absolute.parents, 2),
        *_folders(absolute),
        *_folders(absolute.parent),
        *others,
    )
    return next((place for place in places if _has_database(place)), None)


def _spelled_alike(
    folder: Path, parts: tuple[str, ...], typos: int = _MOST_TYPOS
) -> Iterator[Path]:
    """Yield what is there with each name as given, or, of some, with one much like it."""
    if not parts:
        yield folder
        return
    name, rest = parts[0], parts[1:]
    if is_folder(folder / name):
        yield from _spelled_alike(folder / name, rest, typos)
    names = [each.name for each in _folders(folder) if each.name != name]
    for alike in get_close_matches(name, names, _MOST_ALIKE, _ALIKE) if typos else ():
        yield from _spelled_alike(folder / alike, rest, typos - 1)


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each in islice(entries, MOST_ENTRIES)]
    except (OSError, ValueError):
        return
    for name in sorted(names):
        if is_folder(folder / name):
            yield folder / name


def _has_database(folder: Path) -> bool:
    try:
        return (folder / DATABASE).is_file()
    except (OSError, ValueError):
        return False
