"""Our training step against every other way to write it: python -m tests.benchmarks.peers

Each way runs in its own process; all make blocks of steps in turn, so that other load on the machine affects all.
Ratios are taken within each round: our default's time divided by theirs, so below 1 we are faster. Tracing and
compiling do not count. The same rounds measure the share of the machine's own limits that we reach.

They differ not only in how a step is called but also in how Adam is written, as each name says: two rows with different
Adams do not show the worth of the call alone. `python -m tests.benchmarks.comparing` does.

Peers with a missing package are skipped and named; `pip install -r tests/benchmarks/requirements.txt` brings them.
PyTorch may have its own environment: --torch-python PATH.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lib.core.data.dataset import load_images
from lib.core.statistics import wilson_interval
from lib.core.training.config import TrainConfig
from tests.benchmarks.reporting import load, machine, ratios, spread, table, verdict, versions

ROOT = Path(__file__).parents[2]
OURS, BFLOAT16, JAX = "ours", "ours-bfloat16", "jax"
NEEDS: Mapping[str, tuple[str, ...]] = {JAX: ("jax", "optax"), "torch": ("torch", "numpy")}
"""Packages that a peer's interpreter needs besides those of the tests."""
PEERS: Mapping[str, str] = {
    "ours": "ours, graph, fused Adam (the default)",
    "ours-xla": "ours, XLA, fused Adam",
    "ours-bfloat16": "ours, graph, fused Adam, mixed_bfloat16",
    "seed": "the seed's graph loop, Keras' Adam",
    "keras-fit": "Keras fit, Keras' Adam, 50 steps per execution",
    "keras-fit-xla": "Keras fit, XLA, Keras' Adam, 50 steps per execution",
    "session": "TensorFlow 1 Session, fused Adam",
    "jax": "JAX jit, optax",
    "torch": "PyTorch, fused Adam",
}
TARGETS: Mapping[str, float] = {"seed": 0.45, "keras-fit-xla": 0.95, "jax": 1.0, "torch": 0.5}
"""Targets: our default's time as a share of theirs, at most."""
BFLOAT16_TARGET = 0.85
"""Target: our time per step in mixed_bfloat16 as a share of JAX's in float32, at most."""

STEP_GFLOP = 0.56
"""Floating-point operations of one step: 32 images × 2 × (26 × 26 × 9 × 32 twice, because the gradient of the image is
not needed; 21,632 × 128 and 128 × 10 three times: forward, gradient of the weights, gradient of the input)."""
STEP_GB = 0.11
"""Ten passes over the 2.77 million weights of 4 bytes: read forward, read backward, gradient written and read, then the
weights and Adam's two moments each read and written."""


WARM_UP, REPETITIONS = 50, 20
"""Steps before the first round; repetitions of a limit's operation per round."""

Measured = dict[str, list[float]]


class Peer:
    """A process that makes steps on request. It ends when its input is closed."""

    def __init__(self, module: str, name: str, python: str) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [python, "-m", f"tests.benchmarks.{module}", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )

    def ask(self, amount: int) -> float:
        """The process's measurement over this many steps: seconds, or the rate of a limit."""
        assert self.process.stdout is not None
        print(amount, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}: run its loop by hand to see why")
        return float(answer)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def missing(packages: tuple[str, ...], python: str) -> list[str]:
    """Those of `packages` that the interpreter cannot import."""
    looked = (subprocess.run([python, "-c", f"import {name}"], stderr=subprocess.DEVNULL) for name in packages)
    return [name for name, answer in zip(packages, looked, strict=True) if answer.returncode]


def candidates(chosen: list[str], pythons: Mapping[str, str]) -> list[Peer]:
    """A process for each peer that can run here; prints the names of the others."""
    made = []
    for name in chosen:
        python = pythons.get(name, sys.executable)
        if lacking := missing(NEEDS.get(name, ()), python):
            print(
                f"left out: {PEERS[name]}; install {' and '.join(lacking)} (tests/benchmarks/requirements.txt)"
                + (", or name an interpreter that has it with --torch-python" if name == "torch" else "")
            )
        else:
            made.append(Peer("peers_loops", name, python))
    return made


