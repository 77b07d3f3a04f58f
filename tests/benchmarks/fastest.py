"""Training time of the preset 'Fastest to 99 %' until it reaches its target: python -m tests.benchmarks.fastest

Ten runs with ten seeds, one after the other in this process, with the app's own loop. It counts the time of the
training steps until the end of the first epoch with at least 99 % of the 10,000 test images correct, without loading,
tracing, compiling and evaluating.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass

import tensorflow as tf

from lib.core.data.dataset import Images, load_images
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated
from lib.core.training.presets import PRESETS
from lib.ml.training.loop import train
from tests.benchmarks.reporting import load, machine, spread, versions

AIM = 0.99
LIMITS = (5.0, 4.0)
"""Seconds: the limit for 9 of 10 runs, and the goal."""


@dataclass(frozen=True)
class Way:
    """One run: the test accuracy after each epoch, and the training seconds until then."""

    seed: int
    accuracies: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def arrived(self) -> float | None:
        """Training seconds until AIM was reached; None if it never was."""
        passed = (time for time, accuracy in zip(self.seconds, self.accuracies, strict=True) if accuracy >= AIM)
        return next(passed, None)

    def __str__(self) -> str:
        after = ", ".join(f"{accuracy:.2%}" for accuracy in self.accuracies)
        words = f"{self.arrived:.2f} s" if self.arrived else "never "
        return f"seed {self.seed:3}: {words} to 99 %; after each epoch {after}; all {self.seconds[-1]:.2f} s"


def run(config: TrainConfig, images: Images) -> Way:
    """Runs the whole training of `config`."""
    tf.keras.backend.clear_session()
    epochs = [event for event in train(config, images) if isinstance(event, Evaluated)]
    seconds = [sum(epoch.training_seconds for epoch in epochs[: k + 1]) for k in range(len(epochs))]
    return Way(config.seed, tuple(epoch.test_accuracy for epoch in epochs), tuple(seconds))


def report(ways: list[Way]) -> None:
    times = [way.arrived for way in ways if way.arrived is not None]
    last = spread([way.accuracies[-1] * 100 for way in ways])
    print(f"reached 99 %: {len(times)} of {len(ways)}; test accuracy in the end {last} %")
    if not times:
        return
    print(f"seconds of training until then: {spread(times)}")
    for limit in LIMITS:
        print(f"under {limit:g} s: {sum(time < limit for time in times)} of {len(ways)}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=10)
    options.add_argument("--first-seed", type=int, default=0)
    given = options.parse_args()
    preset = PRESETS["fastest"].config()
    print(machine(), versions("tensorflow", "keras", "numpy"), f"before: {load()}", sep="\n")
    print("; ".join(f"{name} {value}" for name, value in preset.changes().items()), flush=True)
    images, ways = load_images(preset.dataset), []
    for seed in range(given.first_seed, given.first_seed + given.runs):
        ways.append(run(dataclasses.replace(preset, seed=seed), images))
        print(ways[-1], flush=True)
    print(f"after: {load()}")
    report(ways)


if __name__ == "__main__":
    main()
