"""The contended project's versions on a line: the empty intersection at a glance.

Long lists are thinned where nothing changes: a dropped version is judged by every row
as the shown one before it, so no boundary of any row is lost.
"""

from __future__ import annotations

from itertools import pairwise

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal, Protocol, TypeAlias

    Thinning: TypeAlias = Literal["none", "ends", "starts", "allowed"]

    class Row(Protocol):
        """Who allows which versions."""

        @property
        def label(self) -> str:
            """Name who."""
            ...

        @property
        def allowed(self) -> Sequence[bool]:
            """Tell it of each version."""
            ...

    class Drawable(Protocol):
        """What is drawn: `model.Picture`, or the like of it."""

        @property
        def project(self) -> str:
            """Name the contended project."""
            ...

        @property
        def versions(self) -> Sequence[str]:
            """List its versions, oldest first."""
            ...

        @property
        def rows(self) -> Sequence[Row]:
            """List who bears on it."""
            ...


_ROOM_SHARE = 0.4
"""Part of a line that is left to the versions, however long a label is."""
_SHORT_SHARE = 0.55
"""The same of a short drawing, which is to be one block."""


class Column:
    """One version that is shown."""

    __slots__ = ("has_gap_before", "position", "version")

    def __init__(self, position: int, version: str, *, has_gap_before: bool) -> None:
        self.position = position
        """Its index in `Drawable.versions`."""
        self.version = version
        self.has_gap_before = has_gap_before
        """Versions between this column and the one before are left out."""


class Signs:
    """The characters of a drawing."""

    __slots__ = ("allowed", "gap", "refused")

    def __init__(self, *, allowed: str, refused: str, gap: str) -> None:
        self.allowed = allowed
        self.refused = refused
        self.gap = gap


UNICODE = Signs(allowed="●", refused="○", gap="…")
ASCII = Signs(allowed="X", refused=".", gap="..")
_JOINING = {"and", "to", "…"}
"""Words that stand between two others, and say nothing at the end."""


def columns(picture: Drawable, thinning: Thinning) -> tuple[Column, ...]:
    """Choose the versions to show.

    :param thinning: `none` shows all; `ends` the first and last of each run of
        versions that all rows judge alike; `starts` the first of each, and the last
        of all; `allowed` only the first and the last that each row allows.
    """
    last = len(picture.versions) - 1
    if thinning == "none":
        return _columns(picture, range(last + 1))
    if thinning == "allowed":
        return _columns(picture, sorted(_outermost(picture) or {0, last}))
    starts = _starts(picture)
    ends = (start - 1 for start in starts if start and thinning == "ends")
    return _columns(picture, sorted({*starts, *ends, last}))


def draw(
    picture: Drawable, *, width: int, signs: Signs = UNICODE, is_short: bool = False
) -> tuple[str, ...]:
    """Draw one line of versions and one line for each row, within `width` columns.

    When even the boundaries are too many for a line, they go on in further blocks.

    :param is_short: show no more than the first and last version that each row allows.
    """
    if not picture.versions:
        return ()
    share = _SHORT_SHARE if is_short else _ROOM_SHARE
    label_width = _label_width(picture, width, share)
    lines: list[str] = []
    room = width - label_width
    for block in blocks(
        picture, room, lambda column: _cell_width(column, signs), is_short=is_short
    ):
        lines.append(_label(picture.project, label_width, signs) + _head(block, signs))
        lines += [
            _label(row.label, label_width, signs) + _marks(block, row.allowed, signs)
            for row in picture.rows
        ]
    return tuple(line.rstrip() for line in lines)


def blocks(
    picture: Drawable,
    room: float,
    width_of: Callable[[Column], float],
    *,
    is_short: bool = False,
) -> Iterator[tuple[Column, ...]]:
    """Thin a picture's columns no more than they must be, and break what is left.

    :param width_of: what a column takes of `room`; a wider one is a block of its own.
    :param is_short: as `draw` has it.
    """
    thinnings: tuple[Thinning, ...] = ("none", "ends", "starts")
    if is_short:
        thinnings = (*thinnings, "allowed")
    choices = [columns(picture, thinning) for thinning in thinnings]
    fitting = (shown for shown in choices if sum(map(width_of, shown)) <= room)
    block: list[Column] = []
    for column in next(fitting, choices[-1]):
        if block and sum(map(width_of, [*block, column])) > room:
            yield tuple(block)
            block = []
        block.append(column)
    if block:
        yield tuple(block)


def cut(label: str, room: int, gap: str = UNICODE.gap) -> str:
    """Leave out words in the middle of a label that is longer than `room`.

    A word alone is cut only where neither the first nor the last fits.
    """
    if len(label) <= room:
        return label
    # Who asks stands at the beginning, for what at the end: both are needed.
    words = label.split(" ")
    heads, tails = 0, 0
    for _ in words:
        kept = [
            (more, fewer)
            for more, fewer in ((heads, tails + 1), (heads + 1, tails))
            if len(_without_middle(words, more, fewer, gap)) <= room
        ]
        if not kept:
            break
        # Both ends grow alike, the first one first: a name and its version.
        heads, tails = min(kept, key=lambda ends: abs(ends[0] - ends[1] - 0.5))
    if heads or tails:
        return _without_middle(words, heads, tails, gap)
    head = (room - len(gap)) // 2
    return label[:head] + gap + label[head + len(gap) - room :]


def _without_middle(words: Sequence[str], heads: int, tails: int, gap: str) -> str:
    while heads and words[heads - 1] in _JOINING:
        heads -= 1
    return " ".join((*words[:heads], gap, *words[len(words) - tails :]))


def _starts(picture: Drawable) -> list[int]:
    judged = [
        tuple(row.allowed[position] for row in picture.rows)
        for position in range(len(picture.versions))
    ]
    changes = (at for at, (one, two) in enumerate(pairwise(judged), 1) if one != two)
    return [0, *changes]


def _outermost(picture: Drawable) -> set[int]:
    found: set[int] = set()
    for row in picture.rows:
        allowed = [at for at, is_allowed in enumerate(row.allowed) if is_allowed]
        found.update((allowed[0], allowed[-1]) if allowed else ())
    return found


def _columns(picture: Drawable, positions: Sequence[int]) -> tuple[Column, ...]:
    before = (positions[0] - 1, *positions)
    return tuple(
        Column(
            position,
            picture.versions[position],
            has_gap_before=position != previous + 1,
        )
        for previous, position in zip(before, positions, strict=False)
    )


def _label_width(picture: Drawable, width: int, share: float) -> int:
    longest = max(len(picture.project), *(len(row.label) for row in picture.rows), 0)
    return min(longest + 2, width - int(width * share))


def _label(text: str, width: int, signs: Signs) -> str:
    return cut(text, width - 2, signs.gap).ljust(width)


def _cell_width(column: Column, signs: Signs) -> int:
    gap = len(signs.gap) + 1 if column.has_gap_before else 0
    return gap + len(column.version) + 2


def _head(block: Sequence[Column], signs: Signs) -> str:
    return "".join(
        (f"{signs.gap} " if column.has_gap_before else "") + f"{column.version}  "
        for column in block
    )


def _marks(block: Sequence[Column], allowed: Sequence[bool], signs: Signs) -> str:
    return "".join(
        (" " * (len(signs.gap) + 1) if column.has_gap_before else "")
        + (signs.allowed if allowed[column.position] else signs.refused).center(
            len(column.version)
        )
        + "  "
        for column in block
    )
