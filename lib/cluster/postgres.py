"""A PostgreSQL server for a look, made of the system's programs: data in a folder, open to this machine alone.

python -m lib.cluster.postgres FOLDER PORT      a member of the cluster
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "tf2lab"


def binaries() -> Path | None:
    """The folder of the server's programs; None if it is not installed."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else next(iter(FOLDERS), None)


def account() -> str | None:
    """The user that the server runs as: it refuses to be root, and has its package's user then."""
    return "postgres" if hasattr(os, "getuid") and os.getuid() == 0 else None


def prepare(folder: Path) -> None:
    """Makes the data in `folder`, unless they are there. Raises CalledProcessError."""
    data = folder / "data"
    if data.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    if user := account():
        folder.parent.chmod(0o711)  # it has to get there
        shutil.chown(folder, user)
    run("initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")


def url(port: int) -> str:
    return f"postgresql://{USER}@127.0.0.1:{port}/postgres"


def run(program: str, *arguments: str, check: bool = True) -> None:
    programs, user = binaries(), account()
    assert programs is not None
    command = [str(programs / program), *arguments]
    subprocess.run(command, check=check, stdout=subprocess.DEVNULL, cwd="/", user=user, group=user)


def command(folder: Path, port: int) -> Sequence[str]:
    """The server in the foreground."""
    programs = binaries()
    assert programs is not None
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    return [str(programs / "postgres"), "-D", str(folder / "data"), *options]


def main(folder: str, port: str) -> int:
    """Serves until the process is told to end, and then lets no connection keep it."""
    place = Path(folder)
    prepare(place)
    if (place / "data" / "postmaster.pid").exists():  # of a server whose process here was killed; it may live on
        run("pg_ctl", "-D", str(place / "data"), "-m", "fast", "stop", check=False)
    user = account()
    with subprocess.Popen(command(place, int(port)), cwd="/", user=user, group=user) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
        return server.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
