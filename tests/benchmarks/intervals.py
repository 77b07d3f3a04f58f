"""How often intervals err on synthetic noise, and how often they find a difference: python -m
tests.benchmarks.intervals

The table of `lib.core.benchmark.intervals`: 20,000 comparisons per row, each of two blocks with `--rounds` in all.
First equal modes, then modes 10 % apart, by the sign test alone and by the app's interval. The result does not depend
on the machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lib.core.benchmark.intervals import interval, lower_rank
from tests.core.benchmark.noise import made

RUNS, AT_ONCE, SEED = 20_000, 2_000, 2026

QUIET = {"deviation": 0.01, "walk": 0.003, "wave": 0.1, "twice": 0.05}
ROWS: dict[str, dict[str, float]] = {
    "noise  3 %, twice as long  5 %": {"deviation": 0.03, "twice": 0.05},
    "noise  5 %, twice as long 10 %": {},
    "noise  5 %, twice as long 20 %": {"twice": 0.2},
    "noise  8 %, twice as long 10 %": {"deviation": 0.08},
    "a drift of all, 10 %, alike 0.68": {"shared": 0.1, "alike": 0.68},
    "each its own, 4 %, alike 0.45": QUIET | {"own": 0.04, "alike": 0.45},
    "each its own, 4 %, alike 0.68": QUIET | {"own": 0.04, "alike": 0.68},
    "each its own, 4 %, alike 0.80": QUIET | {"own": 0.04, "alike": 0.8},
    "each its own, 4 %, alike 0.95": QUIET | {"own": 0.04, "alike": 0.95},
    "3 % that last for a block": {"deviation": 0.03, "twice": 0.05, "lasting": 0.03},
}
"""Noise parameters by name."""

Floats = NDArray[np.float64]


def ratios(ratio: float, rounds: int, noise: dict[str, float]) -> Iterator[Floats]:
    """Logarithms of the pairs' ratios of RUNS comparisons, in batches of (AT_ONCE, rounds)."""
    rng = np.random.default_rng(SEED)
    for _ in range(RUNS // AT_ONCE):
        first, second = made(rng, AT_ONCE, ratio, rounds=rounds, **noise)  # type: ignore[arg-type]  # of all arguments only a bool is none
        yield np.log(second) - np.log(first)


def signs(logs: Floats) -> tuple[Floats, Floats]:
    """The interval of the sign test alone, which assumes independent rounds."""
    ordered, rank = np.sort(logs, axis=1), lower_rank(logs.shape[1])
    return ordered[:, rank - 1], ordered[:, -rank]


def ours(logs: Floats) -> tuple[Floats, Floats]:
    """The app's interval."""
    half = logs.shape[1] // 2
    return interval(logs, (logs.shape[1] - half, half))[1:]


def shares(ratio: float, rounds: int, noise: dict[str, float]) -> list[float]:
    """How often the second mode is called slower or, for equal modes, different: by the sign test alone, by ours."""
    certain = np.zeros(2)
    for logs in ratios(ratio, rounds, noise):
        for place, (low, high) in enumerate((signs(logs), ours(logs))):
            certain[place] += np.sum((low > 0) | ((high < 0) & (ratio == 1)))
    return list(certain / RUNS)


def row(rounds: int, noise: dict[str, float]) -> str:
    alike, apart = shares(1.0, rounds, noise), shares(1.1, rounds, noise)
    return " ".join(f"{share:9.1%}" for share in (*alike, *apart))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=40)
    rounds = options.parse_args().rounds
    print(f"{rounds} rounds                        | alike, told apart  | 10 % slower, found")
    print("                                 |     signs      ours |     signs      ours")
    for name, noise in ROWS.items():
        print(f"{name:33}|{row(rounds, noise)}", flush=True)


if __name__ == "__main__":
    main()
