"""The engine's report about itself and its workers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from lib.core.jobs.lanes import Lane

if TYPE_CHECKING:
    from distributed import Client

    from lib.runs.model.run import Job

ANSWER_SECONDS = 30
"""How long the scheduler may take to answer: a run must not be lost because its machine swaps."""

Phase = Literal["starting", "loading", "ready", "resting", "unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """One worker process. `devices` and `versions` are known once it is `loaded`, that is, has imported TensorFlow.

    `lanes` are those that it announces: none where all work is shared.
    """

    pid: int
    host: str
    threads: int
    loaded: bool
    devices: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    lanes: frozenset[Lane] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """A snapshot of the engine: 'starting' (no worker yet), 'loading' (none has imported TensorFlow yet), 'ready',
    'resting' (a small machine's worker has ended and comes back with the next work), or 'unreachable' (the cluster at
    TF2LAB_SCHEDULER does not answer).

    The phase is that of the workers for long work. `lanes` are those whose work goes only to workers that announce
    them: none where all work is shared.

    `trouble` is the code of trouble with the storage of runs (lib.runs.model.health), None if all is well.
    """

    phase: Phase
    workers: tuple[WorkerState, ...] = ()
    lanes: frozenset[Lane] = frozenset()
    trouble: str | None = None

    @property
    def takes_work(self) -> bool:
        """Whether work that is submitted now is performed as soon as it can be."""
        return self.phase in ("ready", "resting")

    def workers_of(self, lane: Lane) -> tuple[WorkerState, ...]:
        """The workers that the work of this lane goes to."""
        return tuple(worker for worker in self.workers if lane not in self.lanes or lane in worker.lanes)

    def beside(self, open_jobs: Iterable[Job]) -> list[Job]:
        """Those of the jobs that are under way on a host of these workers."""
        hosts = {worker.host for worker in self.workers}
        return [job for job in open_jobs if job.host in hosts]

    def has_loaded(self, lane: Lane) -> bool:
        """Whether a worker of this lane has imported TensorFlow."""
        return any(worker.loaded for worker in self.workers_of(lane))


def state_of(client: Client, lanes: Collection[Lane] | None = None) -> EngineState:
    """Asks the scheduler for its workers' last reports. Raises OSError or TimeoutError if it does not answer.

    `lanes` are those of the cluster, by default all that a worker announces.
    """
    scheduler: Any = client.scheduler
    answer = client.sync(scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS)
    known = [worker for worker in answer["workers"].values() if "tf2lab" in worker["metrics"]]
    # Those for long work first: what they are is shown to visitors.
    workers = tuple(sorted(map(_worker, known), key=lambda worker: worker.lanes == {Lane.SHORT}))
    trouble = next((found for worker in known if (found := worker["metrics"]["tf2lab"].get("trouble"))), None)
    announced = frozenset().union(*(worker.lanes for worker in workers)) if lanes is None else frozenset(lanes)
    state = EngineState(phase="starting", workers=workers, lanes=announced, trouble=trouble)
    phase: Phase = "ready" if state.has_loaded(Lane.LONG) else "loading" if workers else "starting"
    return replace(state, phase=phase)


def _worker(seen: Mapping[str, Any]) -> WorkerState:
    report = seen["metrics"]["tf2lab"]
    return WorkerState(
        pid=report["pid"],
        host=report["host"],
        threads=report["threads"],
        loaded=report["loaded"],
        devices=tuple(report["devices"]),
        versions=dict(report["versions"]),
        lanes=frozenset(Lane) & frozenset(seen["resources"]),
    )
