"""Views that list what the locks of sets have."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("views", sa.Column("sets", sa.Text))
