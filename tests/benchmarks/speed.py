"""The time of our training step against the seed's own loop: python -m tests.benchmarks.speed

Both make blocks of steps in turn, so that other load on the machine affects both; the seed has its own process. Times
exclude tracing and compiling. A ratio is taken within each round; medians are printed with the lowest and highest
round.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from lib.core.data.dataset import load_images
from lib.core.training.config import TrainConfig
from lib.ml.environment import threads
from lib.ml.training.trainer import Trainer
from tests.benchmarks.reporting import load, machine, ratios, spread, versions

Block = Callable[[int], float]
"""Makes this many steps and returns the seconds it took."""
SEED = "seed graph"


def ours(config: TrainConfig) -> Block:
    """A function that makes the next steps as the app does, in calls of `config.steps_per_call`."""
    trainer = Trainer(config, load_images(config.dataset))
    trainer.prepare()

    def make(steps: int) -> float:
        started, end = time.perf_counter(), trainer.step + steps
        while trainer.step < end:
            trainer.advance(min(config.steps_per_call, end - trainer.step))
        return time.perf_counter() - started

    return make


def theirs(mode: str) -> Block:
    """A function that makes the next steps in the seed's process, which ends with this one."""
    command = [sys.executable, "-m", "tests.benchmarks.seed_loop", mode]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    )

    def make(steps: int) -> float:
        assert child.stdout is not None
        print(steps, file=child.stdin, flush=True)
        return float(child.stdout.readline())

    return make


def candidates(steps_per_call: int, eager: bool) -> dict[str, Block]:
    """The seed's loop and ours in each mode, by name."""
    modes = ["xla", "graph", *(["eager"] if eager else [])]
    made = {SEED: theirs("graph")}
    if eager:
        made["seed eager"] = theirs("eager")
    for mode in modes:
        made[mode] = ours(TrainConfig(execution=mode, steps_per_call=steps_per_call, epochs=100))
    return made


def measure(blocks: Mapping[str, Block], rounds: int, steps: int) -> dict[str, list[float]]:
    """Milliseconds per step of every candidate in every round, after a warm-up round."""
    times: dict[str, list[float]] = {name: [] for name in blocks}
    for block in blocks.values():
        block(25)
    for _ in range(rounds):
        for name, block in blocks.items():
            times[name].append(block(steps) / steps * 1000)
    return times


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--steps", type=int, default=150, help="per block")
    options.add_argument("--steps-per-call", type=int, default=25)
    options.add_argument("--eager", action="store_true", help="also measure the eager loops")
    given = options.parse_args()
    times = measure(candidates(given.steps_per_call, given.eager), given.rounds, given.steps)
    print(f"{machine()}, {threads()} threads", versions("tensorflow", "keras", "numpy"), f"after: {load()}", sep="\n")
    print(f"{given.rounds} rounds of {given.steps} steps, batch 32, float32, {given.steps_per_call} steps per call")
    for name, values in times.items():
        shares = spread(ratios(values, times[SEED]))
        print(f"{name:10} ms per step {spread(values)}   ratio to {SEED} {shares}")


if __name__ == "__main__":
    main()