def measure(peers: list[Peer], limits: list[Peer], rounds: int, steps: int) -> tuple[Measured, Measured]:
    """Milliseconds per step of every peer, and the machine's limits by name, for every round.

    A block before the first round warms up; every other round is in reverse order.
    """
    times: Measured = {peer.name: [] for peer in peers}
    rates: Measured = {limit.name: [] for limit in limits}
    for process in (*peers, *limits):
        process.ask(WARM_UP)
    for number in range(rounds):
        for peer in peers if number % 2 else reversed(peers):
            times[peer.name].append(peer.ask(steps) / steps * 1000)
        for limit in limits:
            rates[limit.name].append(limit.ask(REPETITIONS))
    return times, rates


def report_times(times: Mapping[str, list[float]]) -> None:
    print("\nms per step; our default as a share of it, round by round: median (lowest to highest)")
    rows = {}
    for name, values in times.items():
        shares = ratios(times[OURS], values)
        aim = verdict(statistics.median(shares), TARGETS.get(name))
        rows[PEERS[name]] = f"{spread(values)}   {spread(shares, 3)}  {aim}"
    table(rows)
    if BFLOAT16 in times and JAX in times:
        shares = ratios(times[BFLOAT16], times[JAX])
        aim = verdict(statistics.median(shares), BFLOAT16_TARGET)
        print(f"ours in mixed_bfloat16 as a share of JAX in float32: {spread(shares, 3)}  {aim}")


def report_limits(ours: list[float], rates: Mapping[str, list[float]]) -> None:
    gflops, gigabytes = statistics.median(rates["matmul"]), statistics.median(rates["triad"])
    step = statistics.median(ours)
    arithmetic, traffic = STEP_GFLOP / gflops * 1000, STEP_GB / gigabytes * 1000
    print(f"\na large float32 matrix product: GFLOP/s {spread(rates['matmul'], 0)}")
    print(f"a triad over arrays as large as the dense layer's weights (11 MB): GB/s {spread(rates['triad'], 1)}")
    print(f"{STEP_GFLOP} GFLOP at that speed take {arithmetic:.2f} ms: our step reaches {arithmetic / step:.0%} of it")
    both = arithmetic + traffic
    megabytes = STEP_GB * 1000
    print(f"with {megabytes:.0f} MB of memory traffic, {traffic:.2f} ms: {both / step:.0%} of both one after the other")


def report_accuracy(epochs: int, seeds: int) -> None:
    """Trains in float32 and in mixed_bfloat16 with the same seeds; prints their final accuracies."""
    from lib.ml.training.trainer import Trainer

    images = load_images("mnist")
    print(f"\ntest accuracy after {epochs} epochs, {seeds} seeds, with the 95 % interval of all their test images")
    for precision in ("float32", "mixed_bfloat16"):
        reached = []
        for seed in range(seeds):
            trainer = Trainer(TrainConfig(precision=precision, epochs=epochs, seed=seed), images)
            while trainer.step < trainer.total_steps:
                trainer.advance(25)
            _, probabilities = trainer.look(images.x_test, images.y_test)
            reached.append(float(np.mean(probabilities.argmax(axis=1) == images.y_test)))
        total = seeds * len(images.y_test)
        low, high = wilson_interval(round(sum(reached) * len(images.y_test)), total)
        print(
            f"{precision:15} {spread([100 * share for share in reached])} %   interval {low:.2%} to {high:.2%}",
            flush=True,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--steps", type=int, default=150, help="per block")
    options.add_argument(
        "--only", nargs="+", choices=PEERS, default=list(PEERS), help="these peers; ours is always there"
    )
    options.add_argument("--torch-python", default=sys.executable, help="an interpreter that has PyTorch")
    options.add_argument("--epochs", type=int, default=5, help="for the accuracy in bfloat16; 0 leaves it out")
    options.add_argument("--seeds", type=int, default=1, help="for the accuracy in bfloat16")
    given = options.parse_args()
    print(machine(), versions("tensorflow", "keras", "jax", "optax", "torch", "numpy"), sep="\n")
    peers = candidates([name for name in PEERS if name == OURS or name in given.only], {"torch": given.torch_python})
    print(f"{given.rounds} rounds of {given.steps} steps, batch 32; before: {load()}", flush=True)
    limits = [Peer("peers_limits", name, sys.executable) for name in ("matmul", "triad")]
    times, rates = measure(peers, limits, given.rounds, given.steps)
    for process in (*peers, *limits):
        process.close()
    print(f"after: {load()}")
    report_times(times)
    report_limits(times[OURS], rates)
    if given.epochs:
        report_accuracy(given.epochs, given.seeds)


if __name__ == "__main__":
    main()
