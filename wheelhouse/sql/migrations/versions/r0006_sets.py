"""Requirement sets: their texts, what is known of them, and what that hangs on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make their tables."""
    _make_history()
    _make_state()


def _make_history() -> None:
    op.create_table(
        "set_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("requirements", sa.Text, nullable=False),
        sa.Column("constraints", sa.Text, nullable=False),
        sa.Column("environments", sa.Text, nullable=False),
        sa.Column("is_removed", sa.Boolean, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_index(
        "set_versions_by_name", "set_versions", ["name", "number"], unique=True
    )
    op.create_table(
        "set_outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("lock", sa.Text),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("set_outcomes_by_set", "set_outcomes", ["name", "environment"])


def _make_state() -> None:
    outcome, state = "set_outcomes.id", "set_states.id"
    op.create_table(
        "set_states",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("outcome_id", sa.Integer, sa.ForeignKey(outcome), nullable=False),
        sa.Column("lock_id", sa.Integer, sa.ForeignKey(outcome)),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "set_states_by_set", "set_states", ["name", "environment"], unique=True
    )
    op.create_index("set_states_by_generation", "set_states", ["generation"])
    op.create_table(
        "set_reads",
        sa.Column("state_id", sa.Integer, sa.ForeignKey(state), primary_key=True),
        sa.Column("project", sa.String, primary_key=True),
    )
    op.create_index("set_reads_by_project", "set_reads", ["project"])
    op.create_table(
        "set_lock_files",
        sa.Column("outcome_id", sa.Integer, sa.ForeignKey(outcome), primary_key=True),
        sa.Column("filename", sa.String, primary_key=True),
    )
    op.create_index("set_lock_files_by_name", "set_lock_files", ["filename"])
