"""Visitors' control requests, as the store records them and workers find them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.core.training.config import SettingError, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Failed, Finished, Paused, RateChanged, Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import RunLost, RunOver, Status
from tests.runs.examples import COMPILED, STARTED, chunk

CONFIG = TrainConfig(epochs=2)


def under_way(store: Store, worker: str = "w") -> str:
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, worker)
    for event in (STARTED, COMPILED, chunk(1, 25)):
        store.append(run_id, event, worker)
    return run_id


def test_a_run_knows_its_owner_and_what_was_guessed(store: Store) -> None:
    run = store.create_run(CONFIG, owner="me", guess=0.975, pause_after=1)
    assert (run.owner, run.guess, run.requests) == ("me", 0.975, ControlRequests(pause_after=1))
    assert run.status == Status.WAITING


def test_a_run_may_be_born_at_rest(store: Store) -> None:
    run = store.create_run(CONFIG, pause_after=0)
    assert (run.status, run.step, run.is_open, run.is_over) == (Status.PAUSED, 0, False, False)
    assert store.open_runs() == store.events(run.id) == []
    assert store.claim(run.id, "w").worker is None
    store.resume(run.id, pause_after=10)
    assert store.claim(run.id, "w").worker == "w"
    assert store.requests(run.id) == ControlRequests(pause_after=10)


def test_open_runs_of_an_owner(store: Store) -> None:
    mine, _, paused, over, later = (store.create_run(CONFIG, owner) for owner in ("me", "you", "me", "me", "me"))
    store.pause(paused.id)
    store.stop(over.id)
    assert [run.id for run in store.open_runs_of("me")] == [mine.id, later.id]
    assert store.open_runs_of("nobody") == []


def test_a_waiting_run_rests_at_once(store: Store) -> None:
    run = store.create_run(CONFIG)
    store.pause(run.id)
    assert store.run(run.id).status == Status.PAUSED
    assert store.events(run.id) == [(1, Paused(step=0))]
    assert store.claim(run.id, "w").worker is None


def test_a_run_under_way_is_told_to_rest_and_does(store: Store) -> None:
    run_id = under_way(store)
    store.assign(run_id, "engine", earlier=None)
    store.pause(run_id)
    assert store.run(run_id).status == Status.RUNNING
    assert store.requests(run_id) == ControlRequests(pause_after=0)
    store.append(run_id, Paused(step=25), "w")
    run = store.run(run_id)
    assert (run.status, run.step, run.worker, run.engine, run.ended_at) == (Status.PAUSED, 25, None, None, None)


def test_a_run_that_rests_goes_on_behind_those_who_wait(store: Store) -> None:
    run_id = under_way(store)
    store.pause(run_id)
    store.append(run_id, Paused(step=25), "w")
    waiting = store.create_run(CONFIG)
    store.resume(run_id, pause_after=26)
    behind = store.create_run(CONFIG)
    run = store.run(run_id)
    assert (run.status, run.turn, run.requests) == (Status.WAITING, 1, ControlRequests(pause_after=26))
    assert [other.id for other in store.open_runs()] == [waiting.id, run_id, behind.id]
    assert store.queue(run) == (waiting,)
    assert [other.id for other in store.queue(behind)] == [waiting.id, run_id]
    assert store.claim(run_id, "v").worker == "v"


def test_resume_takes_back_a_pause_that_was_not_obeyed_yet(store: Store) -> None:
    run_id = under_way(store)
    store.pause(run_id)
    store.resume(run_id)
    assert store.requests(run_id) == ControlRequests()
    assert store.run(run_id).turn == 0


@pytest.mark.parametrize(("until", "rests"), [(None, False), (26, False), (25, True), (0, True)])
def test_resume_while_the_worker_is_about_to_rest(store: Store, until: int | None, rests: bool) -> None:
    run_id = under_way(store)
    store.pause(run_id)
    store.resume(run_id, pause_after=until)
    store.append(run_id, Paused(step=25), "w")
    run = store.run(run_id)
    assert (run.status, run.turn, run.worker) == ((Status.PAUSED, 0, None) if rests else (Status.WAITING, 1, None))


def test_a_run_that_rests_is_stopped_at_once(store: Store) -> None:
    run_id = under_way(store)
    store.append(run_id, Paused(step=25))
    store.stop(run_id)
    assert store.run(run_id).status == Status.STOPPED
    assert [event for _, event in store.events(run_id)][-1] == Stopped(step=25)


def test_a_run_that_is_over_stays_over(store: Store) -> None:
    run_id = under_way(store)
    store.append(run_id, Finished(step=25, reason="epochs"), "w")
    store.stop(run_id)
    store.pause(run_id)
    with pytest.raises(RunOver):
        store.resume(run_id)
    run = store.run(run_id)
    assert (run.status, run.is_over, run.requests, len(store.events(run_id))) == (
        Status.FINISHED,
        True,
        ControlRequests(),
        3,
    )


def test_the_learning_rate_is_a_wish_that_holds(store: Store) -> None:
    run_id = under_way(store)
    store.set_learning_rate(run_id, 0.01)
    store.append(run_id, RateChanged(step=25, learning_rate=0.01), "w")
    store.pause(run_id)
    assert store.requests(run_id) == ControlRequests(learning_rate=0.01, pause_after=0)
    for wrong in (0.0, 11.0, float("nan")):
        with pytest.raises(SettingError):
            store.set_learning_rate(run_id, wrong)
    assert store.requests(run_id).learning_rate == 0.01


def test_a_claim_of_an_earlier_turn_gets_nothing(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    store.pause(run_id)
    store.resume(run_id)
    assert store.claim(run_id, "w", turn=0).worker is None
    assert store.claim(run_id, "w", turn=1).worker == "w"


def test_a_pin_is_put_in_and_taken_out(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    store.pin(run_id, True)
    assert store.run(run_id).pinned
    store.pin(run_id, False)
    assert not store.run(run_id).pinned


def test_a_worker_believed_dead_writes_nothing_more(store: Store) -> None:
    run_id = under_way(store, "a")
    store.take_over(run_id, "b", earlier="a")
    for event in (chunk(26, 50), Paused(step=25), Failed(step=25, reason="error")):
        with pytest.raises(RunLost, match="of a comes too late"):
            store.append(run_id, event, "a")
    store.append(run_id, STARTED, "b")
    assert store.run(run_id).worker == "b"


def test_nor_does_the_worker_of_a_run_that_rests(store: Store) -> None:
    run_id = under_way(store, "a")
    store.pause(run_id)
    store.append(run_id, Paused(step=25), "a")
    with pytest.raises(RunLost):
        store.append(run_id, chunk(26, 50), "a")
    store.append(run_id, Failed(step=25, reason="error"))
    with pytest.raises(RunOver):
        store.append(run_id, chunk(26, 50), "a")


@pytest.mark.parametrize("again", range(5))
def test_pause_resume_and_the_worker_at_the_same_moment_agree(store: Store, again: int) -> None:
    run_id = under_way(store)
    store.pause(run_id)
    with ThreadPoolExecutor(2) as pool:
        resumed, rests = pool.submit(store.resume, run_id), pool.submit(store.append, run_id, Paused(step=25), "w")
        resumed.result()
        rests.result()
    run = store.run(run_id)
    assert (run.status, run.turn, run.requests) == (Status.WAITING, 1, ControlRequests())
