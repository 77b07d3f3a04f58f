"""The reading of a drawing, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from lib.core.inference.litert import Floats
from lib.ui.draw.reading.reading import PARTS, Answer, Reading
from lib.ui.shell.language import _
from lib.ui.widgets.text import certainty

UNSURE = "?"
"""Stands for a drawing that is not a digit, and for an answer that is a close call."""
CLOSE = 0.05
"""A lead smaller than this over the second class is a close call: with steps left out the drawing that the network gets
may be between two digits, while the whole preparation shows a clear one.
"""


def headline(reading: Reading, answer: Answer) -> str:
    """The reading alone: '7', '407', '4?7' if the second is not a digit, or '45 74' for two lines of a page."""
    said = [class_said(reading, answer, place) for place in range(len(reading.digits))]
    if not tells_digits(answer):
        return " ".join(said)
    begins = (before != line for before, line in pairwise((0, *reading.lines)))
    return "".join(" " + word if begin else word for word, begin in zip(said, begins, strict=True))


def class_said(reading: Reading, answer: Answer, place: int) -> str:
    """What the model reads at `place`: '7', or '?' if it tells digits and this is none, or a close call."""
    if tells_digits(answer) and (reading.doubtful[place] or is_close(answer.probabilities[place])):
        return UNSURE
    return _(answer.model.classes[answer.classes()[place]])


def tells_digits(answer: Answer) -> bool:
    """Whether the model classifies digits: only then it matters whether a drawing is one."""
    return all(len(name) == 1 for name in answer.model.classes)


def first_two(probabilities: Floats) -> tuple[int, int]:
    """The likeliest class and the second likeliest, from probabilities (10,)."""
    best, second = np.argsort(-probabilities, kind="stable")[:2]
    return int(best), int(second)


def is_close(probabilities: Floats) -> bool:
    """Whether the likeliest class leads by so little that it says nothing: probabilities (10,)."""
    best, second = first_two(probabilities)
    return float(probabilities[best] - probabilities[second]) < CLOSE


def margin_words(probabilities: Floats, classes: Sequence[str], doubtful: bool) -> str:
    """How sure the network is of one digit, and its lead over the second: probabilities (10,)."""
    best, second = first_two(probabilities)
    said = _("{best} with {sure}, then {second} with {less}: {margin} points ahead.").format(
        best=_(classes[best]),
        sure=certainty(float(probabilities[best])),
        second=_(classes[second]),
        less=certainty(float(probabilities[second])),
        margin=f"{100 * float(probabilities[best] - probabilities[second]):.1f}",
    )
    if doubtful:
        return _("Not sure: this does not look like a digit. The network would say:") + " " + said
    if is_close(probabilities):
        return _("Not sure: two are almost as likely.") + " " + said
    return said


def latency_words(seconds: Mapping[str, float], answer: float, taken: Sequence[float]) -> str:
    """The server's time until the answer was on its way, part by part, and the usual time."""
    parts = " · ".join(f"{_(PARTS[name])} {1000 * took:.1f}" for name, took in seconds.items())
    said = _("The server had the answer after {total} ms. Part by part: {parts}.").format(
        total=f"{1000 * answer:.1f}", parts=parts
    )
    if len(taken) > 1:
        said += " " + _("Median of the last {count} answers: {median} ms.").format(
            count=len(taken), median=f"{1000 * float(np.median(taken)):.1f}"
        )
    return said + " " + _("The canvas itself waits 200 ms after a stroke before it sends.")


def course_words(steps: Sequence[int], probabilities: Floats, classes: Sequence[str]) -> str:
    """How the answer to one drawing changed: `probabilities` (n, 10) after each of `steps`, `classes` as displayed.

    The step of a change is not known exactly, only the two snapshots around it.
    """
    best = probabilities.argmax(axis=1)
    changes = [k for k in range(1, len(best)) if best[k] != best[k - 1]]
    first, last = (
        {"digit": classes[best[k]], "sure": certainty(float(probabilities[k, best[k]])), "step": f"{steps[k]:,}"}
        for k in (0, -1)
    )
    said = (
        _("Before the first step the network said {digit} with {sure}.")
        if steps[0] == 0
        else _("After step {step} the network said {digit} with {sure}.")
    ).format(**first)
    if len(steps) == 1:
        return said
    if not changes:
        return said + " " + _("It has said so ever since; after step {step} with {sure}.").format(**last)
    changed = _(
        "Changes of mind among {count} snapshots: {changes}. From step {since} on it says {digit}, after step {step} "
        "with {sure}."
    )
    since = f"{steps[changes[-1]]:,}"
    return said + " " + changed.format(count=len(steps), changes=len(changes), since=since, **last)
