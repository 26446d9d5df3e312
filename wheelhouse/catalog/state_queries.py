"""What a quick answer asks a wheelhouse's database, and the catalog asks as well.

Texts, since SQLAlchemy takes longer to import than most answers to find; nothing is
imported here. A test holds them to `axletree.wheelhouse.catalog.tables`.
"""

DATABASE = "wheelhouse.sqlite"
"""Its name in the wheelhouse's folder."""

REVISION = "0002"
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

PROJECTS_SINCE = "SELECT DISTINCT project FROM files WHERE generation > ?"
"""What was published after a generation."""

FILES_OF = (
    "SELECT {columns} FROM files WHERE generation <= ? AND project IN ({wanted}) "
    "ORDER BY id"
)
"""The files of some projects up to a generation, in the order in which they came."""

METADATA = "SELECT sha256, content FROM metadata WHERE sha256 IN ({wanted})"
"""METADATA by digest."""
