"""What is said of how files came about, and the keys that it is signed with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("file_id", sa.Integer, sa.ForeignKey("files.id"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("unsigned", sa.Text, nullable=False),
    )
    op.create_index(
        "attestations_by_file", "attestations", ["file_id", "kind"], unique=True
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("keyid", sa.String, nullable=False, unique=True),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
