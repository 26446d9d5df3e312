"""What is listed, generation by generation; statuses, withdrawals, pins."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_IS_WITHDRAWN = sa.text("withdrawn_since IS NOT NULL")


def upgrade() -> None:
    """Give each file one listing: since it came, and yanked as it was."""
    moment = sa.DateTime(timezone=True)
    _make_listings()
    op.create_table(
        "statuses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project", sa.String, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("is_by_hand", sa.Boolean, nullable=False),
    )
    op.create_index("statuses_by_project", "statuses", ["project", "since", "until"])
    op.create_table(
        "pins",
        sa.Column(
            "generation",
            sa.Integer,
            sa.ForeignKey("generations.number"),
            primary_key=True,
        ),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", moment),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.add_column("generations", sa.Column("gone", sa.Text))
    op.add_column(
        "journal", sa.Column("detail", sa.Text, nullable=False, server_default="")
    )


def _make_listings() -> None:
    op.create_table(
        "listings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("file_id", sa.Integer, sa.ForeignKey("files.id"), nullable=False),
        sa.Column("project", sa.String, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("yanked", sa.String),
        sa.Column("is_by_hand", sa.Boolean, nullable=False),
    )
    op.execute(
        "INSERT INTO listings (file_id, project, since, yanked, is_by_hand) "
        "SELECT id, project, generation, yanked, false FROM files ORDER BY id"
    )
    op.create_index("listings_by_project", "listings", ["project", "since", "until"])
    op.create_index("listings_by_file", "listings", ["file_id"])
    op.create_index("listings_by_since", "listings", ["since", "project"])
    op.create_index("listings_by_until", "listings", ["until", "project"])
    op.drop_column("files", "yanked")
    op.add_column("files", sa.Column("withdrawn", sa.Text))
    op.add_column("files", sa.Column("withdrawn_since", sa.Integer))
    op.add_column("files", sa.Column("swept_at", sa.DateTime(timezone=True)))
    op.create_index(
        "files_by_withdrawal",
        "files",
        ["withdrawn_since"],
        sqlite_where=_IS_WITHDRAWN,
        postgresql_where=_IS_WITHDRAWN,
    )
