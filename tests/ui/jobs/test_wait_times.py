"""The expected wait of a queued run comes from the store's own records, with no more precision than they have."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.core.jobs.throughput import Throughput
from lib.core.jobs.wait_estimate import Wait
from lib.core.training.events import Finished, Paused
from lib.runs.db.store import Store
from lib.ui.jobs import wait_times
from lib.ui.jobs.run_feed import feed_of_run
from lib.ui.jobs.wait_times import pace_of, wait_words
from tests.pages.stories import BEGUN, COMPILED, CONFIG, STARTED, STEPS, TWO_EPOCHS, epoch, progress


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'tf2lab.db'}")
    monkeypatch.setattr(wait_times, "store", lambda: opened)
    yield opened
    opened.close()


def recorded(store: Store, *events: object, worker: str = "server/host:1/a") -> str:
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, worker)
    for event in events:
        store.append(run_id, event)  # type: ignore[arg-type]
    return run_id


def pace(store: Store, run_id: str) -> Throughput | None:
    return pace_of(feed_of_run(store, run_id).look())


def test_the_pace_is_that_of_the_recorded_epochs(store: Store) -> None:
    run_id = recorded(store, *TWO_EPOCHS)
    found = pace(store, run_id)
    assert found is not None
    assert found.images_per_second == pytest.approx(2 * 2000 / (1.25 + 2.5))
    assert found.starting == pytest.approx(0.41 + 0.62 + 1.53)
    assert found.looking == pytest.approx(0.3)


def test_what_was_measured_elsewhere_promises_nothing_here(store: Store) -> None:
    wait_times.known_paces.clear()
    here = store.archive(recorded(store, *TWO_EPOCHS, Finished(step=2 * STEPS, reason="patience")))
    faster = replace(CONFIG, seed=CONFIG.seed + 1)
    store.import_run(replace(here, config=faster), "one", most=1)
    assert [run.config for run in store.runs()] == [faster, CONFIG]
    assert wait_times.known_paces().keys() == {CONFIG}


def test_before_an_epoch_is_complete_the_newest_steps_tell(store: Store) -> None:
    found = pace(store, recorded(store, *BEGUN, progress(1, 20), progress(21, 25)))
    assert found is not None
    assert found.images_per_second == pytest.approx(25 / (20 / 2020.0 + 5 / 2025.0))
    assert pace(store, recorded(store, *BEGUN)) is None


def test_a_run_that_rested_does_not_count_its_rest(store: Store) -> None:
    run_id = recorded(store, *BEGUN, *epoch(1, 9512), Paused(step=STEPS))
    store.resume(run_id)
    store.claim(run_id, "server/host:1/b", turn=1)
    again = (
        replace(STARTED, step=STEPS),
        COMPILED,
        *epoch(2, 9741),
        Finished(step=2 * STEPS, reason="target_accuracy"),
    )
    for event in again:
        store.append(run_id, event)
    found = pace(store, run_id)
    assert wait_times.held(store.run(run_id)) is None
    assert found is not None
    assert (found.looking, found.epochs) == (pytest.approx(0.3), 2)


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (3.2, 3.4, "about 3 s"),
        (40.0, 47.0, "about 45 s"),
        (40.0, 243.0, "about 40 s to 4 min 5 s"),
        (610.0, 625.0, "about 10 min"),
        (0.0, 3.0, "about 3 s"),
        (0.0, 60.0, "at most about 1 min"),
    ],
)
def test_a_wait_is_said_no_more_exactly_than_it_is_known(least: float, most: float, words: str) -> None:
    assert wait_words(Wait(least, most)) == words
