"""An engine on another machine with the same database is alive while its count increases."""

from pathlib import Path

import pytest

from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from lib.runs.engine import heartbeat
from lib.runs.engine.cluster import lock_of
from lib.runs.engine.heartbeat import Heartbeat, PeerLiveness
from lib.runs.model.health import HealthRegistry
from lib.runs.model.run import Status
from tests.runs.processes import engine_on
from tests.waiting import until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(heartbeat, "SILENT_SECONDS", 0.5)


class Clock:
    """The observers' clock, which only advances when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(heartbeat, "time", clock)
    return clock


def test_an_engine_is_dead_once_it_is_silent(store: Store, clock: Clock) -> None:
    other = Heartbeat(store, HealthRegistry(), "elsewhere-1")
    others = PeerLiveness(store)
    for _ in range(10):
        before = store.beats().get("elsewhere-1", 0)
        until(lambda: store.beats().get("elsewhere-1", 0) > before)  # noqa: B023
        clock.go_on(0.8 * heartbeat.SILENT_SECONDS)
        assert not others.dead("elsewhere-1")
    other.close()
    until(lambda: clock.go_on(heartbeat.SILENT_SECONDS / 4) or others.dead("elsewhere-1"))
    # It may be back, after its machine slept.
    store.beat("elsewhere-1")
    clock.go_on(2 * heartbeat.BEAT_SECONDS)
    assert not others.dead("elsewhere-1")


def test_an_engine_that_nobody_knows_anything_of_counts_as_living(store: Store, clock: Clock) -> None:
    others = PeerLiveness(store)
    store.beat("somebody-1")
    until(lambda: clock.go_on(heartbeat.SILENT_SECONDS / 4) or others.dead("somebody-1"))
    assert not others.dead("older-1")
    assert not others.dead("tcp://10.0.0.1:8786")


def test_of_an_engine_of_this_home_its_lock_tells(store: Store, home: Path) -> None:
    lock_of("0123abcd-1").touch()
    store.beat("0123abcd-1")
    assert PeerLiveness(store).dead("0123abcd-1")


def test_runs_of_a_machine_that_is_gone_are_performed_here(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)
    monkeypatch.setenv("TF2LAB_DATABASE_URL", store.url)
    run_id = store.create_run(TrainConfig(epochs=3, steps_per_call=10)).id
    store.beat("elsewhere-1")
    assert store.assign(run_id, "elsewhere-1", earlier=None)
    with engine_on(store):
        until(lambda: store.run(run_id).status == Status.FINISHED)
    engine = store.run(run_id).engine
    assert engine is not None
    assert store.beats()[engine] > 0
