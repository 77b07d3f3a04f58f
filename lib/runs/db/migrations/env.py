"""Alembic runs this script for each command: the revisions, on the connection of `lib.runs.db.migrations.upgrade`."""

from alembic import context

from lib.runs.db.migrations import NOTE

context.configure(connection=context.config.attributes["connection"], version_table=NOTE.name)
with context.begin_transaction():
    context.run_migrations()
