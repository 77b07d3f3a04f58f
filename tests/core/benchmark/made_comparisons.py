"""Synthetic comparisons, with times that a test chooses."""

import itertools

from lib.core.benchmark.comparison import comparison_of
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Agreed, Began, Measured, Prepared, Sampled, UncontrolledSamples, Warmed

MS = 1_000_000
"""Nanoseconds per millisecond."""
ROUNDS = 30


def began(**about):
    values = {
        "machine": "Test machine",
        "processors": 2,
        "memory": 8 << 30,
        "threads": 2,
        "device": "CPU",
        "versions": {"python": "3.11.9", "tensorflow": "2.21.0"},
        "load": 0.25,
        "busy": 0.01,
        "rounds": ROUNDS,
    }
    return Began(**values | about)


def wobbling(milliseconds, count=ROUNDS, percent=1.0):
    """`count` times around `milliseconds`, alternately shorter and longer by up to `percent`."""
    return [
        milliseconds * (1 + percent / 100 * sign * (i % 7) / 6)
        for i, sign in zip(range(count), itertools.cycle((1, -1)))
    ]


def size_events(size, times, *, steps=10, rounds=ROUNDS, void=None, blocks=1, disturbed=(), planned=0, **about):
    """The events of one size. `times`: milliseconds per step by mode, one number or one for each round.

    `void`: rounds that do not count, by mode. `blocks`: the number of blocks that the rounds are split into.
    `disturbed`: rounds in which other processes used the machine. `about`: other values of Prepared, Agreed, Warmed and
    UncontrolledSamples by mode.
    """
    modes = tuple(times)
    each = {
        mode: wobbling(time, rounds) if isinstance(time, (int, float)) else list(time) for mode, time in times.items()
    }
    for mode in modes:
        values = {"tracing": 0, "first": 0, "traces": 0, "steps": steps} | about.get("prepared", {}).get(mode, {})
        yield Prepared(size=size, mode=mode, **values)
    for mode in modes[1:]:
        values = {"steps": 5, "output": 1e-7, "weights": 2e-8, "tolerance": 1e-4, "agrees": True}
        yield Agreed(size=size, mode=mode, **values | about.get("agreed", {}).get(mode, {}))
    for mode in modes:
        values = {"steps": steps, "times": tuple(round(each[mode][0] * steps * MS) for _ in range(6)), "settled": True}
        yield Warmed(size=size, mode=mode, **values | about.get("warmed", {}).get(mode, {}))
    for number in range(1, rounds + 1):
        order = modes[number % len(modes) :] + modes[: number % len(modes)]
        taken = tuple(round(each[mode][number - 1] * steps * MS) for mode in order)
        yield Sampled(
            size=size,
            round=number,
            modes=order,
            times=taken,
            starts=tuple(itertools.accumulate((0, *taken[:-1]))),
            void=tuple(mode for mode in order if number in (void or {}).get(mode, ())),
            block=1 + (number - 1) * blocks // rounds,
            planned=planned,
            others=0.4 if number in disturbed else 0.0,
            disturbed=number in disturbed,
        )
    for mode, values in about.get("shortcuts", {}).items():
        yield UncontrolledSamples(size=size, mode=mode, **{"steps": steps} | values)


def compared(times, *, work="train_step", size=None, ended=True, machine=None, **about):
    """A comparison of one size with these `times`; see `size_events`."""
    config = CompareConfig(work=work, modes=tuple(times), sizes=(size,) if size else ())
    events = [began(**machine or {}), *size_events(config.sizes[0], times, **about)]
    return comparison_of(config, [*events, *([Measured(load=0.5, busy=0.02)] if ended else [])])


def swept(times, *, work="matmul", **about):
    """A sweep with these `times` by size and mode."""
    config = CompareConfig(work=work, modes=tuple(next(iter(times.values()))), sizes=tuple(times))
    events = [event for size, of_size in times.items() for event in size_events(size, of_size, **about)]
    return comparison_of(config, [began(), *events, Measured(load=0.5, busy=0.02)])
