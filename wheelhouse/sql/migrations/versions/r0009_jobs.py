"""Jobs: what is built, by whom, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make their tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("started_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("lease_until", moment),
        sa.Column("not_before", moment),
        sa.Column("cancelled_by", sa.String),
        sa.Column("log", sa.Text, nullable=False, server_default=""),
        sa.Column("result", sa.Text),
        sa.Column("failure", sa.Text),
    )
    op.create_index("jobs_by_state", "jobs", ["state"])
    op.create_table(
        "job_needs",
        sa.Column("job_id", sa.Integer, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("needed_id", sa.Integer, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
    )
