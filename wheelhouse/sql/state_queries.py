"""What a quick answer asks a wheelhouse's database, and the catalog asks as well.

Texts, since SQLAlchemy takes longer to import than most answers to find; nothing is
imported here. A test holds them to `axletree.wheelhouse.sql.tables`.
"""

DATABASE = "wheelhouse.sqlite"
"""Its name in the wheelhouse's folder."""

REVISION = "0013"
"""The newest migration; opening a database with another one migrates it."""

REVISION_OF = "SELECT version_num FROM alembic_version"
"""Which migration a database is of."""

NEWEST_GENERATION = (
    "SELECT number, made_at FROM generations ORDER BY number DESC LIMIT 1"
)
"""The generation and when it was made; no row before the first publish."""

STATE = f"SELECT ({REVISION_OF}), newest.* FROM ({NEWEST_GENERATION}) AS newest"  # noqa: S608  both stand above
"""The revision and the newest generation, at one moment."""

GENERATION_IS = "SELECT count(*) FROM generations WHERE number = ? AND made_at = ?"
"""1 where a generation was made at that time: it is of this history."""

POLICY = "SELECT since, name, content FROM policies WHERE until IS NULL"
"""The policy that holds now; no row where there is none."""

PROJECTS_SINCE = (
    "SELECT project FROM listings WHERE since > ?1 "
    "UNION SELECT project FROM listings WHERE until > ?1 "
    "UNION SELECT project FROM statuses WHERE since > ?1 "
    "UNION SELECT project FROM files WHERE withdrawn_since > ?1 "
    "UNION SELECT project FROM variants WHERE since > ?1 OR until > ?1 "
    "OR withdrawn_since > ?1"
)
"""The projects of which something was changed after a generation."""

FILES_OF = (
    "SELECT {columns} FROM listings AS l JOIN files AS f ON f.id = l.file_id "
    "WHERE l.since <= ? AND (l.until IS NULL OR l.until > ?) "
    "AND l.project IN ({wanted}) ORDER BY f.id"
)
"""The files of some projects in a generation, in the order in which they came.

Those that were withdrawn are among them, whenever that was.
"""

FILE_NAMED = (
    "SELECT {columns} FROM listings AS l JOIN files AS f ON f.id = l.file_id "
    "WHERE f.filename = ? AND l.until IS NULL AND f.withdrawn IS NULL"
)
"""The file of a name that is listed now; none that was withdrawn."""

STATUSES_OF = (
    "SELECT project, status, reason FROM statuses "
    "WHERE since <= ? AND (until IS NULL OR until > ?) AND project IN ({wanted})"
)
"""The statuses that some projects have in a generation; active ones have none."""

METADATA = "SELECT sha256, content FROM metadata WHERE sha256 IN ({wanted})"
"""METADATA by digest."""
