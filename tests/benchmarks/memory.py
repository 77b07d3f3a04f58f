"""The memory of all processes of a server together, now and at its highest."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass

import psutil

from tests.browser.serving import Server

LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes. `rss` is the plain sum over the processes. `taken` counts a page of a file that several of them use
    once: what they take from a machine on which nothing else runs.

    The system's own figure for that, PSS, also shares with programs that are not of the server.
    """

    rss: float
    taken: float

    def __or__(self, other: Memory) -> Memory:
        """The higher one of each."""
        return Memory(max(self.rss, other.rss), max(self.taken, other.taken))


def memory_of(processes: list[psutil.Process]) -> Memory:
    """The sum over the processes that are still there. Linux only."""
    rss, own = 0, 0
    of_files: dict[str, int] = defaultdict(int)
    for process in processes:
        try:
            mapped = process.memory_maps()
        except psutil.Error:
            continue
        for place in mapped:
            rss += place.rss
            if place.path.startswith("["):
                own += place.rss
            else:
                own += place.private_dirty
                of_files[place.path] = max(of_files[place.path], place.rss - place.private_dirty)
    return Memory(rss / 1e6, (own + sum(of_files.values())) / 1e6)


class Peak:
    """A context manager: the `highest` memory of all processes of the server while the block ran."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.highest = memory_of(server.family())
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        processes = self._server.family()
        while not self._end.wait(LOOK_SECONDS):
            self.highest |= memory_of(processes)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()
