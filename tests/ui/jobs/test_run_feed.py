"""A feed grows with the store: it always equals a fresh one, and reads only what is new."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.core.training.events import Checkpoint, Event, Paused, Progress
from lib.runs.db.store import Store
from lib.runs.model.run import UnknownRun
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import feed_of_run
from tests.pages.stories import COMPILED, CONFIG, STARTED, STEPS, STORIES, epoch, progress
from tests.waiting import PATIENCE

every_story = pytest.mark.parametrize("story", list(STORIES))


class Recording(Store):
    """A store that records what it returns."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.events_read: list[int] = []
        self.steps_read: list[tuple[int, int]] = []

    def events(self, run_id: str, after: int = 0) -> list[tuple[int, Event]]:
        found = super().events(run_id, after)
        self.events_read += [sequence for sequence, _ in found]
        return found

    def progress(self, run_id: str, after_step: int = 0) -> list[Progress]:
        found = super().progress(run_id, after_step)
        self.steps_read += [(part.first_step, part.last_step) for part in found]
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Recording]:
    opened = Recording(f"sqlite:///{tmp_path / 'tf2lab.db'}")
    yield opened
    opened.close()


def facts(seen: RunView) -> tuple[str, list[object]]:
    """The whole content of `seen` as text, because one NaN does not equal another; without the confusion matrix."""
    return repr(seen), [epoch.confusion for epoch in seen.epochs]


@every_story
def test_it_equals_a_fresh_one_at_every_moment(story: str, store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    grown = feed_of_run(store, run_id)
    assert facts(grown.look()) == facts(feed_of_run(store, run_id).look())
    for event in STORIES[story]:
        store.append(run_id, event)
        seen = grown.look()
        assert facts(seen) == facts(feed_of_run(store, run_id).look())
        assert facts(seen) == facts(grown.look()), "looking again changes nothing"


@every_story
def test_it_knows_what_has_happened(story: str, store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    for event in STORIES[story]:
        store.append(run_id, event)
    seen = feed_of_run(store, run_id).look()
    assert seen.run == store.run(run_id)
    known = [event for event in (seen.started, seen.compiled, *seen.epochs, seen.end) if event is not None]
    told = [event for event in STORIES[story] if not isinstance(event, Progress)]
    assert list(map(repr, known)) == list(map(repr, told))
    steps = [float(value) for part in store.progress(run_id) for value in part.losses]
    assert (seen.lines["loss"].y if seen.lines else []) == steps


@every_story
def test_each_event_and_each_step_is_read_once(story: str, store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    following = feed_of_run(store, run_id)
    for event in STORIES[story]:
        store.append(run_id, event)
        following.look()
        following.look()
    told = [event for event in STORIES[story] if not isinstance(event, Progress)]
    assert store.events_read == list(range(1, len(told) + 1))
    chunks = [(event.first_step, event.last_step) for event in STORIES[story] if isinstance(event, Progress)]
    assert store.steps_read == chunks


def test_who_may_wait_gets_what_another_has_read(store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    following = feed_of_run(store, run_id)
    before = following.look(within=600)
    store.append(run_id, STARTED)
    assert following.look(within=600) is before
    assert store.events_read == []
    assert following.look().started == STARTED
    assert following.look(within=600).started == STARTED


def test_what_a_dead_worker_recorded_after_its_checkpoint_is_seen_once(store: Recording) -> None:
    """The store takes those steps back, and the run goes on from the checkpoint with other ones."""
    run_id = store.create_run(CONFIG).id
    grown = feed_of_run(store, run_id)
    store.claim(run_id, "server/host:1/a")
    saved = Checkpoint(step=STEPS, weights={"d": np.zeros(1, np.float32)}, state={"step": np.array(STEPS)})
    for event in (STARTED, COMPILED, *epoch(1, 9512), saved, *epoch(2, 9741)):
        store.append(run_id, event)
    before = grown.look()
    store.take_over(run_id, "server/host:2/b", earlier="server/host:1/a")
    store.append(run_id, replace(STARTED, step=STEPS))
    seen = grown.look()
    assert before.drawing != seen.drawing
    assert [epoch.epoch for epoch in seen.epochs] == [1]
    assert seen.lines is not None
    assert seen.lines["loss"].x[-1] == STEPS
    for event in epoch(2, 9741):
        store.append(run_id, event)
    assert grown.look().epochs == before.epochs
    assert grown.look().lines == feed_of_run(store, run_id).look().lines


def test_seconds_of_all_starts_add_up(store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    for event in (STARTED, COMPILED, progress(1, 25), Paused(step=25), replace(STARTED, step=25), COMPILED):
        store.append(run_id, event)
    seen = feed_of_run(store, run_id).look()
    assert seen.started is not None
    assert seen.compiled is not None
    assert seen.started.loading_seconds == pytest.approx(2 * STARTED.loading_seconds)
    assert seen.compiled.compiling_seconds == pytest.approx(2 * COMPILED.compiling_seconds)
    assert (seen.started.step, seen.drawing) == (25, 0)


def test_what_was_seen_does_not_change_under_its_reader(store: Recording) -> None:
    """A page that is being drawn holds a RunView while another visitor's look goes on."""
    run_id = store.create_run(CONFIG).id
    following = feed_of_run(store, run_id)
    for event in STORIES["running, first epoch"]:
        store.append(run_id, event)
    seen = following.look()
    assert seen.lines is not None
    before = {name: (list(line.x), list(line.y)) for name, line in seen.lines.items()}
    store.append(run_id, progress(26, 40))
    assert following.look().lines != seen.lines
    assert {name: (line.x, line.y) for name, line in seen.lines.items()} == before


def test_many_visitors_look_at_once_while_it_grows(store: Recording) -> None:
    run_id = store.create_run(CONFIG).id
    following = feed_of_run(store, run_id)
    begin = threading.Barrier(5)

    def visitor() -> list[int]:
        begin.wait()
        looks = (following.look() for _ in itertools.count())
        counts = []
        for seen in looks:
            counts.append(len(seen.lines["loss"].x) if seen.lines else 0)
            if not seen.run.is_open:
                return counts
        raise AssertionError

    with ThreadPoolExecutor(4) as visitors:
        answers = [visitors.submit(visitor) for _ in range(4)]
        begin.wait()
        for event in STORIES["finished"]:
            store.append(run_id, event)
        counts = [answer.result(PATIENCE) for answer in answers]
    assert all(seen == sorted(seen) and seen[-1] == 120 for seen in counts)
    assert following.look() == feed_of_run(store, run_id).look()


def test_an_unknown_run_is_refused_every_time(store: Recording) -> None:
    following = feed_of_run(store, "nobody")
    for _ in range(2):
        with pytest.raises(UnknownRun, match="nobody"):
            following.look()
