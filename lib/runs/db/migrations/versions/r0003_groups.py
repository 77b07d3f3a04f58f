"""A run may belong to a group of runs that were started together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Adds the table, the column and the indexes that are missing; no earlier run belongs to a group."""
    found = sa.inspect(op.get_bind())
    if not found.has_table("groups"):
        op.create_table(
            "groups",
            sa.Column("id", sa.String(32), primary_key=True),
            sa.Column("owner", sa.String(64), nullable=False),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("plan", sa.Text, nullable=False),
            sa.Column("created_at", sa.DateTime, nullable=False),
        )
    if "group_id" not in {column["name"] for column in found.get_columns("runs")}:
        op.add_column("runs", sa.Column("group_id", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_groups_owner_created", "groups", ["owner", "created_at"], if_not_exists=True)
    op.create_index("ix_runs_group_number", "runs", ["group_id", "number"], if_not_exists=True)
