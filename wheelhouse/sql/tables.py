"""The tables as they are now; `migrations` says how each came to be."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

schema = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times in UTC; SQLite itself drops the zone, PostgreSQL gives its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  SQLAlchemy's signature
    ) -> datetime | None:
        """Store every time as UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  SQLAlchemy's signature
    ) -> datetime | None:
        """Say that it is UTC."""
        if value is None or value.tzinfo is None:
            return value.replace(tzinfo=UTC) if value else None
        return value.astimezone(UTC)


files = Table(
    "files",
    schema,
    Column("id", Integer, primary_key=True),
    Column("project", String, nullable=False),
    Column("version", String, nullable=False),
    Column("filename", String, nullable=False, unique=True),
    # Normalised name, version, build tag and tag set: what may exist only once,
    # however its file name is spelled.
    Column("identity", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("tag", String, nullable=False),
    Column("build", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("requires_python", String),
    Column("upload_time", UtcDateTime),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("origin", String, nullable=False),
    Column("metadata_sha256", String, ForeignKey("metadata.sha256")),
    Column("generation", Integer, nullable=False),
    # In no generation is it given out any more, nor in one from before.
    Column("withdrawn", Text),
    Column("withdrawn_since", Integer),
    # `gc` took its bytes: name and hash stay, and only the same bytes may come again.
    Column("swept_at", UtcDateTime),
    Index("files_by_project", "project"),
    Index("files_by_sha256", "sha256"),
    Index(
        "files_by_withdrawal",
        "withdrawn_since",
        sqlite_where=text("withdrawn_since IS NOT NULL"),
        postgresql_where=text("withdrawn_since IS NOT NULL"),
    ),
)

listings = Table(
    "listings",
    schema,
    Column("id", Integer, primary_key=True),
    Column("file_id", Integer, ForeignKey("files.id"), nullable=False),
    # The file's, once more: what is asked for is always that of some projects.
    Column("project", String, nullable=False),
    # The generations of which it is true: `since` and all up to, without, `until`.
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("yanked", String),
    # What an index says anew does not undo what was done here by hand.
    Column("is_by_hand", Boolean, nullable=False),
    # Of the attestations that an index has given along.
    Column("provenance_sha256", String),
    Index("listings_by_project", "project", "since", "until"),
    Index("listings_by_file", "file_id"),
    Index("listings_by_since", "since", "project"),
    Index("listings_by_until", "until", "project"),
)

statuses = Table(
    "statuses",
    schema,
    Column("id", Integer, primary_key=True),
    Column("project", String, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("status", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_by_hand", Boolean, nullable=False),
    Index("statuses_by_project", "project", "since", "until"),
)

# What is given out now of each project; a project of which nothing is has no row.
tallies = Table(
    "tallies",
    schema,
    Column("project", String, primary_key=True),
    Column("file_count", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    # A line for each version, the newest first: 1 or 0, whether it is yanked, and it.
    Column("versions", Text, nullable=False),
)

metadata = Table(
    "metadata",
    schema,
    Column("sha256", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Listings of variants, which may change: a row is what one held, and when.
variants = Table(
    "variants",
    schema,
    Column("id", Integer, primary_key=True),
    Column("project", String, nullable=False),
    Column("version", String, nullable=False),
    Column("filename", String, nullable=False),
    # The generations that list it: `since` and all up to, without, `until`.
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("sha256", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    # JSON, as it came.
    Column("content", LargeBinary, nullable=False),
    Column("upload_time", UtcDateTime),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("origin", String, nullable=False),
    # Of all that its name ever held: in no generation is it given out any more.
    Column("withdrawn", Text),
    Column("withdrawn_since", Integer),
    Index("variants_by_project", "project"),
    Index("variants_by_filename", "filename"),
)

generations = Table(
    "generations",
    schema,
    Column("number", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    # Why what it lists cannot be had any more, since `gc` has taken some of it.
    Column("gone", Text),
)

pins = Table(
    "pins",
    schema,
    Column("generation", Integer, ForeignKey("generations.number"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("until", UtcDateTime),
    Column("actor", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

journal = Table(
    "journal",
    schema,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("subjects", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)

collections = Table(
    "collections",
    schema,
    Column("key", String, primary_key=True),
    Column("requirements", Text, nullable=False),
    Column("environment", String, nullable=False),
    Column("exclude_newer", UtcDateTime),
    Column("pins", Text, nullable=False),
    Column("filenames", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
)

attestations = Table(
    "attestations",
    schema,
    Column("id", Integer, primary_key=True),
    Column("file_id", Integer, ForeignKey("files.id"), nullable=False),
    # Of a file there is one of each kind.
    Column("kind", String, nullable=False),
    # The generation from which an index shows it.
    Column("since", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # Why it is ours and not signed; empty: it is signed, or not ours.
    Column("unsigned", Text, nullable=False),
    Index("attestations_by_file", "file_id", "kind", unique=True),
)

keys = Table(
    "keys",
    schema,
    Column("id", Integer, primary_key=True),
    Column("keyid", String, nullable=False, unique=True),
    # PEM, of the public half alone.
    Column("public", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

policies = Table(
    "policies",
    schema,
    Column("id", Integer, primary_key=True),
    # The generations in which it holds: `since` and all up to, without, `until`.
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    # Of the file that it was set from, for messages.
    Column("name", String, nullable=False),
    Column("content", Text, nullable=False),
)

views = Table(
    "views",
    schema,
    Column("id", Integer, primary_key=True),
    # Taken for ever, also by a view that was removed.
    Column("name", String, nullable=False, unique=True),
    # The first instant that is too new.
    Column("exclude_newer", UtcDateTime),
    Column("policy_name", String),
    Column("policy", Text),
    # The sets, a line for each, of whose locks it lists the files; NULL: it lists all.
    Column("sets", Text),
    # The newest when it was made.
    Column("generation", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("removed_at", UtcDateTime),
)

tokens = Table(
    "tokens",
    schema,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    # Of the secret, which is not kept.
    Column("sha256", String, nullable=False, unique=True),
    Column("rights", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("used_at", UtcDateTime),
)

set_versions = Table(
    "set_versions",
    schema,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    # Counts from 1, also over a removal: a number never means two things.
    Column("number", Integer, nullable=False),
    Column("requirements", Text, nullable=False),
    Column("constraints", Text, nullable=False),
    # Over what this leaves it is locked; NULL: over all.
    Column("view", String),
    # Pairs of a Python and a platform.
    Column("environments", Text, nullable=False),
    # The set ends with this version.
    Column("is_removed", Boolean, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Index("set_versions_by_name", "name", "number", unique=True),
)

# One row for each time that what is known of a set in an environment became another.
set_outcomes = Table(
    "set_outcomes",
    schema,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("environment", String, nullable=False),
    Column("result", String, nullable=False),
    # Since when it is so, and why: what came in, or went, in this generation.
    Column("since", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    # Why there is no lock, in words; empty where there is one.
    Column("report", Text, nullable=False),
    # pylock.toml.
    Column("lock", Text),
    Column("generation", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("set_outcomes_by_set", "name", "environment"),
)

# What holds now, for each environment of each set that is not removed.
set_states = Table(
    "set_states",
    schema,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("outcome_id", Integer, ForeignKey("set_outcomes.id"), nullable=False),
    # The newest lock of this version of the set.
    Column("lock_id", Integer, ForeignKey("set_outcomes.id")),
    # Up to here the outcome is known: what came after it and touches the set is queued.
    Column("generation", Integer, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Index("set_states_by_set", "name", "environment", unique=True),
    Index("set_states_by_generation", "generation"),
)

# The projects that the last resolution has asked for, those that are not here as well.
set_reads = Table(
    "set_reads",
    schema,
    Column("state_id", Integer, ForeignKey("set_states.id"), primary_key=True),
    Column("project", String, primary_key=True),
    Index("set_reads_by_project", "project"),
)

set_lock_files = Table(
    "set_lock_files",
    schema,
    Column("outcome_id", Integer, ForeignKey("set_outcomes.id"), primary_key=True),
    Column("filename", String, primary_key=True),
    Index("set_lock_files_by_name", "filename"),
)

jobs = Table(
    "jobs",
    schema,
    Column("id", Integer, primary_key=True),
    # Of all that decides what comes out: the same once more is the same job.
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("label", String, nullable=False),
    # What to do, as JSON, so that it can be done again from here alone.
    Column("spec", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # How often it was begun since it was last asked for; and ever, which fences off
    # whoever began it before.
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", String),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    # Who has asked for its end.
    Column("cancelled_by", String),
    Column("log", Text, nullable=False, server_default=""),
    # Both JSON: what came out, or why nothing did.
    Column("result", Text),
    Column("failure", Text),
    Index("jobs_by_state", "state"),
)

job_needs = Table(
    "job_needs",
    schema,
    Column("job_id", Integer, ForeignKey("jobs.id"), primary_key=True),
    Column("needed_id", Integer, ForeignKey("jobs.id"), primary_key=True),
    # What for: `build`, `install`.
    Column("kind", String, nullable=False),
)
