"""What a careless benchmark would say, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.labels import mode_short
from lib.core.benchmark.pitfalls import (
    CLASSIC,
    ELSEWHERE,
    FALSELY_CERTAIN,
    NO_LONGER_CERTAIN,
    REVERSED,
    SWITCHES,
    CarelessTiming,
    Flip,
    careless,
    flipped,
)
from lib.core.i18n import mark
from lib.ui.compare.text import all_of
from lib.ui.shell.language import _
from lib.ui.widgets.text import bold


def careless_words(
    careless: Sequence[CarelessTiming], flips: Sequence[Flip], left_out: Collection[str], samples: int
) -> str:
    """Where the careless benchmark contradicts an honest one with as many samples; if nowhere here, where it would.

    `left_out`: the names of the precautions left out; `samples`: the number of samples of each mode in both.
    """
    if not left_out:
        return _("Nothing is left out yet: switch something on, and see what the same recordings would have said.")
    if not careless:
        return _("This comparison has no recordings of that: it was stopped before they were made.")
    if not flips:
        said = _(
            "Here that flips nothing: an honest benchmark with as many samples says the same of every pair. But look "
            "at how far the numbers move."
        )
        return " ".join([said, *(_(ELSEWHERE[name]) for name in SWITCHES if name in left_out)])
    found = flips_words(flips)
    if "repetition" not in left_out:
        text = _("Held against an honest benchmark with as many samples: {count} of each way.")
        found.append(text.format(count=samples))
    return " ".join(found)


FLIPS: Mapping[str, str] = {
    REVERSED: mark("The answer flips, and the slower one is called the faster: {pairs}."),
    FALSELY_CERTAIN: mark("Falsely certain: one is called faster where nothing can be told: {pairs}."),
    NO_LONGER_CERTAIN: mark("No longer certain: a difference that is there is not found: {pairs}."),
}
"""The names of the kinds of flip."""


def flips_words(flips: Sequence[Flip]) -> list[str]:
    """A sentence for each kind of flip, with its pairs."""
    said = []
    for kind, text in FLIPS.items():
        pairs = [
            _("{mode} and {other}").format(mode=mode_short(flip.mode, _), other=mode_short(flip.other, _))
            for flip in flips
            if flip.kind == kind
        ]
        if pairs:
            said.append(_(text).format(pairs=all_of(pairs)))
    return said


def each_carelessness(comparison: Comparison, size: int) -> list[str]:
    """What each carelessness alone, and the classic three together, flips here or would flip elsewhere."""
    singles = [(_(label), frozenset({name}), _(ELSEWHERE[name])) for name, label in SWITCHES.items()]
    classic = (_("All of a beginner's at once: call it a single time and print what that took"), CLASSIC, "")
    said = []
    for label, left_out, elsewhere in (*singles, classic):
        if not careless(comparison, size, left_out):
            continue
        flips = flips_words(flipped(comparison, size, left_out))
        words = flips or [_("Flips nothing here."), elsewhere]
        said.append(" ".join([f"{bold(label)}.", *words]).strip())
    return said
