"""A PostgreSQL server for the tests: a new folder, a free local port, removed at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from lib.cluster.postgres import binaries
from lib.runs.db import tables
from tests.processes import free_port
from tests.waiting import PATIENCE

__all__ = ["binaries", "drop_connections", "emptied", "new_database", "postgres_server"]


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """The URL of a running server, without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data, port = folder / "data", free_port()
    try:
        if os.getuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres")
        _run(programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://tester@127.0.0.1:{port}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def new_database(server: str, name: str) -> str:
    """The URL of an empty database on the server."""
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{server}/{name}"


def emptied(url: str) -> str:
    """The same URL, when the database has no connection and no table any more."""
    server, _, name = url.rpartition("/")
    drop_connections(server, name)
    engine = sa.create_engine(tables.address(url))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        connection.execute(sa.text("GRANT USAGE ON SCHEMA public TO PUBLIC"))  # as in a new database
    engine.dispose()
    return url


def drop_connections(server: str, name: str, first: str = "") -> int:
    """Ends every connection to the database, after the statement `first` if given; returns their number."""
    engine = sa.create_engine(tables.address(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if first:
            connection.execute(sa.text(first))
        drop = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        dropped = len(connection.execute(drop, {"name": name}).all())
    engine.dispose()
    return dropped


def _run(*command: object) -> None:
    # The server refuses to run as root: then its programs run as the user that its package made.
    user = "postgres" if os.getuid() == 0 else None
    words = [str(word) for word in command]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=PATIENCE, user=user, group=user)
