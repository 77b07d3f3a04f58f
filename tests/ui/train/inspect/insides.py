"""Synthetic insides of networks: those that a run might record, and some that no run should."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Inside
from lib.runs.model.run import Run, Status
from lib.runs.model.view import RunView
from tests.pages.stories import evaluated

Rng = np.random.Generator

SEEN: dict[str, RunView] = {}
"""Input of a page: a script that AppTest runs cannot see a test's own variables."""


def inside(epoch: int, *, layers: tuple[str, ...] = ("conv1", "d1"), mistakes: int = 12, **about: Any) -> Inside:
    """A plausible inside after `epoch`: its numbers follow from the epoch alone."""
    random = np.random.default_rng(epoch)
    numbers = np.arange(mistakes) * 7
    true, taken = numbers % 10, (numbers + 1 + epoch) % 10
    thought = np.full((mistakes, 10), 0.001, np.float32)
    thought[np.arange(mistakes), true] = 0.005
    thought[np.arange(mistakes), taken] = 0.987
    given = {
        "mistakes": np.stack([numbers, true, taken], axis=1).astype(np.int32),
        "probabilities": thought,
        "first_layer": random.normal(0, 0.1 + epoch / 100, (32, 3, 3)).astype(np.float32),
        "weights": {name: spread(random, 0.1) for name in layers},
        "gradients": {name: spread(random, 0.001) for name in layers} if epoch else {},
        "dead": dict.fromkeys(layers, 0.01 * epoch),
    }
    return Inside(epoch=epoch, step=epoch * 40, seconds=0.5, **(given | about))


def spread(random: Rng, width: float) -> np.ndarray:
    counts, edges = np.histogram(random.normal(0, width, 1000), 40)
    return np.stack([(edges[:-1] + edges[1:]) / 2, counts])


def run_of(config: TrainConfig, run_id: str = "one", status: Status = Status.FINISHED) -> Run:
    """A run for pages that only need its id, its settings and whether it is open."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    known = {"id": run_id, "config": config, "status": status, "created_at": now}
    fields: dict[str, Any] = dict.fromkeys(Run.__dataclass_fields__)
    return Run(**(fields | {"step": 0, "total_steps": 0, "unread": ()} | known))


def seen_of(
    epochs: int, config: TrainConfig | None = None, run_id: str = "one", insides: tuple[Inside, ...] | None = None
) -> RunView:
    """A run with `epochs` evaluated epochs, with insides, also one before the first step."""
    config = config or TrainConfig(epochs=10)
    looks = tuple(inside(epoch) for epoch in range(epochs + 1)) if insides is None else insides
    return RunView(run_of(config, run_id), epochs=results(epochs), insides=looks)


def results(epochs: int) -> tuple[Evaluated, ...]:
    return tuple(evaluated(epoch, 9000 + 50 * epoch) for epoch in range(1, epochs + 1))
