"""The events of a study: small frozen values, like those of a run in `lib.core.training.events`.

    a CompareConfig   Began · (Prepared … Agreed … Warmed … Sampled … UncontrolledSamples …) per size · Measured
    a RetraceConfig   Began · Called …
    an XrayConfig     Began · Xrayed
    a SaliencyConfig  Began · Salient
    a LessonConfig    Began · (Numbers … · Listed · Printed · Timed …) per function
    an ExportConfig   Began · Exporting … · Exported

Each ends with Finished, Stopped or Failed.

Times are whole nanoseconds of `time.perf_counter_ns`, never averaged: everything that a page says is computed from
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.tour.outputs import Listed, Numbers, Printed, Timed

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The machine before any measurement. `load`: the number of processes that wanted to run, mean of a minute.

    `busy`: share of all processors in use by other processes just before, 0 to 1. `rounds`: planned samples of each
    mode at each size, fewer if time is short; 0 if nothing is timed in rounds.

    `commit`: the version of this app. `at`: the time, in UTC, as ISO 8601. `system`: the operating system. `flags`:
    environment variables that change TensorFlow or XLA. All four are empty in records of older versions.
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
    """A mode at a size is still at work, and there is no result yet. Can come anywhere before Measured.

    Yielded so that a stop request is noticed in the meantime.
    """

    size: int
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mode is ready at a size. `tracing`: building its graph, `first`: the first call after that, with compiling.

    Both are from the very first time, so those of the first mode include costs that all share. `tracings` and `firsts`
    are from later times, when it was built anew, in random order; empty in records of older versions, and for eager,
    which builds nothing. `traces`: how often its current function was traced. `steps`: steps in each later sample.
    `first_steps`: steps in the first call, the number that one call makes.
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

    `output`: of losses, or of results if the work does not train. `weights`: 0 if the work does not train. Both
    absolute. `agrees`: within `tolerance`.
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
    """Warm-up calls, which do not count, until two successive medians are alike (`settled`) or patience is over.

    `times`: nanoseconds of each sample of `steps` steps, in order, without the first call of `Prepared`.
    """

    size: int
    mode: str
    steps: int
    times: tuple[int, ...]
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One round (counted from 1): every mode once, in the order of `modes`, which is random in each round.

    `times`: nanoseconds of each mode's sample. `starts`: when each began, counted from the first of this size.
    `void`: modes that traced again during it; their times of this round do not count.

    `block`: the number of its block of rounds; there are pauses between blocks. `planned`: rounds at this size, as
    estimated at that time; 0 if it is what Began says. `others`, `stolen`: shares of all processors used by other
    processes, and by other machines on the same hardware, in this round, 0 to 1; `disturbed`: these are too large.
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
class UncontrolledSamples:
    """Samples of a mode as a careless benchmark takes them, recorded after the honest samples.

    `block`: nanoseconds of samples right after each other, without another mode between. `unsynchronised`: of samples
    that end when the call returns, without waiting for its result. All have `steps` steps.
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

    `call`: its text in Python. `signature`: what the function was traced for, as TensorFlow says it; unchanged if
    nothing was traced. `traced`: whether this call traced. `functions`: the number of concrete functions so far.
    `time`: nanoseconds. `cause`: a key of `lib.core.tracing.retraces.CAUSES`; empty if nothing was traced.
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
    """A function from Python to machine code. Nodes are rows (name, operation, layer or ''), edges pairs of numbers.

    `source`: the Python text. `converted`: AutoGraph's conversion. `nodes`, `edges`: the graph as traced, with called
    functions inlined; `optimised_nodes`, `optimised_edges`: after Grappler. `hlo`: XLA's module as text before
    optimisation, `optimised_hlo`: after it; a page shows their sizes. Both are empty if XLA refuses, which `hlo_error`
    explains.
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
    """How fast the score of `digit` grows with each pixel of the drawing, float32 (28, 28), with pixels from 0 to 1.

    `step`: the step of its run at which the network's weights were read; 0 for the shipped model.
    """

    digit: int
    step: int
    gradient: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """A file is being made, or opened and checked: `stage` is "make" or "check", `seconds` since the export began.

    Yielded again and again, so that a stop request is noticed in the meantime.
    """

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file of a run's network after `step`, opened in a fresh process and compared with the app's own predictions.

    `size`: its bytes. `difference`: the largest absolute difference of a probability; of a file without a network, of a
    value of its curves. `digits`: how many test images were compared, `same`: those read as the same class; both 0
    without a network. `milliseconds`: the median for a single digit, NaN without a network. `seconds`: to make and
    check it. `versions`: of Python and the libraries that opened it. `path` and `sha256` say where it is kept; both are
    empty if it did not pass.
    """

    format: str
    step: int
    size: int
    difference: float
    digits: int
    same: int
    milliseconds: float
    seconds: float
    versions: Mapping[str, str]
    path: str = ""
    sha256: str = ""


StudyEvent = (
    Began
    | Waiting
    | Prepared
    | Agreed
    | Warmed
    | Sampled
    | UncontrolledSamples
    | Measured
    | Called
    | Xrayed
    | Salient
    | Printed
    | Numbers
    | Timed
    | Listed
    | Exporting
    | Exported
)

STORED_NAMES: Mapping[type, str] = {UncontrolledSamples: "Shortcut"}
"""The names in databases and files of those event classes that were renamed later."""


def stored_name(kind: type) -> str:
    """The name of an event's class in databases and files."""
    return STORED_NAMES.get(kind, kind.__name__)
