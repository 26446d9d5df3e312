"""Which attestations of an index are listed with a file."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("listings", sa.Column("provenance_sha256", sa.String))
