"""A comparison in words that can be read out: every sentence follows from its numbers and says them."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.comparison import Comparison
from lib.core.studies import MODES
from lib.core.words import Translate, mark

SHORT: Mapping[str, str] = {
    "eager": mark("eager"),
    "graph": mark("graph"),
    "xla": mark("XLA"),
    "session": mark("Session"),
    "fit": mark("Keras fit"),
    "loop": mark("in-graph loop"),
    "loop_xla": mark("in-graph loop + XLA"),
}
"""The modes in a word or two, for charts and sentences."""


def mode_label(mode: str, _: Translate) -> str:
    """What the mode is, in the language of `_`."""
    return _(MODES[mode])


def mode_short(mode: str, _: Translate) -> str:
    """The mode in a word or two, in the language of `_`."""
    return _(SHORT[mode])


def duration(milliseconds: float) -> str:
    """Three digits that matter, in the unit that suits them: '45.6 µs', '4.65 ms', '1.23 s'."""
    raise NotImplementedError


def summary(comparison: Comparison, _: Translate) -> list[str]:
    """All there is to say by now, in the language of `_`."""
    raise NotImplementedError
