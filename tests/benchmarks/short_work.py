"""How soon short work is answered while a run goes on, and what its worker takes: python -m tests.benchmarks.short_work

A real engine with two lanes. The notes' network trains on the first worker all the while. Times are from the request to
the recorded answer: the first one starts the second worker (cold), the others have it (warm); each retrace case and
each gradient is a request of its own. Medians are printed with the lowest and the highest. The answers of an idle first
worker, without a second one, are measured before.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import os
import tempfile
import time
from collections.abc import Iterator

import psutil

from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import SHIPPED, RetraceConfig, SaliencyConfig, StudyConfig
from lib.core.studies.works import CASES
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store, open_store
from lib.runs.engine.engine import Engine
from lib.runs.model.run import Status
from tests.benchmarks.reporting import load, machine, spread, table, verdict, versions
from tests.waiting import until

TARGET = 500.0
COLD_TARGET = 15.0
RUN = TrainConfig(epochs=100)


def gradients() -> Iterator[SaliencyConfig]:
    """A new drawing each time."""
    for number in itertools.count():
        pixels = bytes((number + place) % 256 for place in range(784))
        yield SaliencyConfig(model=SHIPPED, image=base64.b64encode(pixels).decode(), digit=number % 10)


def cases() -> Iterator[RetraceConfig]:
    """Each case with its cure and without, again and again."""
    for fixed in itertools.cycle((False, True)):
        yield from (RetraceConfig(case=case, fixed=fixed) for case in CASES)


def seconds(store: Store, engine: Engine, config: StudyConfig) -> float:
    """From the request to the recorded end."""
    started = time.perf_counter()
    study_id = store.create_study(config).id
    engine.wake()
    until(lambda: store.study(study_id).is_over)
    assert store.study(study_id).status == Status.FINISHED
    return time.perf_counter() - started


def memory(pid: int) -> str:
    """Resident and proportional memory of a process."""
    used = psutil.Process(pid).memory_full_info()
    return f"{used.rss / 1e6:.0f} MB RSS, {getattr(used, 'pss', 0) / 1e6:.0f} MB PSS"


def warm(store: Store, engine: Engine, kind: Iterator[StudyConfig], rounds: int) -> str:
    seconds(store, engine, next(kind))
    times = [1000 * seconds(store, engine, next(kind)) for _ in range(rounds)]
    return f"{spread(times, 0)} ms  {verdict(sorted(times)[len(times) // 2], TARGET)}"


def measure(store: Store, engine: Engine, rounds: int) -> None:
    until(lambda: engine.state().phase == "ready")
    rows = {
        "retrace, idle first worker": warm(store, engine, cases(), rounds),
        "gradient, idle first worker": warm(store, engine, gradients(), rounds),
    }
    run_id = store.create_run(RUN).id
    engine.wake()
    until(lambda: store.run(run_id).step > 100)
    cold = seconds(store, engine, RetraceConfig())
    rows["first answer, second worker cold"] = f"{cold:6.1f} s  {verdict(cold, COLD_TARGET)}"
    (pid,) = (one.pid for one in until(lambda: engine.state()).workers if one.lanes == {Lane.SHORT})
    rows["second worker after one retrace case"] = memory(pid)
    rows["retrace, warm, beside the run"] = warm(store, engine, cases(), rounds)
    rows["gradient, warm, beside the run"] = warm(store, engine, gradients(), rounds)
    rows["second worker after all of that"] = memory(pid)
    rows["first worker, training"] = memory(engine.state().workers[0].pid)
    assert store.run(run_id).status == Status.RUNNING
    table(rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    print(f"{machine()}; {versions('tensorflow', 'distributed')}; {load()}")
    with tempfile.TemporaryDirectory() as home:
        os.environ["TF2LAB_HOME"] = home
        store = open_store()
        engine = Engine.start(store, lanes=2)
        try:
            measure(store, engine, given.rounds)
        finally:
            engine.close()
            store.close()


if __name__ == "__main__":
    main()
