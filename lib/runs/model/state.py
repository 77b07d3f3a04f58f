"""The engine's report about itself and its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 30
"""How long the scheduler may take to answer: a run must not be lost because its machine swaps."""

Phase = Literal["starting", "loading", "ready", "unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """One worker process. `devices` and `versions` are known once it is `loaded`, that is, has imported TensorFlow."""

    pid: int
    host: str
    threads: int
    loaded: bool
    devices: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """A snapshot of the engine: 'starting' (no worker yet), 'loading' (none has imported TensorFlow yet), 'ready', or
    'unreachable' (the cluster at TF2LAB_SCHEDULER does not answer).

    `trouble` is the code of trouble with the storage of runs (lib.runs.model.health), None if all is well.
    """

    phase: Phase
    workers: tuple[WorkerState, ...] = ()
    trouble: str | None = None


def state_of(client: Client) -> EngineState:
    """Asks the scheduler for its workers' last reports. Raises OSError or TimeoutError if it does not answer."""
    scheduler: Any = client.scheduler
    answer = client.sync(scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS)
    reports = [report for worker in answer["workers"].values() if (report := worker["metrics"].get("tf2lab"))]
    workers = tuple(_worker(report) for report in reports)
    trouble = next((report["trouble"] for report in reports if report.get("trouble")), None)
    loaded = any(worker.loaded for worker in workers)
    phase: Phase = "ready" if loaded else "loading" if workers else "starting"
    return EngineState(phase=phase, workers=workers, trouble=trouble)


def _worker(report: Mapping[str, Any]) -> WorkerState:
    return WorkerState(
        pid=report["pid"],
        host=report["host"],
        threads=report["threads"],
        loaded=report["loaded"],
        devices=tuple(report["devices"]),
        versions=dict(report["versions"]),
    )
