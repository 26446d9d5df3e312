"""Listings of variants, which an index may change."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make their table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "variants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("filename", sa.String, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("upload_time", moment),
        sa.Column("entered_at", moment, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("withdrawn", sa.Text),
        sa.Column("withdrawn_since", sa.Integer),
    )
    op.create_index("variants_by_project", "variants", ["project"])
    op.create_index("variants_by_filename", "variants", ["filename"])
