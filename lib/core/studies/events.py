"""What happens in a study: small frozen values, as those of a run in `lib.core.training.events`.

    Began · (Prepared … Agreed … Warmed … Sampled … Shortcut …) per size · Measured · Finished | Stopped | Failed
    Began · Called … · Finished | Stopped | Failed                       of a RetraceConfig
    Began · Xrayed · Finished | Stopped | Failed                         of an XrayConfig
    Began · Salient · Finished | Stopped | Failed                        of a SaliencyConfig

Times are whole nanoseconds of `time.perf_counter_ns`, never averaged: what a page says follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The machine as it is, before anything is measured. `load`: processes that wanted to run, mean of a minute.

    `busy`: share of all processors that others used just before, 0 to 1. `rounds`: samples that each mode will have
    at each size, fewer where the time is short; 0 where nothing is timed in rounds.

    `commit`: which version of this app measured. `at`: when, in UTC, as ISO 8601 has it. `system`: the operating
    system. `flags`: what the environment tells TensorFlow and XLA to do otherwise. All empty where an older version
    measured.
    """

    machine: str
    processors: int
    memory: int
    threads: int
    device: str
    versions: Mapping[str, str]
    load: float
    busy: float
    rounds: int
    commit: str = ""
    at: str = ""
    system: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mode at a size keeps everybody waiting, and there is nothing to tell yet. Comes anywhere before Measured.

    Said so that somebody who wants to stop is heard in the meantime.
    """

    size: int
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mode is ready at a size. `tracing`: building its graph, `first`: the first call after that, compiling included.

    Both were the first of all, so whoever came first has paid in them what all share. `tracings` and `firsts` are of
    the times that it was built anew after that, in an order drawn anew each time; empty in records of older versions,
    and of eager, where nothing can be built. `traces`: how often what it calls now was traced. `steps`: of the work in
    each sample from now on. `first_steps`: of the work in the first call, as many as one call makes.
    """

    size: int
    mode: str
    tracing: int
    first: int
    traces: int
    steps: int
    first_steps: int = 1
    tracings: tuple[int, ...] = ()
    firsts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """After `steps` steps from the same weights over the same batches: the largest differences from the first mode.

    `output`: of losses, or of what the work returns where it does not train. `weights`: 0 where it does not train.
    Both absolute. `agrees`: within `tolerance`.
    """

    size: int
    mode: str
    steps: int
    output: float
    weights: float
    tolerance: float
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmed:
    """Calls that are not counted, until two medians in a row were alike (`settled`) or patience was over.

    `times`: nanoseconds of each sample of `steps` steps, in order, the first call of `Prepared` not among them.
    """

    size: int
    mode: str
    steps: int
    times: tuple[int, ...]
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One round (counted from 1): every mode once, in the order of `modes`, which is drawn anew each round.

    `times`: nanoseconds of each mode's sample. `starts`: when each began, counted from the first of this size.
    `void`: modes that traced again meanwhile; their times of this round do not count.

    `block`: which of the blocks of rounds, with pauses between, it belongs to. `planned`: rounds at this size, as far
    as was known by then; 0 where that is what Began says. `others`, `stolen`: shares of all processors that other
    processes, and other machines on the same hardware, used in this round, 0 to 1; `disturbed`: too much of it.
    """

    size: int
    round: int
    modes: tuple[str, ...]
    times: tuple[int, ...]
    starts: tuple[int, ...]
    void: tuple[str, ...] = ()
    block: int = 1
    planned: int = 0
    others: float = 0.0
    stolen: float = 0.0
    disturbed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What a careless benchmark would have measured of a mode, recorded after the honest samples.

    `block`: nanoseconds of samples one right after the other, no other mode between. `unsynchronised`: of samples that
    end when the call returns, without waiting for its result. Of `steps` steps each.
    """

    size: int
    mode: str
    steps: int
    block: tuple[int, ...]
    unsynchronised: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The machine afterwards, as in Began."""

    load: float
    busy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call (counted from 1) of a function under investigation.

    `call`: as it stands in Python. `signature`: what the function was traced for, as TensorFlow says it; the same
    signature as before where nothing was traced. `traced`: whether this call traced. `functions`: concrete functions
    by now. `time`: nanoseconds. `cause`: a key of `lib.core.tracing.retraces.CAUSES`; empty where nothing was traced.
    `differences`: the arguments that differ from the nearest earlier signature, as (name, before, now).
    """

    number: int
    call: str
    signature: str
    traced: bool
    functions: int
    time: int
    cause: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Xrayed:
    """A function from Python to what runs. Nodes are rows (name, operation, layer or ''), edges pairs of their numbers.

    `source`: the Python text. `converted`: what AutoGraph made of it. `nodes`, `edges`: the graph as traced, functions
    that it calls inlined; `optimised_nodes`, `optimised_edges`: after Grappler. `hlo`: XLA's module as text before
    optimisation, `optimised_hlo`: after it; their sizes are what a page shows. Empty where XLA refuses, which
    `hlo_error` explains.
    """

    source: str
    converted: str
    nodes: tuple[tuple[str, str, str], ...] = field(repr=False)
    edges: tuple[tuple[int, int], ...] = field(repr=False)
    optimised_nodes: tuple[tuple[str, str, str], ...] = field(repr=False)
    optimised_edges: tuple[tuple[int, int], ...] = field(repr=False)
    hlo: str = field(repr=False)
    optimised_hlo: str = field(repr=False)
    hlo_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Salient:
    """How fast the score of `digit` grows with each pixel of the drawing, float32 (28, 28), a pixel from 0 to 1.

    `step`: after which step of its run the network's weights were read; 0 of the model that ships.
    """

    digit: int
    step: int
    gradient: Floats = field(repr=False)


StudyEvent = Began | Waiting | Prepared | Agreed | Warmed | Sampled | Shortcut | Measured | Called | Xrayed | Salient
