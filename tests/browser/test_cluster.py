"""python -m lib.cluster: any server shows and controls any run, and a run goes on whatever dies."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page

from lib.cluster import postgres
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from lib.runs.model.unavailable import HEALTH_TEXT, StoreUnavailable
from tests.benchmarks.disturbance import command_of
from tests.browser.expecting import expect
from tests.browser.serving import ROOT
from tests.browser.visiting import press, who
from tests.processes import free_port
from tests.runs import light
from tests.runs.engine.s3 import Storage, s3_storage
from tests.runs.processes import LIGHT
from tests.waiting import PATIENCE, until

RUN = TrainConfig(epochs=100, steps_per_call=10, patience=100, target_accuracy=1.0)
"""Ends when it is allowed to."""


class Cluster:
    """A cluster for a look; `members` are its processes."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self.storage, self.folder, self.ports = storage, folder, [free_port(), free_port()]
        self.scheduler, database = free_port(), free_port()
        words = {
            "--ports": ",".join(map(str, self.ports)),
            "--scheduler": str(self.scheduler),
            "--database-port": str(database),
            "--workers": "2",
            "--short": "0",
            "--weights": storage.environment["TF2LAB_ARTIFACTS"],
            "--folder": str(folder),
        }
        self.environment = {**os.environ, **storage.environment, "TF2LAB_TRAINING": LIGHT}
        self.command = [sys.executable, "-m", "lib.cluster", *(word for pair in words.items() for word in pair)]
        self.url = postgres.url(database)

    def members(self, word: str = "lib.cluster.member") -> list[psutil.Process]:
        """The processes with this word among their arguments."""
        family = psutil.Process(self.process.pid).children()
        return [process for process in family if word in " ".join(command_of(process))]

    def kill(self, word: str) -> None:
        (process,) = self.members(word)
        process.kill()
        until(lambda: [one for one in self.members(word) if one.pid != process.pid])

    @contextmanager
    def stays_dead(self, process: psutil.Process, by: signal.Signals = signal.SIGKILL) -> Iterator[None]:
        """Kills the process at once; nothing is started anew before the end of the block."""
        self.process.send_signal(signal.SIGSTOP)
        process.send_signal(by)
        try:
            until(lambda: not lives(process))
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def page(self, server: int, run_id: str) -> str:
        return f"http://127.0.0.1:{self.ports[server]}/train?run={run_id}"


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    with (cluster.folder / "cluster.log").open("ab") as log:
        cluster.process = subprocess.Popen(cluster.command, cwd=ROOT, env=cluster.environment, stdout=log)
    try:
        until(lambda: "Ctrl-C" in (cluster.folder / "cluster.log").read_text())
        yield cluster
    finally:
        family = psutil.Process(cluster.process.pid).children(recursive=True)
        cluster.process.send_signal(signal.SIGINT)
        assert cluster.process.wait(PATIENCE) == 0
        until(lambda: not any(map(lives, family)))


def lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed here")
    # PostgreSQL does not run as root, and nobody else may enter pytest's own folders.
    with (
        tempfile.TemporaryDirectory() as folder,
        s3_storage() as storage,
        running(Cluster(Path(folder), storage)) as cluster,
    ):
        yield cluster


@pytest.fixture
def store(cluster: Cluster) -> Iterator[Store]:
    store = Store(cluster.url)
    yield store
    store.close()


def under_way(store: Store, run_id: str) -> None:
    """Waits until the run has made another step."""
    step = store.run(run_id).step
    until(lambda: store.run(run_id).step > step)


def begun_on(page: Page, cluster: Cluster, store: Store) -> str:
    """A run of this page's visitor, under way."""
    page.goto(cluster.page(0, ""))
    run_id = store.create_run(RUN, owner=who(page)).id
    under_way(store, run_id)
    return run_id


def test_any_server_controls_a_run_that_nothing_ends(cluster: Cluster, store: Store, page: Page) -> None:
    run_id = begun_on(page, cluster, store)
    status = page.locator(".st-key-run_status")
    page.goto(cluster.page(1, run_id))
    expect(status).to_contain_text("[running]")
    press(page, "train_pause")
    until(lambda: store.run(run_id).status == Status.PAUSED)
    page.goto(cluster.page(0, run_id))
    expect(status).to_contain_text("[paused]")
    press(page, "train_resume")
    under_way(store, run_id)
    cluster.kill(f"--server.port={cluster.ports[1]}")
    what_is_wrong_is_said(cluster, store, page, run_id)
    under_way(store, run_id)
    worker_dies(store, run_id)
    (cluster.folder / "workers" / "enough").touch()
    until(lambda: store.run(run_id).is_over)
    run = store.run(run_id)
    assert run.status == Status.FINISHED, store.events(run_id)[-1]
    losses = [float(loss) for part in store.progress(run_id) for loss in part.losses]
    assert losses == light.losses_up_to(run.step)
    expect(status).to_contain_text("[finished]")


def what_is_wrong_is_said(cluster: Cluster, store: Store, page: Page, run_id: str) -> None:
    """Of the scheduler, the weights' storage and the database, each of which is away for a while."""
    trouble = page.locator(".st-key-trouble")
    (scheduler,) = cluster.members("dask_scheduler")
    with cluster.stays_dead(scheduler):
        expect(trouble).to_contain_text(HEALTH_TEXT["scheduler"])
    expect(trouble).to_have_count(0)
    cluster.storage.is_away = True
    expect(trouble).to_contain_text(HEALTH_TEXT["weights_unreachable"])
    cluster.storage.is_away = False
    expect(trouble).to_have_count(0)
    (database,) = cluster.members("lib.cluster.postgres")[0].children()
    with cluster.stays_dead(database, by=signal.SIGQUIT):  # to PostgreSQL, as if the machine had lost its power
        expect(page.get_by_text(HEALTH_TEXT["database"]).first).to_be_visible()
    until(lambda: answers(store))
    assert not store.run(run_id).is_over, store.events(run_id)[-1]
    page.reload()  # as the page says
    expect(page.locator(".st-key-run_status")).to_contain_text("[running]")
    expect(page.get_by_text(HEALTH_TEXT["database"])).to_have_count(0)


def answers(store: Store) -> bool:
    """Whether the database does."""
    try:
        return bool(store.beats())
    except StoreUnavailable:
        return False


def worker_dies(store: Store, run_id: str) -> None:
    worker = store.run(run_id).worker
    assert worker
    os.kill(int(worker.split("/")[1].partition(":")[2]), signal.SIGKILL)
    until(lambda: store.run(run_id).worker != worker and store.run(run_id).status == Status.RUNNING)
    under_way(store, run_id)
