"""What Alembic runs: it migrates over the connection that it is handed.

The caller has begun the transaction, so that a killed migration leaves nothing.
"""

from alembic import context

from axletree.wheelhouse.sql.tables import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema)
context.run_migrations()
