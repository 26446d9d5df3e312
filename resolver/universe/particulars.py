"""What only sentences tell of a release: its lines as written, and why files fell away.

Kept beside the tables, packed, since an answer has no use for it; asked for when a
sentence needs it. Like `axletree.resolver.universe.tables`, this imports next to
nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import TypeAlias

    from axletree.resolver.model.distribution import ObservedKind

    Texts: TypeAlias = tuple[str, ...]
    LeftOut: TypeAlias = tuple[tuple[str, str], ...]
    """Files of a page that no release is made of, each with the reason."""
    FileParticulars: TypeAlias = tuple[str, str | None, bool, bool]
    """Of the file to install: its name and SHA-256, whether it is yanked, and whether
    it is for some patch releases of Python only."""
    LineParticulars: TypeAlias = tuple[tuple[str, str], ...]
    """Of each line of the `ReleaseTable`: as METADATA has it, and the address in it."""
    Broken: TypeAlias = tuple[tuple[str, ObservedKind | None], ...]
    """Of each file whose metadata is of no use: why, and by what that was observed on
    this machine alone."""
    FallenFiles: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
    """Of each file of a release without a usable one: its wheel tags (empty: it is an
    sdist) and the reasons."""
    Refusals: TypeAlias = tuple[tuple[str, str, int | None], ...]
    """By a policy: why, and the file and line that say so."""
    ParticularsTable: TypeAlias = tuple[
        FileParticulars,
        LineParticulars,
        tuple[FallenFiles, Texts, Texts, Refusals, Broken],
    ]
    """The last: files that fell away, Requires-Python of all files, reasons for which
    the others are yanked, refusals, broken files."""


class Particulars:
    """The particulars of one release, as far as it is read."""

    __slots__ = (
        "broken",
        "fallen",
        "filename",
        "is_split",
        "is_yanked",
        "lines",
        "pythons",
        "refusals",
        "sha256",
        "yanks",
    )

    def __init__(self, table: ParticularsTable) -> None:
        file, self.lines, fell = table
        self.filename, self.sha256, self.is_yanked, self.is_split = file
        self.fallen, self.pythons, self.yanks, self.refusals, self.broken = fell
