"""A class has a room, with members, guesses and digits; a run may belong to a room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"

metadata = sa.MetaData()


def _room_id(primary_key: bool = True) -> sa.Column[str]:
    return sa.Column("room_id", sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


sa.Table(
    "rooms",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(8), unique=True),
    sa.Column("code_expires_at", sa.DateTime, nullable=False),
    sa.Column("teacher", sa.String(64), nullable=False, index=True),
    sa.Column("secret_sha256", sa.String(64), unique=True),
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held", sa.Text, nullable=False, server_default="[]"),
    sa.Column("opened", sa.String(200), nullable=False, server_default=""),
    sa.Column("opened_at", sa.DateTime),
    sa.Column("locked", sa.Text, nullable=False, server_default="[]"),
    sa.Column("hidden", sa.Text, nullable=False, server_default="[]"),
    sa.Column("names_hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("doors", sa.String(8), nullable=False, server_default="open"),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("used_at", sa.DateTime, nullable=False),
    sa.Column("ended_at", sa.DateTime),
)

sa.Table(
    "room_members",
    metadata,
    _room_id(),
    sa.Column("visitor", sa.String(64), primary_key=True),
    sa.Column("nickname", sa.String(32), nullable=False),
    sa.Column("admitted", sa.Boolean, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("joined_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False),
    sa.Column("place", sa.String(64), nullable=False, server_default=""),
    sa.Column("doing", sa.String(32), nullable=False, server_default=""),
    sa.Index("ix_room_members_visitor", "visitor", "joined_at"),
    sa.Index("ix_room_members_nickname", "room_id", "nickname", unique=True),
)

sa.Table(
    "room_guesses",
    metadata,
    _room_id(),
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("visitor", sa.String(64), primary_key=True),
    sa.Column("guess", sa.Float(53), nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

sa.Table(
    "room_digits",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    _room_id(primary_key=False),
    sa.Column("visitor", sa.String(64), nullable=False),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("prediction", sa.SmallInteger),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_room_digits_room_number", "room_id", "number"),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    """Adds the tables, the column and the index that are missing; no earlier run belongs to a room."""
    connection = op.get_bind()
    metadata.create_all(connection)
    if "room_id" not in {column["name"] for column in sa.inspect(connection).get_columns("runs")}:
        op.add_column("runs", sa.Column("room_id", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_runs_room_number", "runs", ["room_id", "number"], if_not_exists=True)
