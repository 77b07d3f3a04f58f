"""Comparisons as stored at every stage: synthetic, but with real events in their real order."""

import random
from collections.abc import Iterator

from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import (
    Agreed,
    Began,
    Measured,
    Prepared,
    Sampled,
    StudyEvent,
    UncontrolledSamples,
    Warmed,
)
from lib.core.studies.works import WORKS
from lib.core.training.events import Failed, Finished, Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import RunLost, RunOver
from lib.ui.shell.visitor import known_by
from tests.waiting import until

ROUNDS = 30
BEGAN = Began(
    machine="Some Machine",
    processors=2,
    memory=8 * 2**30,
    threads=2,
    device="Some Processor",
    versions={"tensorflow": "2.21.0", "keras": "3.9.9"},
    load=0.12,
    busy=0.02,
    rounds=ROUNDS,
)
MEASURED = Measured(load=1.5, busy=0.03)
BUSY = Measured(load=3.5, busy=0.6)

MILLISECONDS = {
    "eager": 30.0,
    "graph": 11.5,
    "graph_keras": 16.0,
    "xla": 9.4,
    "session": 11.6,
    "fit": 13.0,
    "loop": 11.4,
    "loop_xla": 8.9,
}
"""The time of a step at the work's usual size."""
TRACING = {"graph": 0.4, "graph_keras": 0.6, "xla": 0.45, "session": 0.2, "fit": 0.9, "loop": 0.7, "loop_xla": 0.75}
COMPILING = {"graph": 0.15, "graph_keras": 0.2, "xla": 1.9, "session": 0.1, "fit": 0.4, "loop": 0.2, "loop_xla": 2.1}
BUILDS = 6

TINY = CompareConfig(work="tiny_ops", modes=("eager", "graph"))
TRAINING = CompareConfig()
SWEEP = CompareConfig(work="tiny_ops", modes=("eager", "graph", "xla"), sizes=WORKS["tiny_ops"].sweep)


def milliseconds(config: CompareConfig, mode: str, size: int) -> float:
    """Eager pays for every operation of the work; the other modes for the call, and a little for every operation."""
    if not config.is_sweep:
        return MILLISECONDS[mode]
    return 0.02 + 0.012 * size if mode == "eager" else 0.15 + 0.0004 * size * MILLISECONDS[mode] / 10


def events_at(config: CompareConfig, size: int, rounds: int = ROUNDS) -> Iterator[StudyEvent]:
    """All events of a size up to `rounds` rounds; the careless recordings only after all rounds."""
    chance = random.Random(size)
    steps = {mode: max(1, round(15 / milliseconds(config, mode, size))) for mode in config.modes}
    steps |= {mode: 10 for mode in config.modes if mode.startswith("loop")}

    def sample(mode: str, factor: float = 1.0) -> int:
        spike = 1.4 if chance.random() < 0.08 else 1.0
        noise = 1 + abs(chance.gauss(0, 0.03))
        return round(milliseconds(config, mode, size) * steps[mode] * noise * spike * factor * 1e6)

    for mode in config.modes:
        first = COMPILING.get(mode, 0) + milliseconds(config, mode, size) / 1000
        builds = [1 + abs(chance.gauss(0, 0.05)) for _ in range(BUILDS if mode in TRACING else 0)]
        yield Prepared(
            size=size,
            mode=mode,
            tracing=round(TRACING.get(mode, 0) * 1e9),
            first=round(first * 1e9),
            traces=int(mode in TRACING),
            steps=steps[mode],
            tracings=tuple(round(TRACING[mode] * 1e9 * noise) for noise in builds),
            firsts=tuple(round(first * 1e9 * noise) for noise in builds),
        )
    for mode in config.modes[1:]:
        yield Agreed(size=size, mode=mode, steps=3, output=2e-7, weights=3e-8, tolerance=1e-4, agrees=True)
    for mode in config.modes:
        times = tuple(sample(mode, 1 + 1 / (k + 1)) for k in range(6))
        yield Warmed(size=size, mode=mode, steps=steps[mode], times=times, settled=True)
    now = 0
    for number in range(1, rounds + 1):
        order = tuple(chance.sample(config.modes, len(config.modes)))
        times = tuple(sample(mode) for mode in order)
        starts = tuple(now + sum(times[:k]) for k in range(len(times)))
        now += sum(times)
        yield Sampled(size=size, round=number, modes=order, times=times, starts=starts)
    if rounds == ROUNDS:
        for mode in config.modes:
            unsynchronised = tuple(sample(mode, 0.2 if mode == "eager" else 1.0) for _ in range(10))
            block = tuple(sample(mode) for _ in range(10))
            yield UncontrolledSamples(
                size=size, mode=mode, steps=steps[mode], block=block, unsynchronised=unsynchronised
            )


