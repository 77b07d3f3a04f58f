"""Revision 0001: the tables when databases began to record their revision.

It applies to any database without a recorded revision: an older one gets what it lacks, a complete one only the record.
This file never changes: it is not a copy of `lib.runs.db.tables`, which develops further.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData()


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


sa.Table(
    "runs",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False, server_default="train"),
    sa.Column("config", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("total_steps", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(64), nullable=False, server_default=""),
    sa.Column("guess", sa.Float(53)),
    sa.Column("base", sa.String(32), nullable=False, server_default=""),
    sa.Column("stop_wished", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("pause_after", sa.Integer),
    sa.Column("rate_wished", sa.Float(53)),
    sa.Column("scheme", sa.Integer, nullable=False, server_default="1"),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("engine", sa.String(128)),
    sa.Column("worker", sa.String(255)),
    sa.Column("stands_on", sa.String(255)),
    sa.Column("stands_at", sa.DateTime),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("queued_at", sa.DateTime),
    sa.Column("claimed_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
    sqlite_autoincrement=True,
)

sa.Table(
    "events",
    metadata,
    _run_id(),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

sa.Table(
    "progress",
    metadata,
    _run_id(),
    sa.Column("last_step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_step", sa.Integer, nullable=False),
    sa.Column("losses", sa.LargeBinary, nullable=False),
    sa.Column("accuracies", sa.LargeBinary, nullable=False),
    sa.Column("images_per_second", sa.Float(53)),
)

sa.Table(
    "checkpoints",
    metadata,
    _run_id(),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("weights_sha256", sa.String(64)),
    sa.Column("state_step", sa.Integer),
    sa.Column("state_path", sa.Text),
    sa.Column("state_sha256", sa.String(64)),
    sa.Column("state_sequence", sa.Integer),
)

sa.Table("tunings", metadata, _run_id(), sa.Column("digits", sa.LargeBinary, nullable=False))

sa.Table(
    "own_digits",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", sa.DateTime, nullable=False),
    sqlite_autoincrement=True,
)

sa.Table(
    "snapshots",
    metadata,
    _run_id(),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)

sa.Table(
    "engines",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("beats", sa.Integer, nullable=False),
)


def upgrade() -> None:
    """Creates the missing tables, columns and indexes."""
    connection = op.get_bind()
    metadata.create_all(connection)
    found = sa.inspect(connection).get_multi_columns(filter_names=list(metadata.tables))
    there = {(table, column["name"]) for (_, table), columns in found.items() for column in columns}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if (table.name, column.name) not in there:
                op.add_column(table.name, column)
        for index in table.indexes:
            index.create(connection, checkfirst=True)
