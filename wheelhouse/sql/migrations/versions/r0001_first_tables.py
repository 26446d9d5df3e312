"""Files, their metadata, generations, the journal and finished collections."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "metadata",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("filename", sa.String, nullable=False, unique=True),
        sa.Column("identity", sa.String, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("tag", sa.String, nullable=False),
        sa.Column("build", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("requires_python", sa.String),
        sa.Column("upload_time", moment),
        sa.Column("entered_at", moment, nullable=False),
        sa.Column("yanked", sa.String),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("metadata_sha256", sa.String, sa.ForeignKey("metadata.sha256")),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_index("files_by_project", "files", ["project"])
    op.create_index("files_by_sha256", "files", ["sha256"])
    op.create_table(
        "generations",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("subjects", sa.Text, nullable=False),
    )
    op.create_table(
        "collections",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("requirements", sa.Text, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("exclude_newer", moment),
        sa.Column("pins", sa.Text, nullable=False),
        sa.Column("filenames", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
    )
