"""What the files of each project come to, so that a list reads no row of a file."""

from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

from axletree.wheelhouse.sql.version_lists import versions_text

revision = "0012"
down_revision = "0011"

_LISTED = sa.text(
    "SELECT l.project, f.version, l.yanked IS NOT NULL, f.size_bytes "
    "FROM listings AS l JOIN files AS f ON f.id = l.file_id "
    "WHERE l.until IS NULL AND f.withdrawn_since IS NULL ORDER BY l.project"
)


def upgrade() -> None:
    """Make their table, and add up what is listed."""
    made = op.create_table(
        "tallies",
        sa.Column("project", sa.String, primary_key=True),
        sa.Column("file_count", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("versions", sa.Text, nullable=False),
    )
    rows = []
    for project, found in groupby(op.get_bind().execute(_LISTED), itemgetter(0)):
        files = list(found)
        rows.append(
            {
                "project": project,
                "file_count": len(files),
                "size_bytes": sum(size for *_, size in files),
                "versions": versions_text((v, bool(y)) for _, v, y, _ in files),
            }
        )
    op.bulk_insert(made, rows)
