"""Snapshots in the store: every one is stored, each step once, and kept only while its run is among the newest."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from lib.core.studies.configs import XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Event, Finished, Progress, Snapshot, Stopped
from lib.runs import artifacts
from lib.runs.artifacts import ArtifactDamaged, ArtifactRefused
from lib.runs.db.store import Store
from lib.runs.model.run import RunLost, RunOver, Status
from lib.runs.worker.attempt import Attempt, Events, Training
from tests.runs import light
from tests.runs.examples import COMPILED, STARTED, chunk

CONFIG = TrainConfig(epochs=2)


def snapshot(step: int, size: int = 2) -> Snapshot:
    return Snapshot(step=step, weights={"a/kernel": np.full(size, step, np.float16)})


def saved(step: int) -> Checkpoint:
    return Checkpoint(step=step, weights={"a/kernel": np.full(2, step)}, state={"m": np.full(3, step)})


def under_way(store: Store, *events: Event) -> str:
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, "w")
    for event in (STARTED, COMPILED, *events):
        store.append(run_id, event, "w")
    return run_id


def steps(store: Store, run_id: str) -> list[int]:
    """The steps of its snapshots, all of which must be readable."""
    for artifact in store.snapshots(run_id):
        weights = artifacts.read(artifact).weights["a/kernel"]
        assert weights.dtype == np.float16
        assert set(weights.tolist()) == {artifact.step}
    return [artifact.step for artifact in store.snapshots(run_id)]


def files(home: Path) -> int:
    return len(list((home / "weights").iterdir()))


def test_they_are_kept_beside_the_checkpoint_and_after_the_end(store: Store, home: Path) -> None:
    run_id = under_way(store, snapshot(0), chunk(1, 1), snapshot(1), chunk(2, 20), snapshot(20), saved(20))
    before = store.run(run_id)
    assert store.append(run_id, snapshot(16), "w") == ControlRequests()
    assert store.run(run_id) == before, "a snapshot says nothing about where the run stands"
    assert steps(store, run_id) == [0, 1, 16, 20]
    assert files(home) == 5
    store.append(run_id, Finished(step=20, reason="epochs"), "w")
    assert steps(store, run_id) == [0, 1, 16, 20]
    with pytest.raises(RunOver):
        store.append(run_id, snapshot(32), "w")
    assert files(home) == 5


def test_what_is_wished_is_heard_with_a_snapshot(store: Store) -> None:
    run_id = under_way(store)
    store.stop(run_id)
    assert store.append(run_id, snapshot(0), "w").stop


def test_a_run_taken_over_has_no_step_twice_and_none_that_it_has_not_reached(store: Store, home: Path) -> None:
    run_id = under_way(store, snapshot(0), chunk(1, 20), snapshot(20), saved(20), chunk(21, 40), snapshot(40))
    store.take_over(run_id, "v", earlier="w")
    assert steps(store, run_id) == [0, 20]
    with pytest.raises(RunLost):
        store.append(run_id, snapshot(64), "w")
    store.append(run_id, chunk(21, 45), "v")
    store.append(run_id, snapshot(45), "v")
    store.append(run_id, snapshot(45), "v")
    assert steps(store, run_id) == [0, 20, 45]
    assert files(home) == 4


def test_a_run_that_begins_anew_has_its_first_one_once(store: Store, home: Path) -> None:
    run_id = under_way(store, snapshot(0), chunk(1, 20), snapshot(20))
    store.take_over(run_id, "v", earlier="w")
    store.append(run_id, snapshot(0), "v")
    assert steps(store, run_id) == [0]
    assert files(home) == 1


def test_only_those_of_the_newest_runs_are_kept_and_of_runs_that_go_on(store: Store, home: Path) -> None:
    going_on = under_way(store, snapshot(0), snapshot(1))
    over = [under_way(store, snapshot(0), snapshot(1)) for _ in range(3)]
    for run_id in over:
        store.append(run_id, Stopped(step=0), "w")
    store.pin(over[0])
    without = under_way(store)
    assert store.prune_snapshots(keep=1) == 4
    assert [len(steps(store, run_id)) for run_id in (going_on, *over, without)] == [2, 0, 0, 2, 0]
    assert files(home) == 4
    assert store.prune_snapshots(keep=1) == 0


def test_sweeping_leaves_them_and_takes_what_was_half_written(store: Store, home: Path) -> None:
    run_id = under_way(store, snapshot(0), saved(0))
    half = home / "weights" / f"{run_id}-8-0123abcd.npz.part"
    half.write_bytes(b"half")
    store.sweep(run_id)
    assert not half.exists()
    assert steps(store, run_id) == [0]
    assert files(home) == 2


def test_a_damaged_one_is_recognised(store: Store, home: Path) -> None:
    run_id = under_way(store, snapshot(0))
    (file,) = (home / "weights").iterdir()
    file.write_bytes(file.read_bytes()[:-30] + bytes(30))
    with pytest.raises(ArtifactDamaged):
        steps(store, run_id)


def taking_snapshots(config: TrainConfig, resume: Checkpoint | None, tuned: object) -> Events:
    """The light training with a snapshot after each chunk."""
    events: Generator[Event, ControlRequests | None, None] = light.train(config, resume)
    requests = None
    while True:
        try:
            event = events.send(requests)
        except StopIteration:
            return
        requests = yield event
        if isinstance(event, Progress):
            requests = yield snapshot(event.last_step, size=1000)


def test_where_there_is_no_room_the_run_goes_on_without(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write, refused = artifacts.write, []

    def full_for_some(run_id: str, checkpoint: Checkpoint) -> artifacts.Artifact:
        if checkpoint.step in (10, 20) and not checkpoint.state:
            refused.append(checkpoint.step)
            raise ArtifactRefused(28, "No space left on device")
        return write(run_id, checkpoint)

    monkeypatch.setattr(artifacts, "write", full_for_some)
    run_id = store.create_run(TrainConfig(steps_per_call=10, epochs=4)).id
    training = Training(train=taking_snapshots, study=light.study, devices=(), versions={})
    Attempt(store, "server/host:1/a", run_id, lambda: training).perform(0)
    assert store.run(run_id).status == Status.FINISHED
    assert steps(store, run_id) == [30, 40]
    assert (refused, caplog.text.count("goes on without its snapshot")) == ([10, 20], 2)


def test_the_newest_studies_of_a_kind_are_kept(store: Store) -> None:
    ids = [store.create_study(XrayConfig()).id for _ in range(4)]
    run_id = store.create_run(CONFIG).id
    for study_id in ids[:3]:
        store.append(study_id, Stopped(step=0))
    store.append(run_id, Stopped(step=0))
    assert store.prune_studies("compare", keep=0) == 0
    assert store.prune_studies("xray", keep=1) == 2
    assert [study.id for study in store.studies("xray")] == [ids[3], ids[2]]
    assert store.events(ids[0]) == []
    assert store.run(run_id).is_over
