"""Many listen to a run, and one reads it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from lib.core.training.events import Finished
from lib.runs.db.run_reader import view_of
from lib.runs.db.store import Store
from lib.runs.model.run import UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.jobs import stream
from lib.ui.jobs.moment import Moment, moment_of
from lib.ui.jobs.stream import Channels
from tests.pages.stories import CONFIG, STORIES, tell
from tests.ui.jobs.test_moment import Viewer, drawn
from tests.waiting import PATIENCE

T = TypeVar("T")
VIEWERS = 12


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(stream, "RESTING_SECONDS", 0.01)


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Its result. In a thread of its own: where browser tests ran before, this one has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(work, PATIENCE)).result()


class Looks:
    """Reads runs for channels, and counts."""

    def __init__(self, store: Store) -> None:
        self.store, self.count, self.viewers = store, 0, 0
        self.failure: Exception | None = None
        self.at_once = threading.Lock()

    def __call__(self, run_id: str, language: str, viewers: int) -> Moment:
        assert self.at_once.acquire(blocking=False), "two read the same run at once"
        try:
            if self.failure:
                raise self.failure
            self.count, self.viewers = self.count + 1, max(self.viewers, viewers)
            return moment_of(view_of(self.store, run_id), viewers=viewers)
        finally:
            self.at_once.release()


async def listen(channels: Channels, run_id: str, wait: asyncio.Event | None) -> Viewer:
    """A viewer until the run is over; a slow one waits with their second event."""
    viewer = Viewer()
    async for tick in channels.ticks(run_id, "en"):
        viewer.hear(tick)
        if wait:
            await wait.wait()
    return viewer


async def train(channels: Channels, store: Store, run_id: str, looks: Looks, over: asyncio.Event) -> None:
    """A whole run, each of its events read before the next."""
    while channels.viewers(run_id) < VIEWERS:
        await asyncio.sleep(0.01)
    for event in STORIES["finished"]:
        store.append(run_id, event)
        looked = looks.count
        while looks.count < looked + 2 and not isinstance(event, Finished):
            await asyncio.sleep(0.01)
    over.set()


def test_one_reads_for_all_and_slow_ones_miss_nothing(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    looks = Looks(store)

    async def all_of_it() -> tuple[list[Viewer], int]:
        channels = Channels(looks)
        over = asyncio.Event()
        listening = [listen(channels, run_id, None if number % 3 else over) for number in range(VIEWERS)]
        *viewers, _ = await asyncio.gather(*listening, train(channels, store, run_id, looks, over))
        return viewers, channels.viewers(run_id)

    viewers, left = in_a_loop(all_of_it())
    seen = view_of(store, run_id)
    for viewer in viewers:
        assert viewer.lines == drawn(seen)
        assert viewer.told["line"].startswith("`[finished]`")
    assert looks.viewers == VIEWERS
    assert left == 0


def test_a_channel_ends_with_its_last_listener_and_a_viewer_goes_on_from_their_place(store: Store) -> None:
    run_id = tell(store, "running, first epoch")
    looks = Looks(store)

    async def come_and_go() -> tuple[Viewer, int]:
        channels, viewer = Channels(looks), Viewer()
        for events in (STORIES["running, third epoch"][3:], ()):
            listening = channels.ticks(run_id, "en", viewer.place)
            viewer.hear(await anext(listening))
            await listening.aclose()
            looked = looks.count
            for _ in range(20):
                await asyncio.sleep(0.01)
            assert looks.count <= looked + 1, "nobody listens, and it is read all the same"
            for event in events:
                store.append(run_id, event)
        return viewer, channels.viewers(run_id)

    viewer, left = in_a_loop(come_and_go())
    assert left == 0
    assert viewer.lines == drawn(view_of(store, run_id))


async def all_of(ticks: AsyncIterator[bytes]) -> list[bytes]:
    return [tick async for tick in ticks]


def test_what_stands_still_is_told_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.05)
    run_id = tell(store, "running, first epoch")

    async def three() -> list[bytes]:
        ticks = Channels(Looks(store)).ticks(run_id, "en")
        heard = [await anext(ticks) for _ in range(3)]
        await ticks.aclose()
        return heard

    first, second, third = in_a_loop(three())
    assert first != second == third


@pytest.mark.parametrize("away", [UnknownRun("nobody"), StoreUnavailable("database", "gone")])
def test_where_a_run_cannot_be_read_its_streams_end_and_the_next_one_begins_anew(store: Store, away: Exception) -> None:
    run_id = tell(store, "running, first epoch")
    looks = Looks(store)

    async def lose_it() -> bytes:
        channels = Channels(looks)
        both = [channels.ticks(run_id, "en") for _ in range(2)]
        for ticks in both:
            await anext(ticks)
        looks.failure = away
        for ticks in both:
            with pytest.raises(type(away)):
                await all_of(ticks)
        with pytest.raises(type(away)):
            await anext(channels.ticks(run_id, "en"))
        looks.failure = None
        ticks = channels.ticks(run_id, "en")
        heard = await anext(ticks)
        await ticks.aclose()
        return heard

    assert in_a_loop(lose_it()) == moment_of(view_of(store, run_id)).tick()
