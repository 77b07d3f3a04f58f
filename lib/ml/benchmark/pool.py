"""Makes everything that a comparison runs from its settings."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import adam_of, way_of
from lib.core.training.config import TrainConfig
from lib.ml.benchmark.candidates import Candidate, Loop, OneCall, Session, Trained, adam_as, with_weights
from lib.ml.benchmark.keras_fit import Fit
from lib.ml.benchmark.tf1_session import SessionProcess
from lib.ml.benchmark.workloads import SMALL, Task, task
from lib.ml.training.datasets import fetch
from lib.ml.training.networks import build_network


def first_weights(seed: int) -> list[NDArray[Any]]:
    """The initial weights of every mode; the same seed gives the same."""
    weights: list[NDArray[Any]] = build_network(TrainConfig(seed=seed)).get_weights()
    return weights


class CandidatePool:
    """Everything that a comparison runs: the candidates of one size after another, and the process of TensorFlow 1.

    `process`: an existing one, which stays when this pool is closed; otherwise the pool starts its own.
    """

    def __init__(self, config: CompareConfig, process: SessionProcess | None = None) -> None:
        self._config = config
        self._own = SessionProcess() if process is None and "session" in config.modes else None
        self._process = process or self._own

    def ready(self, seconds: float) -> bool:
        """Whether all processes are up; waits at most `seconds` for them."""
        return self._process is None or self._process.ready(seconds)

    def enter(self, size: int) -> Iterator[Candidate]:
        """The candidates at `size`, in the order of the configuration, with nothing built yet. Each takes a while."""
        config = self._config
        made = task(config.work, size, config.seed, fetch("mnist"))
        weights = [] if config.work in SMALL else first_weights(config.seed)
        for mode in config.modes:
            yield self._candidate(mode, made, weights)

    def _candidate(self, mode: str, made: Task, weights: Sequence[NDArray[Any]]) -> Candidate:
        if mode == "session":
            assert self._process is not None
            return Session(self._process, made, weights)
        if way_of(mode) == "fit":
            return Fit(mode, made, weights)
        if way_of(mode) in ("loop", "loop_xla"):
            return Loop(mode, made, weights)
        if made.trains:
            trained = Trained(weights, adam_as(adam_of(mode)))
            return OneCall(mode, trained.step, made.inputs, trained)
        if made.work in SMALL:
            return OneCall(mode, SMALL[made.work](made.size), made.inputs)
        return OneCall(mode, functools.partial(with_weights(weights), training=False), made.inputs)

    def close(self) -> None:
        """Ends the pool's own process."""
        if self._own is not None:
            self._own.close()
