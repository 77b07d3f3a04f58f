"""A feed reads each event once, even if the store fails half way, and drops the events of a restarted study."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lib.core.studies.configs import CompareConfig
from lib.core.training.events import Progress, Started
from lib.runs.db.store import Store
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.jobs.feed import Feed
from lib.ui.jobs.run_feed import feed_of_run
from lib.ui.jobs.studies import grow_study
from tests.pages.compare.comparisons import STORIES
from tests.pages.stories import CONFIG, STARTED, progress


def joined(seen: str | None, job: str, fresh: Sequence[str]) -> str:
    return (seen or job) + "".join(fresh)


def test_it_grows_by_what_is_new() -> None:
    log = [(1, "a"), (4, "b")]
    asked: list[int] = []

    def events(job_id: str, after: int) -> list[tuple[int, str]]:
        asked.append(after)
        return [(number, event) for number, event in log if number > after]

    feed = Feed("job", lambda job_id: f"{job_id}:", events, joined)
    assert feed.look() == "job:ab"
    log.append((5, "c"))
    assert feed.look(within=600) == "job:ab"
    assert feed.look() == "job:abc"
    assert feed.look() == "job:abc"
    assert asked == [0, 4, 5]


class Faltering(Store):
    """A store that becomes unavailable while the steps of a run are read."""

    away = False

    def progress(self, run_id: str, after_step: int = 0) -> list[Progress]:
        if self.away:
            raise StoreUnavailable("database", "it went away")
        return super().progress(run_id, after_step)


def test_events_that_were_read_before_the_store_fell_silent_are_not_lost(tmp_path: Path) -> None:
    store = Faltering(f"sqlite:///{tmp_path / 'tf2lab.db'}")
    run_id = store.create_run(CONFIG).id
    feed = feed_of_run(store, run_id)
    feed.look()
    for event in (STARTED, progress(1, 25)):
        store.append(run_id, event)
    store.away = True
    with pytest.raises(StoreUnavailable):
        feed.look()
    store.away = False
    seen = feed.look()
    assert isinstance(seen.started, Started)
    assert seen.lines is not None
    assert len(seen.lines["loss"].x) == 25
    store.close()


def test_a_study_that_begins_anew_forgets_what_was_measured_before(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'tf2lab.db'}")
    config, events = STORIES["running, some rounds"]
    assert isinstance(config, CompareConfig)
    study = store.create_study(config)
    seen = grow_study(None, study, events)
    assert seen == (study, tuple(events))
    assert grow_study(seen, study, ()) == seen
    again = replace(events[0], busy=0.5)
    assert grow_study(seen, study, (again, *events[1:3])) == (study, (again, *events[1:3]))
    assert grow_study(None, study, (*events, again)) == (study, (again,))
    store.close()
