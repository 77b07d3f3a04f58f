"""TF2 Lab on several machines, for a look on one: python -m lib.cluster

Two web servers with homes of their own, a Dask scheduler, three workers, a PostgreSQL database and one place for
weights, all as processes of their own. The addresses are printed; Ctrl-C ends everything. A process that is killed
comes back, as it would where a system's own service starts it anew. `--database` and `--weights` name a database and a
storage that are there already, such as an S3 bucket (s3://bucket/weights; FSSPEC_S3_ENDPOINT_URL, FSSPEC_S3_KEY and
FSSPEC_S3_SECRET say where and who).
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lib.cluster import postgres
from lib.cluster.supervisor import Member, Supervisor
from lib.runs.engine.cluster import DASK, LOGGING

LOCAL = "127.0.0.1"
WORKER = (
    "--nthreads",
    "1",
    "--memory-limit",
    "0",
    "--no-nanny",
    "--no-dashboard",
    "--preload",
    "lib.runs.worker.worker",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cluster until it is interrupted."""
    given = parser().parse_args(arguments)
    is_over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_over.set())
    with folder_of(given.folder) as folder, Supervisor(members(given, folder), folder, say) as running:
        threading.Thread(target=announce, args=[given, folder, is_over], daemon=True).start()
        running.watch(is_over)
        say("ending …")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m lib.cluster", description=__doc__.partition("\n\n")[0])
    made.add_argument("--ports", type=ports, default=(8501, 8502), metavar="N,N,…", help="one for each web server")
    made.add_argument("--scheduler", type=port, default=8786, metavar="N", help="the port of the Dask scheduler")
    made.add_argument("--workers", type=int, default=3, metavar="N")
    made.add_argument("--short", type=int, default=1, metavar="N", help="how many of the workers take short work alone")
    made.add_argument("--database", metavar="URL", help="a database of yours; else PostgreSQL, if installed, or SQLite")
    made.add_argument("--database-port", type=port, default=5433, metavar="N", help="of the PostgreSQL started here")
    made.add_argument("--weights", metavar="URL", help="a place of yours for weights; else a folder")
    made.add_argument("--folder", type=Path, help="for everything written, and kept; else a new one, which is removed")
    return made


def port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return number


def ports(text: str) -> tuple[int, ...]:
    return tuple(map(port, text.split(",")))


@contextmanager
def folder_of(given: Path | None) -> Iterator[Path]:
    """The folder for everything written; without one given, a new one, removed at the end."""
    folder = given.absolute() if given else Path(tempfile.mkdtemp(prefix="tf2lab-cluster-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if given is None:
            shutil.rmtree(folder, ignore_errors=True)


def members(given: argparse.Namespace, folder: Path) -> list[Member]:
    """Everything that runs, in the order of its start."""
    found, scheduler = [], f"tcp://{LOCAL}:{given.scheduler}"
    settings = folder / "dask.json"
    settings.write_text(json.dumps(nested(DASK)))
    shared = {
        **LOGGING,
        "DASK_CONFIG": str(settings),
        "TF2LAB_DATABASE_URL": database(given, folder),
        "TF2LAB_ARTIFACTS": given.weights or str(folder / "weights"),
        "TF2LAB_SCHEDULER": scheduler,
        # A page of one server may send a form to the other.
        "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(),
    }
    if is_ours(given):
        place = [str(folder / "postgres"), str(given.database_port)]
        found.append(Member(name="database", module="lib.cluster.postgres", arguments=place))
    address = ["--host", LOCAL, "--port", str(given.scheduler), "--no-dashboard"]
    found.append(
        Member(name="scheduler", module="distributed.cli.dask_scheduler", arguments=address, environment=shared)
    )
    for number in range(1, given.workers + 1):
        lane = "short=1" if number > given.workers - given.short else "long=1"
        found.append(worker(f"worker-{number}", scheduler, lane, folder, shared))
    for number, at in enumerate(given.ports, 1):
        found.append(server(f"web-{number}", at, folder, shared))
    return found


def is_ours(given: argparse.Namespace) -> bool:
    """Whether the database is a PostgreSQL started here."""
    return given.database is None and postgres.binaries() is not None


def database(given: argparse.Namespace, folder: Path) -> str:
    if is_ours(given):
        return postgres.url(given.database_port)
    return given.database or f"sqlite:///{folder / 'tf2lab.db'}"


def worker(name: str, scheduler: str, lane: str, folder: Path, shared: dict[str, str]) -> Member:
    home = folder / "workers"  # one for all: a comparison waits while another process of its home imports TensorFlow
    home.mkdir(exist_ok=True)
    arguments = [scheduler, *WORKER, "--name", name, "--resources", lane, "--local-directory", str(home)]
    environment = {**shared, "TF2LAB_HOME": str(home)}
    return Member(name=name, module="distributed.cli.dask_worker", arguments=arguments, environment=environment)


def server(name: str, at: int, folder: Path, shared: dict[str, str]) -> Member:
    home = folder / name
    home.mkdir(exist_ok=True)
    arguments = ["run", "app.py", "--server.headless=true", f"--server.address={LOCAL}", f"--server.port={at}"]
    environment = {**shared, "TF2LAB_HOME": str(home)}
    return Member(name=name, module="streamlit", arguments=arguments, environment=environment)


def nested(flat: dict[str, object]) -> dict[str, object]:
    """{"a.b": 1} as {"a": {"b": 1}}, which is how a file says it."""
    made: dict[str, object] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        inner = made
        for part in path:
            inner = inner.setdefault(part, {})  # type: ignore[assignment]
        inner[last] = value
    return made


def announce(given: argparse.Namespace, folder: Path, is_over: threading.Event) -> None:
    """Says the addresses once everything answers."""
    addresses = [f"http://{LOCAL}:{at}" for at in given.ports]
    others = [given.scheduler, *([given.database_port] if is_ours(given) else [])]
    while not (all(map(answers, addresses)) and all(map(listens, others))):
        if is_over.wait(0.5):
            return
    say("web servers   " + "  ".join(addresses))
    say(f"scheduler     tcp://{LOCAL}:{given.scheduler}, {given.workers} workers ({given.short} for short work)")
    say(f"database      {postgres.url(given.database_port) if is_ours(given) else 'as given, or SQLite'}")
    say(f"weights       {given.weights or folder / 'weights'}")
    say(f"logs          {folder}")
    say("Ctrl-C ends everything.")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def listens(number: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOCAL, number)) == 0


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
