"""What only sentences tell of a release: its lines as written, and why files fell away.

Kept beside the tables, packed, since an answer has no use for it; asked for when a
sentence needs it. Like `axletree.resolver.universe.tables`, this imports next to
nothing.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import LeftOut, ParticularsTable
    from axletree.resolver.universe.tables import Project, Tables


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


def told_of(tables: Tables, project: Project, position: int) -> Particulars:
    """Return what sentences tell of a release, as far as it is read."""
    packed = project.particulars.get(position)
    if packed is None:
        is_read = position in project.releases
        table = tables.reader.particulars(project.name, position, is_read=is_read)
        project.particulars[position] = marshal.dumps(table)
        tables.note(project.name)
    else:
        table = marshal.loads(packed)  # noqa: S302  our own, its digest checked
    return Particulars(table)


def left_out_of(tables: Tables, project: Project) -> LeftOut:
    """Return the files of a page that no release is made of, with reasons."""
    project = tables.own(project)
    if project.left_out is None:
        project.left_out = tables.reader.left_out(project.name)
        tables.note(project.name)
    return project.left_out
