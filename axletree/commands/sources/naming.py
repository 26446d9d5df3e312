"""Where candidates come from, as sentences name it.

Like `axletree.resolver.universe.tables`, this imports next to nothing: quick
explanations say the same.
"""

from __future__ import annotations

import os

from axletree.resolver.conflicts.phrases import HERE

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal, TypeAlias

    from axletree.resolver.model.facts import Core, Fact

    SourceKind: TypeAlias = Literal["wheelhouse", "view", "folder", "index", "snapshot"]


class SourceName:
    """A source, or several that are asked together."""

    __slots__ = ("is_public", "kind", "text")

    def __init__(self, kind: SourceKind, text: str, *, is_public: bool = False) -> None:
        self.kind = kind
        self.text = text
        """`in the wheelhouse at /data/wheelhouse`."""
        self.is_public = is_public
        """Whether the public index is among them."""

    def told(self, core: Core) -> Core:
        """Give the same core, with the facts on what is not there naming the source."""
        return core.telling([self._of(fact) for fact in core.facts])

    def _of(self, fact: Fact) -> Fact:
        if HERE not in fact.text:
            return fact
        return fact.told(fact.text.replace(HERE, self.text))


def wheelhouse_name(
    home: str, *, is_elsewhere: bool = False, is_empty: bool = False
) -> SourceName:
    """Name a wheelhouse by where it really is.

    :param is_elsewhere: on servers, so that `home` names no folder alone.
    """
    where = home if is_elsewhere else os.path.realpath(home)
    empty = ", which is empty" if is_empty else ""
    return SourceName("wheelhouse", f"in the wheelhouse at {where}{empty}")


def view_name(place: SourceName, name: str, day: str, sets: str) -> SourceName:
    """Name what is seen through a view of a wheelhouse.

    :param day: that it is as of; empty: it is as of now.
    :param sets: of whose locks it is; empty: it is of all.
    """
    said = [f"of {sets}"] if sets else []
    said += [f"as of {day}"] if day else []
    as_of = f", {' and '.join(said)}," if said else ""
    of = place.text.removeprefix("in ")
    return SourceName("view", f"in the view {name}{as_of} of {of}")


def snapshot_name(path: str) -> SourceName:
    """Name a snapshot as it was given."""
    return SourceName("snapshot", f"in the snapshot {os.path.normpath(path)}")


def files_name(
    folders: Sequence[str], indexes: Sequence[str] = (), *, is_public: bool = False
) -> SourceName:
    """Name folders and indexes, without logins, in the order in which they are asked."""
    named = [f"the folder {folder}" for folder in folders]
    named += [f"the index at {index}" for index in indexes]
    kind: SourceKind = "index" if indexes else "folder"
    return SourceName(kind, f"in {' or '.join(named)}", is_public=is_public)
