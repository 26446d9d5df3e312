"""Views: named filters that never change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make their table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("exclude_newer", moment),
        sa.Column("policy_name", sa.String),
        sa.Column("policy", sa.Text),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("removed_at", moment),
    )
