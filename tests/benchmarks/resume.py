"""How quickly a paused run resumes on a warm worker: python -m tests.benchmarks.resume

The seed's network with the app's own defaults, in a real worker. Times are from the call that resumes the run to its
next recorded step: after Step (one step, then pause), after Resume, and after a pause in which another run used the
worker. Medians are printed with the lowest and the highest; the target is at most 0.5 s, always.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time

from lib.core.training.config import TrainConfig
from lib.core.training.events import Started
from lib.runs.db.store import Store, open_store
from lib.runs.engine.engine import Engine
from lib.runs.model.run import Status
from tests.benchmarks.reporting import spread, verdict
from tests.waiting import until

CONFIG = TrainConfig(epochs=100)
OTHER = TrainConfig(network="mlp", epochs=1, train_size=3200)
TARGET = 500.0


def resumed(store: Store, engine: Engine, run_id: str, steps: int | None) -> float:
    """Milliseconds from resuming the run, for `steps` steps, to its next recorded step; then it is paused again."""
    before = store.run(run_id).step
    started = time.perf_counter()
    store.resume(run_id, pause_after=None if steps is None else before + steps)
    engine.wake()
    until(lambda: store.run(run_id).step > before)
    milliseconds = (time.perf_counter() - started) * 1000
    if steps is None:
        store.pause(run_id)
    rested(store, run_id)
    return milliseconds


def rested(store: Store, run_id: str) -> None:
    until(lambda: store.run(run_id).status == Status.PAUSED, seconds=60)


def another(store: Store, engine: Engine) -> None:
    """Another visitor's run, from start to end."""
    run_id = store.create_run(OTHER).id
    engine.wake()
    until(lambda: store.run(run_id).is_over, seconds=60)


def measure(store: Store, engine: Engine, rounds: int) -> tuple[Started, dict[str, list[float]]]:
    """The worker's description, and milliseconds by kind of request."""
    run_id = store.create_run(CONFIG, pause_after=25).id
    engine.wake()
    rested(store, run_id)
    times: dict[str, list[float]] = {"Step": [], "10 steps": [], "Resume": [], "Step, after another's run": []}
    for _ in range(rounds):
        times["Step"].append(resumed(store, engine, run_id, 1))
        times["10 steps"].append(resumed(store, engine, run_id, 10))
        times["Resume"].append(resumed(store, engine, run_id, None))
        another(store, engine)
        times["Step, after another's run"].append(resumed(store, engine, run_id, 1))
    (first, *_) = (event for _, event in store.events(run_id) if isinstance(event, Started))
    return first, times


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=10)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TF2LAB_HOME"] = home
        store = open_store()
        engine = Engine.start(store)
        try:
            machine, times = measure(store, engine, given.rounds)
        finally:
            engine.close()
            store.close()
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    print(f"{machine.device}, {machine.threads} threads; {versions}")
    print(
        f"{given.rounds} rounds, {machine.parameters:,} parameters; to the next recorded step, target {TARGET:.0f} ms"
    )
    for name, values in times.items():
        print(f"{name:26} ms {spread(values, 0)}  {verdict(max(values), TARGET)}")


if __name__ == "__main__":
    main()
