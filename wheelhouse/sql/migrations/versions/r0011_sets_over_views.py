"""Sets that are locked over what a view leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("set_versions", sa.Column("view", sa.String))
