"""The worker processes of an engine of its own: one from the start, and a second one for short work while it is needed.

On a small machine the first one too is only there while it is needed.

Each worker announces its lane as a Dask resource, and tasks ask for the resource of theirs. So a short task for which
there is no worker yet waits at the scheduler, which is the sign to start one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Any

from distributed import Nanny, Scheduler, Status
from distributed.diagnostics.plugin import SchedulerPlugin

from lib.core.jobs.lanes import Lane

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
LOOK_SECONDS = 1.0
"""Seconds between looks at whether the second worker is idle."""
RETRY_SECONDS = 5.0


def worker_process(scheduler: Scheduler, folder: str, lanes: Collection[Lane]) -> Nanny:
    """A worker process with one thread, started anew whenever it dies; it announces `lanes`."""
    return Nanny(
        scheduler.address,
        host=LOOPBACK,
        nthreads=1,
        memory_limit=0,
        local_directory=folder,
        preload=["lib.runs.worker.worker"],
        resources=dict.fromkeys(map(str, lanes), 1),
    )


class OnDemand(SchedulerPlugin):
    """Starts a worker for these lanes when a task of theirs has none, and ends it after `idle_seconds` without one.

    Without `lanes` it is for all tasks. A scheduler keeps one plugin of a name, so each has its own.
    """

    def __init__(self, scheduler: Scheduler, folder: str, idle_seconds: float, lanes: Collection[Lane]) -> None:
        self.name = f"on-demand-{'-'.join(sorted(lanes))}"
        self._scheduler, self._folder, self._idle_seconds = scheduler, folder, idle_seconds
        self._lanes = frozenset(lanes)
        self._needed = asyncio.Event()
        scheduler.add_plugin(self, name=self.name)

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        """Dask's hook for each change of a task's state."""
        if finish == "no-worker":
            self._needed.set()

    async def serve(self, at_once: bool = False) -> None:
        """Runs for ever; `at_once` starts the first worker before anybody needs it."""
        if at_once:
            async with worker_process(self._scheduler, self._folder, self._lanes) as nanny:
                await self._until_idle(nanny)
        while True:
            await self._needed.wait()
            self._needed.clear()
            try:
                await self._work_while_needed()
            except Exception:  # whatever the error was, the next try may succeed; the other worker goes on meanwhile
                logger.exception("no worker for %s, trying again", self.name)
                await asyncio.sleep(RETRY_SECONDS)
                self._needed.set()

    async def _work_while_needed(self) -> None:
        if not self._waiting():
            return
        async with worker_process(self._scheduler, self._folder, self._lanes) as nanny:
            await self._until_idle(nanny)

    async def _until_idle(self, nanny: Nanny) -> None:
        """Returns once the worker had nothing to do for long enough, and takes no more tasks."""
        last = time.monotonic()
        while nanny.status == Status.running:
            if self._busy():
                last = time.monotonic()
            elif time.monotonic() - last > self._idle_seconds:
                # From here on a new task waits at the scheduler, and so has the next worker started.
                await self._scheduler.retire_workers([nanny.worker_address])
                return
            await asyncio.sleep(min(LOOK_SECONDS, self._idle_seconds))

    def _waiting(self) -> bool:
        """Whether a task of these lanes has no worker."""
        return any(self._lanes <= (task.resource_restrictions or {}).keys() for task in self._scheduler.unrunnable)

    def _busy(self) -> bool:
        workers = (worker for worker in self._scheduler.workers.values() if self._lanes <= worker.resources.keys())
        return self._waiting() or any(worker.processing for worker in workers)
