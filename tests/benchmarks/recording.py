"""The cost of recording a training: python -m tests.benchmarks.recording

The same training runs with and without the store, in turn, so that other load on the machine affects both. With the
store it runs as in a worker: it takes snapshots, records every event and reads every control request. Times are from
the first step to the last event. The target is 3 %, both for the ratio and for the share of time spent recording, which
is less noisy, and 1 % for the share of snapshots alone, creating them included.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field

from lib.core.mydigits.finetune_plan import InitialWeights
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Compiled, Snapshot
from lib.core.training.presets import PRESETS
from lib.ml.environment import device_name, threads, versions
from lib.ml.training import loop
from lib.ml.training.datasets import fetch
from lib.ml.training.trainer_cache import TrainerCache
from lib.runs.db.store import Store, open_store
from lib.runs.worker.attempt import Attempt, Events, Training
from lib.runs.worker.worker import tensorflow_study
from tests.benchmarks.reporting import spread

TARGET = 3.0
TARGET_OF_SNAPSHOTS = 1.0


@dataclass
class Clock:
    """Seconds from the first step to the last event, the driver's share of them, and the time of each snapshot."""

    kept: TrainerCache
    with_snapshots: bool = False
    snapshots: list[float] = field(default_factory=list)
    seconds: float = 0.0
    outside: float = 0.0
    checkpoints: int = 0

    def train(
        self, config: TrainConfig, resume: Checkpoint | None = None, tuned: InitialWeights | None = None
    ) -> Events:
        """The training, with a time stamp at each event."""
        requests, started = None, 0.0
        images = fetch(config.dataset)
        with closing(loop.train(config, images, resume, self.kept, tuned, self.with_snapshots)) as events:
            while True:
                asked = time.perf_counter()
                try:
                    event = events.send(requests)
                except StopIteration:
                    return
                left = time.perf_counter()
                started = left if isinstance(event, Compiled) else started
                self.checkpoints += isinstance(event, Checkpoint)
                # Before it hears of the last event its driver may close this generator.
                try:
                    requests = yield event
                finally:
                    back = time.perf_counter()
                    self.outside += back - left if started else 0.0
                    self.seconds = back - started
                    if isinstance(event, Snapshot):  # it comes right after another event: nothing else was done before
                        self.snapshots.append(back - asked)


def bare(config: TrainConfig, clock: Clock) -> None:
    """Drives the training and discards its events."""
    for _ in clock.train(config):
        pass


def recorded(config: TrainConfig, clock: Clock, store: Store) -> None:
    """Drives the training as a worker does."""
    training = Training(train=clock.train, study=tensorflow_study, devices=(), versions={})
    Attempt(store, "server/host:1/a", store.create_run(config).id, lambda: training).perform(0)


def measure(config: TrainConfig, rounds: int) -> tuple[list[float], list[float], list[Clock]]:
    """By round: the ratio of both times and the share of recording, in per cent, and the recorded runs' clocks."""
    ratios, shares, clocks, kept = [], [], [], TrainerCache()
    store = open_store()
    bare(config, Clock(kept))
    for _ in range(rounds):
        alone, watched = Clock(kept), Clock(kept, with_snapshots=True)
        bare(config, alone)
        recorded(config, watched, store)
        ratios.append((watched.seconds / alone.seconds - 1) * 100)
        shares.append(watched.outside / watched.seconds * 100)
        clocks.append(watched)
    store.close()
    return ratios, shares, clocks


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--execution", default="graph")
    options.add_argument("--preset", choices=tuple(PRESETS), help="instead of the notes' settings and those above")
    given = options.parse_args()
    config = TrainConfig(epochs=given.epochs, execution=given.execution)
    if given.preset:
        config = PRESETS[given.preset].config()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TF2LAB_HOME"] = home
        ratios, shares, clocks = measure(config, given.rounds)
    print(f"{device_name()}, {threads()} threads; {', '.join(f'{k} {v}' for k, v in versions().items())}")
    seconds = [clock.seconds for clock in clocks]
    counts = sorted({clock.checkpoints for clock in clocks})
    print(f"{given.rounds} rounds of {config.epochs} epochs, {config.execution}; checkpoints a run: {counts}")
    print(f"seconds a recorded run  {spread(seconds)}")
    print(f"% longer with the store {spread(ratios)}   target {TARGET:.0f}")
    print(f"% of the time recording {spread(shares)}   target {TARGET:.0f}")
    print(f"snapshots a run: {sorted({len(clock.snapshots) for clock in clocks})}")
    print(f"ms a snapshot           {spread([1000 * took for clock in clocks for took in clock.snapshots])}")
    alone = [100 * sum(clock.snapshots) / clock.seconds for clock in clocks]
    print(f"% of the time snapshots {spread(alone)}   target {TARGET_OF_SNAPSHOTS:.0f}")


if __name__ == "__main__":
    main()
