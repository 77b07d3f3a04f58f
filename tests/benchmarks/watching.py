"""What five browsers cost the training they watch: python -m tests.benchmarks.watching

A real server runs a real training; within one run, pages of a real Chromium watch it for a while, then nobody does, in
turn. A visitor's browser has its own processor, but this Chromium does not, so its drawing slows the steps down.
Therefore only the processor time of the server counts: of the web process, and of all its other processes except the
worker. Training uses every core, so each of those seconds is lost to it: the cost is what five viewers add to them, as
a share of all cores' time. The worker's processor time per step and Chromium's own are also printed.

tests.benchmarks.recording measures the worker's cost of recording the run, watched or not.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from tests.benchmarks.reporting import load, machine, spread, table, verdict, versions
from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.visiting import wait_for_points
from tests.waiting import until

TARGET = 3.0
"""Per cent, for recording and watching together."""
PATIENCE = 300
"""Seconds that a page on a busy machine may take to draw its chart."""


@dataclass(frozen=True)
class Window:
    """A period of one training: its steps, and everyone's processor time in seconds."""

    seconds: float
    steps: int
    web: float
    others: float
    worker: float
    browser: float

    @property
    def serving(self) -> float:
        """The server's share of all cores' time in per cent, without its worker."""
        return 100 * (self.web + self.others) / self.seconds / (psutil.cpu_count() or 1)


def processor_seconds(process: psutil.Process) -> float | None:
    """The processor time of the process so far; None if it has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return None
    return times.user + times.system


def used_since(before: Mapping[psutil.Process, float]) -> float:
    """Seconds that these processes have used since then; the use of processes that have ended is unknown."""
    now = {process: processor_seconds(process) for process in before}
    return sum(seconds - before[process] for process, seconds in now.items() if seconds is not None)


class Watched:
    """An open run on a server, and the server's processes by role."""

    def __init__(self, server: Server, store: Store, run_id: str) -> None:
        self.store, self.run_id = store, run_id
        worker, family = server.worker(), server.family()
        web = [process for process in family if process.pid == server.process.pid]
        others = [process for process in family if process not in (*web, worker)]
        self.groups = {"web": web, "others": others, "worker": [worker]}
        self.family = set(family)

    def next_step(self) -> tuple[int, float]:
        """Waits for the next recorded step; its number and the time."""
        before = self.store.run(self.run_id).step
        step = until(lambda: step if (step := self.store.run(self.run_id).step) > before else 0, 60)
        return step, time.perf_counter()

    def used(self) -> dict[str, dict[psutil.Process, float]]:
        """Processor seconds of every process so far, by role."""
        browser = set(psutil.Process().children(recursive=True)) - self.family
        return {
            name: {process: seconds for process in group if (seconds := processor_seconds(process)) is not None}
            for name, group in {**self.groups, "browser": browser}.items()
        }

    def watch(self, steps: int) -> Window:
        """A period in which the training makes at least this many steps."""
        first, began = self.next_step()
        before = self.used()
        until(lambda: self.store.run(self.run_id).step >= first + steps, 600)
        last, ended = self.next_step()
        spent = {name: used_since(group) for name, group in before.items()}
        return Window(seconds=ended - began, steps=last - first, **spent)


@contextmanager
def viewers(browser: Browser, url: str, number: int) -> Iterator[None]:
    """This many browser windows, each a separate visitor, that watch the run's chart grow."""
    with ExitStack() as stack:
        for _ in range(number):
            context = stack.enter_context(browser.new_context(viewport={"width": 1280, "height": 900}))
            page = context.new_page()
            page.goto(url)
            wait_for_points(page, 0, PATIENCE)
        yield


def report(without: list[Window], with_them: list[Window], number: int) -> None:
    def per_step(windows: list[Window], name: str) -> str:
        return spread([1000 * getattr(window, name) / window.steps for window in windows])

    rows = {}
    for name, field in (
        ("ms per step", "seconds"),
        ("ms per step, processor time of the worker", "worker"),
        ("ms per step, processor time of the web process", "web"),
        ("ms per step, processor time of engine and scheduler", "others"),
        ("ms per step, processor time of Chromium", "browser"),
    ):
        rows[name] = f"unwatched {per_step(without, field)}   by {number} {per_step(with_them, field)}"
    alone, watched = ([window.serving for window in windows] for windows in (without, with_them))
    rows["% of all cores' time, server without worker"] = f"unwatched {spread(alone)}   by {number} {spread(watched)}"
    table(rows)
    added = [after - before for before, after in zip(alone, watched, strict=True)]
    aim = verdict(statistics.median(added), TARGET)
    print(f"{number} viewers take {spread(added)} % of all cores' time from the training ({aim} with the recording)")


def measure(browser: Browser, home: Path, number: int, rounds: int, steps: int) -> tuple[list[Window], list[Window]]:
    """Alternating windows of one run without and with viewers."""
    windows: dict[int, list[Window]] = {0: [], number: []}
    with Server(home) as server:
        store = server.store
        run_id = store.create_run(TrainConfig(epochs=100)).id
        # The engine starts with the first visit.
        with viewers(browser, f"{server.url}/train?run={run_id}", 1):
            watched = Watched(server, store, run_id)
        for turn in range(rounds):
            for count in (0, number) if turn % 2 else (number, 0):
                with viewers(browser, f"{server.url}/train?run={run_id}", count):
                    windows[count].append(watched.watch(steps))
        store.close()
    return windows[0], windows[number]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--viewers", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--steps", type=int, default=1000, help="per window")
    given = options.parse_args()
    print(machine(), f"{os.cpu_count()} processors; before: {load()}", sep="\n")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = launch(playwright)
        print(versions("streamlit", "plotly", "tensorflow"), f"Chromium {browser.version}", flush=True)
        windows = measure(browser, Path(home), given.viewers, given.rounds, given.steps)
        browser.close()
    print(f"{given.rounds} rounds of {given.steps} steps; after: {load()}")
    report(*windows, given.viewers)


if __name__ == "__main__":
    main()
