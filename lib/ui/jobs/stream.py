"""One reader of a run for all who listen to its event stream on this server.

A channel begins with its first listener and ends with its last. What it reads it passes to all of them, each from the
place where that listener is, so a slow one gets fewer and longer ticks, and none gets a queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lib.core.errors import AppError, Refusal

if TYPE_CHECKING:
    from lib.ui.jobs.moment import Moment, Place

TICK_SECONDS = 0.5
"""Seconds between two looks at a run that is open."""
RESTING_SECONDS = 1.0
"""The same for a paused run: it may be resumed."""
BEAT_SECONDS = 5.0
"""A run that stands still is told again after so many seconds: so a viewer knows a cut stream from a silent one."""

Look = Callable[[str, str, int], "Moment"]
"""Reads the run with an id, in a language, for so many viewers. It may wait for the store. Raises AppError."""


class StreamRefused(Refusal):
    """A refused request for a stream; `template` is the reason, a text of the catalogue."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        super().__init__(**values)


class Channel:
    """A run in one language, for all who listen. To be used in one event loop."""

    def __init__(self, look: Callable[[], Moment]) -> None:
        self._look = look
        self.listeners = 0
        self.newest: Moment | None = None
        self.failure: AppError | None = None
        self._coming = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Reads until the run is over or cannot be read."""
        loop = asyncio.get_running_loop()
        told = loop.time()
        while self.newest is None or not self.newest.is_over:
            try:
                moment = await asyncio.to_thread(self._look)
            except AppError as error:
                self.failure = error
                self._wake()
                return
            if moment != self.newest or loop.time() - told >= BEAT_SECONDS:
                self.newest, told = moment, loop.time()
                self._wake()
            await asyncio.sleep(TICK_SECONDS if moment.is_open else RESTING_SECONDS)

    def _wake(self) -> None:
        coming, self._coming = self._coming, asyncio.Event()
        coming.set()

    async def moments(self) -> AsyncIterator[Moment]:
        """The newest moment, and each that follows, as fast as they are taken. Raises what ended the reading."""
        told = None
        while told is None or not told.is_over:
            while self.newest is None or self.newest is told:
                if self.failure:
                    raise self.failure
                await self._coming.wait()
            told = self.newest
            yield told


class Channels:
    """The channels of a server."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._open: dict[tuple[str, str], Channel] = {}

    def viewers(self, run_id: str) -> int:
        """How many listen to this run, in whichever language."""
        return sum(channel.listeners for (of, _), channel in self._open.items() if of == run_id)

    @asynccontextmanager
    async def joined(self, run_id: str, language: str) -> AsyncIterator[Channel]:
        """The run's channel, with one listener more."""
        key = run_id, language
        channel = self._open.get(key)
        if channel is None or channel.failure:
            channel = self._open[key] = Channel(lambda: self._look(run_id, language, self.viewers(run_id)))
        channel.listeners += 1
        try:
            yield channel
        finally:
            channel.listeners -= 1
            if not channel.listeners:
                channel.reading.cancel()
                if self._open.get(key) is channel:
                    del self._open[key]

    async def ticks(self, run_id: str, language: str, after: Place | None = None) -> AsyncIterator[bytes]:
        """The run's events from `after` on, until it is over. Raises AppError where it cannot be read."""
        async with self.joined(run_id, language) as channel:
            async for moment in channel.moments():
                yield moment.tick(after)
                after = moment.place
