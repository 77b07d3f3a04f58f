"""The engine's own process: a Dask scheduler and its workers, on this machine only.

    web process ──stdin kept open──▶ engine process ──pipe kept open──▶ worker process
                                                    ──pipe kept open──▶ a second one, while short work needs it

Each ends when the pipe from its parent closes, however the parent died: nothing is left behind. While it lives, the
engine process holds a lock on engines/<id>.lock, so that other servers know which runs have a living engine.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lib.core.jobs.lanes import Lane
from lib.core.logs import set_up_logs
from lib.core.paths import home
from lib.core.small import ALLOCATOR, is_small

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 5.0
"""How long an engine process may take to end before it is killed."""

IDLE_SECONDS = 300.0
"""The second worker ends after so long without short work, on a small machine the first one without any."""

LOGGING = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "warning"}
"""Set in the environment, because Dask reads it during its import, in every process."""

LOCK_KEPT_SECONDS = 24 * 3600
"""The lock file of a dead engine stays at least this long."""

QUIET = "ignore:resource_tracker:UserWarning"
"""Python's own helper process warns about semaphores when an engine is killed; it frees them all the same."""

DASK: dict[str, Any] = {
    # Dask would set these to 65536 and 1, which almost doubles the time of an epoch. An empty table keeps the defaults.
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": None,
        "OMP_NUM_THREADS": None,
        "MKL_NUM_THREADS": None,
        "OPENBLAS_NUM_THREADS": None,
    },
    # Sampling the stacks of a training thread slows it down.
    "distributed.worker.profile.enabled": False,
    "distributed.worker.profile.interval": "1 day",
    # Dask must not manage TensorFlow's memory: no spilling, pausing or killing.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    # By default Dask checks its own clock fifty times a second in every process, and also looks for work to steal.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "10s",
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.system-monitor.interval": "5s",
    # All runs wait in one queue, the worker's: if some waited at the scheduler, a newer one could overtake them.
    "distributed.scheduler.worker-saturation": "inf",
    # A laptop's sleep must not lose its run, nor a job its place in the queue because other runs killed the worker.
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.allowed-failures": 1000,
    # Dask's web servers cannot be switched off, so they get nothing to serve.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


class OwnCluster:
    """An engine process that belongs to this web process, with 1 or 2 lanes. Raises OSError if it does not start.

    `rests`: its first worker ends too when it has been idle.
    """

    def __init__(self, engine_id: str, environment: dict[str, str], lanes: int = 1) -> None:
        self.engine_id = engine_id
        self.lanes = frozenset(Lane) if lanes > 1 else frozenset()
        self.rests = is_small()
        self._process = subprocess.Popen(
            [sys.executable, "-W", QUIET, "-m", "lib.runs.engine.cluster", engine_id, str(lanes), str(IDLE_SECONDS)],
            cwd=ROOT,
            env={
                **os.environ,
                **LOGGING,
                **(ALLOCATOR if self.rests else {}),
                **environment,
                "TF2LAB_HOME": str(home()),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl+C in the terminal reaches only the web process; the engine follows it.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().decode().strip()
        if not self.address:
            self.close()
            raise OSError(f"engine {engine_id} ended with {self._process.returncode} before it was up")

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Ends the process and its worker; returns when both are gone."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForeignCluster:
    """An external Dask cluster, at TF2LAB_SCHEDULER. Its workers announce lanes, or share all work."""

    def __init__(self, address: str) -> None:
        self.engine_id = self.address = address
        self.lanes = None
        self.rests = False

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        pass


def lock_of(engine_id: str) -> Path:
    """The file that the engine holds a lock on while it lives."""
    folder = home() / "engines"
    folder.mkdir(exist_ok=True)
    return folder / f"{engine_id}.lock"


def is_known(engine_id: str) -> bool:
    """Whether the engine belongs, or belonged, to this home."""
    return "/" not in engine_id and lock_of(engine_id).exists()


def is_dead(engine_id: str) -> bool:
    """Whether an engine of this home has ended; False for a living or an unknown one."""
    if not is_known(engine_id):
        return False
    try:
        with FileLock(lock_of(engine_id), timeout=0):
            return True
    except Timeout:
        return False


def sweep(keep: Collection[str | None]) -> None:
    """Removes the lock files of engines that ended long ago, except those in `keep`, which runs still name."""
    for path in lock_of("any").parent.glob("*.lock"):
        # A new lock file may belong to an engine that has opened but not yet locked it.
        age = datetime.now().timestamp() - path.stat().st_mtime
        if age > LOCK_KEPT_SECONDS and path.stem not in keep and is_dead(path.stem):
            path.unlink(missing_ok=True)


def main(engine_id: str, lanes: str, idle_seconds: str) -> None:
    """The engine process: runs until its stdin ends."""
    set_up_logs("engine")
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    with FileLock(lock_of(engine_id), timeout=0):
        asyncio.run(_serve(int(lanes), float(idle_seconds)))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    # At once, whatever the event loop is doing: the worker sees its pipe close and ends too.
    os._exit(0)


async def _serve(lanes: int, idle_seconds: float) -> None:
    import dask
    from distributed import Scheduler

    from lib.runs.engine.workers import LOOPBACK, OnDemand, worker_process

    set_up_logs("engine")  # Dask has set up its own with its import

    folder = str(home() / "engines")
    dask.config.set({**DASK, "temporary-directory": folder})
    async with Scheduler(host=LOOPBACK, port=0, dashboard=False, dashboard_address=f"{LOOPBACK}:0") as scheduler:
        own = [Lane.LONG] if lanes > 1 else []
        on_demand = OnDemand(scheduler, folder, idle_seconds, [Lane.SHORT]) if own else None
        short = asyncio.create_task(on_demand.serve()) if on_demand else None
        print(scheduler.address, flush=True)  # noqa: T201 - the web process reads the address here
        # All later output, including the workers', belongs in the server's log.
        os.dup2(2, 1)
        if is_small():
            await OnDemand(scheduler, folder, idle_seconds, own).serve(at_once=True)
        async with worker_process(scheduler, folder, own) as nanny:
            await nanny.finished()
            if short:
                short.cancel()


if __name__ == "__main__":
    main(*sys.argv[1:])
