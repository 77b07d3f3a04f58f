"""Rows and values are the same thing written twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Progress
from lib.runs.db import ledger, tables
from lib.runs.db.rows import progress_of, progress_row
from lib.runs.db.store import Store
from lib.runs.model.run import UnknownRun

losses = hnp.arrays(np.float32, st.integers(1, 30), elements=st.floats(width=32))


@given(losses, st.integers(1, 10**6), st.floats(0, 1e6) | st.just(float("nan")))
def test_a_chunk_of_progress_comes_back_bit_for_bit(values, first, speed):
    chunk = Progress(first_step=first, losses=values, accuracies=values[::-1].copy(), images_per_second=speed)
    row = progress_row("a run", chunk)
    assert row["last_step"] == first + len(values) - 1 == chunk.last_step
    back = progress_of(_Row(row))
    assert back.losses.tobytes() == chunk.losses.tobytes()
    assert back.accuracies.tobytes() == chunk.accuracies.tobytes()
    assert back.images_per_second == speed or (np.isnan(back.images_per_second) and np.isnan(speed))


class _Row:
    """A row's columns as attributes."""

    def __init__(self, columns):
        self.__dict__.update(columns)


def test_what_is_asked_of_a_run_is_read_from_its_row(store: Store):
    run = store.create_run(TrainConfig())
    store.pause(run.id)
    store.set_learning_rate(run.id, 0.02)
    now = store.run(run.id).requests
    assert (now.stop, now.learning_rate) == (False, 0.02)
    assert now.pause_after is not None
    assert now != ControlRequests()
    store.stop(run.id)
    assert store.run(run.id).is_over or store.run(run.id).requests.stop


def test_the_queue_is_first_come_first_served(store: Store):
    ids = [store.create_run(TrainConfig(seed=seed)).id for seed in range(4)]
    for place, run_id in enumerate(ids):
        assert [job.id for job in store.queue(store.run(run_id))] == ids[:place]


def test_a_row_that_is_not_there_is_named(store: Store):
    engine = tables.connect(store.url)
    with engine.connect() as connection, pytest.raises(UnknownRun, match="nobody"):
        ledger.row_of(connection, "nobody")
    engine.dispose()
