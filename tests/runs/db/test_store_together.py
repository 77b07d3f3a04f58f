"""Several stores, threads and transactions on one database at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.events import Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import RunOver
from tests.runs.examples import COMPILED, STARTED, chunk
from tests.waiting import PATIENCE

CONFIG = TrainConfig()
MANY = 8


def test_two_stores_see_each_others_runs(url: str, store: Store) -> None:
    other = Store(url)
    run = store.create_run(CONFIG)
    other.append(run.id, STARTED)
    assert store.events(run.id) == [(1, STARTED)]
    other.close()


def test_stores_may_open_an_empty_database_at_the_same_moment(url: str) -> None:
    together = Barrier(MANY)

    def open_one(number: int) -> int:
        together.wait(PATIENCE)
        store = Store(url)
        store.create_run(CONFIG)
        store.close()
        return number

    with ThreadPoolExecutor(MANY) as pool:
        assert list(pool.map(open_one, range(MANY))) == list(range(MANY))


def test_threads_append_to_runs_of_their_own_while_others_read(store: Store) -> None:
    ids = [store.create_run(CONFIG).id for _ in range(MANY)]

    def fill(run_id: str) -> int:
        store.append(run_id, STARTED)
        for first in range(1, 200, 10):
            store.append(run_id, chunk(first, first + 9))
            store.runs()
        return store.run(run_id).step

    with ThreadPoolExecutor(MANY) as pool:
        assert list(pool.map(fill, ids)) == [200] * MANY
    assert all(len(store.progress(run_id)) == 20 for run_id in ids)


def test_threads_append_to_the_same_run(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(lambda _: store.append(run_id, COMPILED), range(40)))
    assert [sequence for sequence, _ in store.events(run_id)] == list(range(1, 41))


def test_of_many_workers_one_gets_the_run(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    names = [f"worker {number}" for number in range(MANY)]
    with ThreadPoolExecutor(MANY) as pool:
        claims = list(pool.map(lambda name: store.claim(run_id, name).worker, names))
    assert len(set(claims)) == 1
    assert claims[0] in names


def test_of_many_engines_one_gets_the_run(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    with ThreadPoolExecutor(MANY) as pool:
        won = list(pool.map(lambda number: store.assign(run_id, f"engine {number}", None), range(MANY)))
    assert sum(won) == 1


def test_of_many_ends_one_is_recorded(store: Store) -> None:
    run_id = store.create_run(CONFIG).id

    def stop(step: int) -> bool:
        try:
            store.append(run_id, Stopped(step=step))
        except RunOver:
            return False
        return True

    with ThreadPoolExecutor(MANY) as pool:
        assert sum(pool.map(stop, range(MANY))) == 1
    assert len(store.events(run_id)) == 1


@pytest.mark.parametrize("again", range(10))
def test_stop_and_claim_at_the_same_moment_never_lose_the_stop(store: Store, again: int) -> None:
    run_id = store.create_run(CONFIG).id
    with ThreadPoolExecutor(2) as pool:
        claim, stop = pool.submit(store.claim, run_id, "w"), pool.submit(store.stop, run_id)
        claimed = claim.result().worker == "w"
        stop.result()
    run = store.run(run_id)
    assert (run.status, run.requests.stop) == (("starting", True) if claimed else ("stopped", False))
