"""How modes, times and ratios are written, in every sentence, chart and table of a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lib.core.benchmark.comparison import Ratio
from lib.core.benchmark.one_off_costs import BreakEven
from lib.core.i18n import Translate, mark
from lib.core.studies.events import Began
from lib.core.studies.modes import MODES

SHORT: Mapping[str, str] = {
    "eager": mark("eager"),
    "eager_keras": mark("eager (Keras' Adam)"),
    "graph": mark("graph"),
    "graph_keras": mark("graph (Keras' Adam)"),
    "xla": mark("XLA"),
    "xla_keras": mark("XLA (Keras' Adam)"),
    "session": mark("Session"),
    "fit": mark("Keras fit"),
    "fit_keras": mark("Keras fit (Keras' Adam)"),
    "loop": mark("in-graph loop"),
    "loop_keras": mark("in-graph loop (Keras' Adam)"),
    "loop_xla": mark("in-graph loop + XLA"),
    "loop_xla_keras": mark("in-graph loop + XLA (Keras' Adam)"),
}
"""Short names of the modes, for charts and sentences."""


def mode_label(mode: str, _: Translate) -> str:
    """The mode's full name in the language of `_`."""
    return _(MODES[mode])


def mode_short(mode: str, _: Translate) -> str:
    """The mode's short name in the language of `_`."""
    return _(SHORT[mode])


def time_words(milliseconds: float) -> str:
    """A measured time with three significant digits, in the unit that suits them: '45.6 µs', '4.65 ms', '1.23 s'.

    `lib.ui.widgets.text.duration` is for times that people wait.
    """
    rounded = float(f"{milliseconds:.3g}")
    if rounded == 0:
        return "0 ms"
    for unit, size in (("s", 1000.0), ("ms", 1.0), ("µs", 1e-3), ("ns", 1e-6)):
        if rounded >= size or unit == "ns":
            break
    value = rounded / size
    return f"{value:,.{max(0, 2 - math.floor(math.log10(value)))}f} {unit}"


def factors(ratio: float, low: float = 0.0, high: float = math.inf) -> tuple[str, str, str]:
    """A ratio and its interval, all three with as many decimals as the interval justifies: '81', '63', '217'.

    Decimals reach to the second digit of the interval's width, at most two; more only so that no value except 1 itself
    reads as 1. Without an interval there are two.
    """
    ends = (ratio, low, high)
    places = _known_places(low, high)
    while places < 6 and any(end != 1 and round(end, places) == 1 for end in ends if math.isfinite(end)):
        places += 1
    return tuple(f"{end:,.{places}f}" if math.isfinite(end) else "∞" for end in ends)  # type: ignore[return-value]


def _known_places(low: float, high: float) -> int:
    """The number of decimals that an interval justifies, 0 to 2."""
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return 2
    return max(0, min(2, 1 - math.floor(math.log10(width))))


def as_fast(ratio: Ratio) -> tuple[str, str, str]:
    """How many times as fast as the other the mode is, with its interval, as every text says it.

    This is the inverse of the ratio of their times: the median of the pairs' ratios, never the ratio of two medians.
    """
    return factors(*as_fast_numbers(ratio))


def as_fast_numbers(ratio: Ratio) -> tuple[float, float, float]:
    """The same numbers before rounding; a missing bound is infinity."""
    return 1 / ratio.ratio, 1 / ratio.high, 1 / ratio.low if ratio.low > 0 else math.inf


def machine_name(began: Began) -> str:
    """The machine of the measurement: the processor, and the device if that is another."""
    return began.machine if began.device in (began.machine, "") else f"{began.machine} · {began.device}"


def steps_words(even: BreakEven, _: Translate) -> str:
    """The interval, such as '20 to 50'; a single number if the start was timed once or there is no upper bound."""
    if math.isinf(even.high):
        return f"{math.ceil(even.steps):,}"
    low, high = (f"{math.ceil(steps):,}" for steps in (even.low, even.high))
    return low if low == high else _("{low} to {high}").format(low=low, high=high)