def whole(config: CompareConfig) -> tuple[StudyEvent, ...]:
    """All events of all sizes."""
    return BEGAN, *(event for size in config.sizes for event in events_at(config, size))


def all_rounds(config: CompareConfig) -> int:
    return ROUNDS * len(config.sizes)


def some_rounds(config: CompareConfig, rounds: int) -> tuple[StudyEvent, ...]:
    """The events up to the first `rounds` rounds of the first size."""
    return BEGAN, *events_at(config, config.sizes[0], rounds)


STORIES: dict[str, tuple[CompareConfig, tuple[object, ...]]] = {
    "waiting": (TINY, ()),
    "running, nothing yet": (TINY, (BEGAN,)),
    "running, preparing": (TINY, some_rounds(TINY, 0)),
    "running, some rounds": (TINY, some_rounds(TINY, 9)),
    "running, sweep": (SWEEP, (*some_rounds(SWEEP, 30), *events_at(SWEEP, SWEEP.sizes[1], 4))),
    "finished": (TINY, (*whole(TINY), MEASURED, Finished(step=all_rounds(TINY), reason="rounds"))),
    "finished, training": (TRAINING, (*whole(TRAINING), MEASURED, Finished(step=ROUNDS, reason="rounds"))),
    "finished, sweep": (SWEEP, (*whole(SWEEP), MEASURED, Finished(step=all_rounds(SWEEP), reason="rounds"))),
    "finished, busy": (TINY, (*whole(TINY), BUSY, Finished(step=all_rounds(TINY), reason="rounds"))),
    "stopped, at once": (TINY, (Stopped(step=0),)),
    "stopped, halfway": (TINY, (*some_rounds(TINY, 12), Stopped(step=12))),
    "stopped, sweep": (SWEEP, (*some_rounds(SWEEP, 30), Stopped(step=30))),
    "failed, no samples": (TINY, (BEGAN, Failed(step=0, reason="error", detail="deliberately broken"))),
    "failed, halfway": (TINY, (*some_rounds(TINY, 12), Failed(step=12, reason="worker_died"))),
}
"""The settings and events of each story, by the status (before the comma) that they lead to."""

MEASURED_SOMETHING = [
    name for name, (_, events) in STORIES.items() if any(isinstance(event, Sampled) for event in events)
]
OVER = [name for name in MEASURED_SOMETHING if not name.startswith("running")]


TELLER = "teller"
"""The worker that has all stories. It is on no host, so that no other comparison is in its way, nor it in theirs."""


def tell(store: Store, name: str, owner: str = "one", guess: float | None = None) -> str:
    """Creates a comparison of the visitor `owner` with the events of the story `name`; returns its id.

    Where a real engine serves the store, its worker may take the comparison from the teller, and would measure between
    these events: such a one is stopped, and another one told.
    """
    config, events = STORIES[name]

    def told() -> str:
        study_id = store.create_study(config, owner=known_by(owner), guess=guess).id
        try:
            if events:
                store.claim(study_id, TELLER)
            for event in events:
                store.append(study_id, event, TELLER)
        except (RunLost, RunOver):
            store.stop(study_id)
            return ""
        return study_id

    return until(told)
