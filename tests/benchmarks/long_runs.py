"""Whether a page costs more the longer its run is: python -m tests.benchmarks.long_runs

One store holds two synthetic runs, of 1,000 and of 100,000 steps, otherwise equal. Measured for both, in turn: a
server's first read of the run, each further poll while the run grows, the size of the message to the browser, and the
time of a real Chromium from opening the link until the chart has its points.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Evaluated, Event, Finished, Progress, Started
from lib.runs.db.store import Store
from lib.ui.jobs.run_feed import feed_of_run
from lib.ui.widgets.theme import learning_curve
from tests.benchmarks.reporting import load, machine, ratios, spread, table, verdict, versions
from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.visiting import wait_for_points

SHORT, LONG = 1_000, 100_000
EPOCHS, CHUNK, LEFT = 5, 25, 20
"""Epochs of both runs, steps per call, and calls left to make while they are polled."""
TARGET = 1.2
"""The long run may cost this many times as much: 1, plus room for noise."""
PATIENCE = 300
"""Seconds that a page on a busy machine may take to draw its chart."""
WORKER = "made-up"
FIRST, NEXT = "ms  first look of a server at the run", "ms  each further look while it grows"
MESSAGE, OPENED = "kB  points for a chart drawn anew", "ms  link opened until the chart has its points"

Measured = dict[str, dict[int, list[float]]]


def beginning(steps: int) -> list[Event]:
    return [
        Started(
            device="made up",
            threads=2,
            versions={},
            parameters=1,
            steps_per_epoch=steps // EPOCHS,
            total_steps=steps,
            loading_seconds=0.1,
        ),
        Compiled(tracing_seconds=0.1, compiling_seconds=0.1),
    ]


def progress(first_step: int) -> Progress:
    """CHUNK steps of a falling, noisy curve."""
    steps = np.arange(first_step, first_step + CHUNK)
    noise = np.random.default_rng(first_step).random(CHUNK)
    losses = (2 / np.sqrt(steps) * (0.5 + noise)).astype(np.float32)
    return Progress(
        first_step=first_step, losses=losses, accuracies=(1 - losses / 2).astype(np.float32), images_per_second=5000.0
    )


def evaluated(epoch: int, steps: int) -> Evaluated:
    return Evaluated(
        epoch=epoch,
        step=steps // EPOCHS * epoch,
        train_loss=1 / epoch,
        train_accuracy=1 - 0.1 / epoch,
        test_loss=1 / epoch,
        test_accuracy=1 - 0.1 / epoch,
        confusion=((100,) * 10,) * 10,
        training_seconds=1.0,
        evaluating_seconds=0.1,
    )


def story(steps: int) -> Iterator[Event]:
    """All events after the beginning, except the end."""
    per_epoch = steps // EPOCHS
    for first in range(1, steps + 1, CHUNK):
        yield progress(first)
        if (first + CHUNK - 1) % per_epoch == 0:
            yield evaluated((first + CHUNK - 1) // per_epoch, steps)


def milliseconds(since: float) -> float:
    return 1000 * (time.perf_counter() - since)


class MadeUp:
    """A run of `steps` steps in the store, almost at its end."""

    def __init__(self, store: Store, steps: int) -> None:
        self.store, self.steps = store, steps
        self.id = store.create_run(TrainConfig(epochs=EPOCHS)).id
        store.claim(self.id, WORKER)
        events = [*beginning(steps), *story(steps)]
        self.left = events[-LEFT:]
        for event in events[:-LEFT]:
            store.append(self.id, event, WORKER)
        self.following = feed_of_run(store, self.id)
        self.following.look()

    def first_look(self) -> float:
        """Milliseconds of a first read of the run."""
        started = time.perf_counter()
        feed_of_run(self.store, self.id).look()
        return milliseconds(started)

    def next_look(self) -> float:
        """Milliseconds of a further poll after the next event."""
        self.store.append(self.id, self.left.pop(0), WORKER)
        started = time.perf_counter()
        self.following.look()
        return milliseconds(started)

    def message(self) -> float:
        """Kilobytes of the points for a new chart."""
        seen = self.following.look()
        lines = learning_curve(seen.lines, seen.epochs)
        return len(json.dumps([[line.x, line.y] for line in lines.values()])) / 1000

    def finish(self) -> None:
        while self.left:
            self.store.append(self.id, self.left.pop(0), WORKER)
        self.store.append(self.id, Finished(step=self.steps, reason="epochs"), WORKER)


def opened(browser: Browser, url: str) -> float:
    """Milliseconds until a new visitor's chart has points."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, started = context.new_page(), time.perf_counter()
    page.goto(url)
    wait_for_points(page, 0, PATIENCE)
    took = milliseconds(started)
    context.close()
    return took


def measure(browser: Browser, home: Path, rounds: int) -> Measured:
    measured: Measured = defaultdict(lambda: defaultdict(list))
    server = Server(home)
    store = server.store
    runs = [MadeUp(store, steps) for steps in (SHORT, LONG)]
    for _ in range(min(rounds, LEFT)):
        for run in runs:
            measured[FIRST][run.steps].append(run.first_look())
            measured[NEXT][run.steps].append(run.next_look())
    for run in runs:
        run.finish()
        measured[MESSAGE][run.steps].append(run.message())
    with server:
        # The first visit of all waits for the server itself.
        opened(browser, f"{server.url}/train?run={runs[0].id}")
        for _ in range(rounds):
            for run in runs:
                measured[OPENED][run.steps].append(opened(browser, f"{server.url}/train?run={run.id}"))
    store.close()
    return measured


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9)
    given = options.parse_args()
    print(machine(), f"before: {load()}", sep="\n")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = launch(playwright)
        print(versions("streamlit", "plotly", "SQLAlchemy"), f"Chromium {browser.version}", flush=True)
        measured = measure(browser, Path(home), given.rounds)
        browser.close()
    print(f"{given.rounds} rounds; after: {load()}; median (lowest to highest)")
    rows = {}
    for name, values in measured.items():
        growth = ratios(values[LONG], values[SHORT])
        aim = verdict(statistics.median(growth), TARGET)
        rows[name] = f"{spread(values[SHORT])}   {spread(values[LONG])}   ratio {spread(growth)}  {aim}"
    print(f"for {SHORT:,} steps, for {LONG:,} steps, and their ratio round by round")
    table(rows)


if __name__ == "__main__":
    main()
