"""What the events of a run in an archive must be, beyond their types: values that pages, databases and charts can take.

Each event is checked field by field (RULES), then all together: their order, and that there is one end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lib.core.data.dataset import CLASSES, SIDE, TEST_IMAGES
from lib.core.errors import REASONS
from lib.core.i18n import mark
from lib.core.incoming import FileError
from lib.core.seeds import SCHEME
from lib.core.training.config import SETTINGS
from lib.core.training.events import (
    Compiled,
    Evaluated,
    Event,
    Failed,
    Finished,
    Inside,
    OwnEvaluated,
    Paused,
    Progress,
    RateChanged,
    Started,
    Stopped,
)
from lib.core.untrusted import beginning, printable

MOST_STEPS = 10_000_000
"""More than any settings allow: 100 epochs of 60,000 images, one at a time, are 6 million."""
MOST_EPOCHS = 100
MOST_OWN = 2000
"""Most own digits that a visitor can keep, as `lib.core.mydigits.digit_sets.MAX_DIGITS`."""
MOST_LETTERS = 200
LONGEST_DETAIL = 100_000
MOST_LAYERS = 20
MOST_SHOWN = 100
"""Most mistakes, patterns and bins of a look inside; a run records 12, 32 and 40."""
BITS = -(-TEST_IMAGES // 8)
ENDS = ("epochs", "target_accuracy", "patience")
LAST = (Finished, Stopped, Failed)


class Misplaced(FileError):
    """A value in an archive that cannot be: `where` it stands, its beginning, and what would be `right`."""

    def __init__(self, where: str, value: object, right: str) -> None:
        template = mark("The archive cannot be read: {where} is {value}, and would have to be {right}.")
        super().__init__(template, where=beginning(where), value=beginning(described(value)), right=right)


def described(value: object) -> object:
    """An array by its type and shape, anything else as it is."""
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else value


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must fulfil, and the same in signs that need no language."""

    fits: Callable[[Any], bool]
    right: str


def whole(low: int, high: int) -> Rule:
    return Rule(lambda value: low <= value <= high, f"{low:,} … {high:,}")


def one_of(names: Sequence[str]) -> Rule:
    return Rule(lambda value: value in names, " | ".join(names))


def array(dtype: type[np.generic], *shape: int | None, most: int = MOST_SHOWN) -> Rule:
    """An array of this type and shape; an axis that is None has a length up to `most`."""

    def fits(value: Any) -> bool:
        return (
            value.dtype == dtype
            and value.ndim == len(shape)
            and all(
                has <= most if wanted is None else has == wanted for has, wanted in zip(value.shape, shape, strict=True)
            )
        )

    sides = ", ".join(f"≤ {most}" if side is None else str(side) for side in shape)
    return Rule(fits, f"{np.dtype(dtype)} ({sides})")


def counts_all(confusion: tuple[tuple[int, ...], ...]) -> bool:
    """Whether these are the counts of a confusion matrix of all test images."""
    square = len(confusion) == CLASSES and all(len(row) == CLASSES and min(row) >= 0 for row in confusion)
    return square and sum(map(sum, confusion)) == TEST_IMAGES


def or_none(rule: Rule) -> Rule:
    return Rule(lambda value: value is None or rule.fits(value), f"null | {rule.right}")


def table(rule: Rule) -> Rule:
    """A value for each of a few layers, by their names."""

    def fits(value: Mapping[str, Any]) -> bool:
        return len(value) <= MOST_LAYERS and all(TEXT.fits(name) and rule.fits(one) for name, one in value.items())

    return Rule(fits, f"{{… : {rule.right}}}")


TEXT = Rule(lambda value: len(value) <= MOST_LETTERS and printable(value) == value, f"≤ {MOST_LETTERS} letters")
TEXTS = table(TEXT)
DETAIL = Rule(lambda value: len(value) <= LONGEST_DETAIL, f"≤ {LONGEST_DETAIL:,} letters")
STEP, EPOCH = whole(0, MOST_STEPS), whole(0, MOST_EPOCHS)
SECONDS = Rule(lambda value: 0 <= value < 1e9, "0 … 1e9")
SHARE = Rule(lambda value: 0 <= value <= 1, "0 … 1")
COUNTS = Rule(lambda value: not value or counts_all(value), f"{CLASSES} × {CLASSES}, Σ = {TEST_IMAGES:,}")
MISTAKES = Rule(
    lambda value: (
        array(np.int32, None, 3).fits(value)
        and bool((value >= 0).all() and (value < (TEST_IMAGES, CLASSES, CLASSES)).all())
    ),
    f"int32 (≤ {MOST_SHOWN}, 3)",
)
PATTERNS = Rule(
    lambda value: array(np.float32, None, None, None).fits(value) and max(value.shape[1:]) <= SIDE,
    f"float32 (≤ {MOST_SHOWN}, ≤ {SIDE}, ≤ {SIDE})",
)
RATE = Rule(SETTINGS["learning_rate"].allows, "SETTINGS: learning_rate")
SUSPECTS = Rule(lambda value: len(value) <= len(SETTINGS) and set(value) <= SETTINGS.keys(), "SETTINGS")

RULES: Mapping[type, Mapping[str, Rule]] = {
    Started: {
        "device": TEXT,
        "threads": whole(1, 100_000),
        "versions": TEXTS,
        "parameters": whole(0, 10**10),
        "steps_per_epoch": whole(1, MOST_STEPS),
        "total_steps": whole(1, MOST_STEPS),
        "loading_seconds": SECONDS,
        "step": STEP,
        "scheme": or_none(whole(1, SCHEME)),
    },
    Compiled: {"tracing_seconds": SECONDS, "compiling_seconds": SECONDS},
    Evaluated: {
        "epoch": whole(1, MOST_EPOCHS),
        "step": STEP,
        "test_accuracy": SHARE,
        "confusion": COUNTS,
        "training_seconds": SECONDS,
        "evaluating_seconds": SECONDS,
        "right": or_none(array(np.uint8, BITS)),
        "mistaken": or_none(array(np.uint8, None, most=TEST_IMAGES)),
    },
    OwnEvaluated: {
        "step": STEP,
        "epoch": EPOCH,
        "own_accuracy": SHARE,
        "own_count": whole(1, MOST_OWN),
        "test_accuracy": SHARE,
        "own_right": or_none(array(np.uint8, None, most=-(-MOST_OWN // 8))),
        "test_right": or_none(array(np.uint8, BITS)),
    },
    Inside: {
        "epoch": EPOCH,
        "step": STEP,
        "mistakes": MISTAKES,
        "probabilities": array(np.float32, None, CLASSES),
        "first_layer": PATTERNS,
        "weights": table(array(np.float64, 2, None)),
        "gradients": table(array(np.float64, 2, None)),
        "dead": table(SHARE),
        "seconds": SECONDS,
    },
    RateChanged: {"step": STEP, "learning_rate": RATE},
    Paused: {"step": STEP},
    Finished: {"step": STEP, "reason": one_of(ENDS)},
    Stopped: {"step": STEP},
    Failed: {"step": STEP, "reason": one_of(tuple(REASONS)), "detail": DETAIL, "suspects": SUSPECTS},
}
"""What is checked of each event; the types of all its fields are right already (`lib.core.codec`)."""


def check_event(where: str, event: Event) -> None:
    """Raises Misplaced for the first field that breaks its rule."""
    for name, rule in RULES[type(event)].items():
        value = getattr(event, name)
        if not rule.fits(value):
            raise Misplaced(f"{where}.{name}", value, rule.right)
    if isinstance(event, Inside) and len(event.probabilities) != len(event.mistakes):
        raise Misplaced(f"{where}.probabilities", event.probabilities, f"float32 ({len(event.mistakes)}, {CLASSES})")
    if isinstance(event, Evaluated):
        check_taken(where, event)
    if isinstance(event, OwnEvaluated) and event.own_right is not None:
        wanted = -(-event.own_count // 8)
        if len(event.own_right) != wanted:
            raise Misplaced(f"{where}.own_right", event.own_right, f"uint8 ({wanted},)")


def check_taken(where: str, event: Evaluated) -> None:
    """Raises Misplaced unless there is a class for each image that was not classified correctly."""
    if event.mistaken is None:
        return
    wrong = 0 if event.right is None else TEST_IMAGES - int(np.unpackbits(event.right, count=TEST_IMAGES).sum())
    if len(event.mistaken) != wrong:
        raise Misplaced(f"{where}.mistaken", event.mistaken, f"uint8 ({wrong},)")
    if wrong and (highest := int(event.mistaken.max())) >= CLASSES:
        raise Misplaced(f"{where}.mistaken", highest, f"0 … {CLASSES - 1}")


def check_order(events: Sequence[Event], last_step: int) -> None:
    """Raises Misplaced unless the events are those of one run with `last_step` steps that is over.

    Steps never go back, epochs come one after another, nothing comes before the start, and the one end is the last.
    """
    step, epoch, begun = 0, 0, False
    for number, event in enumerate(events):
        where = f"events[{number}]"
        is_end, is_last = isinstance(event, LAST), number == len(events) - 1
        if is_end != is_last or not (begun or is_end or isinstance(event, Started)):
            raise Misplaced(where, type(event).__name__, expected(begun, is_last))
        begun = True
        if not isinstance(event, Compiled | Progress):
            if not step <= event.step <= last_step:
                raise Misplaced(f"{where}.step", event.step, f"{step:,} … {last_step:,}")
            step = event.step
        if isinstance(event, Evaluated):
            if event.epoch != epoch + 1:
                raise Misplaced(f"{where}.epoch", event.epoch, str(epoch + 1))
            epoch = event.epoch
    check_span(events, last_step)


def expected(begun: bool, is_last: bool) -> str:
    """The kinds of event that can stand at a place, by their names."""
    ends = " | ".join(kind.__name__ for kind in LAST)
    return (
        ends if is_last else "Started" if not begun else " | ".join(kind.__name__ for kind in RULES if kind not in LAST)
    )


def check_span(events: Sequence[Event], last_step: int) -> None:
    """Raises Misplaced if there is no end, or more steps than the run was to have."""
    if not events:
        raise Misplaced("events", len(events), "≥ 1")
    total = min((event.total_steps for event in events if isinstance(event, Started)), default=0)
    if last_step > total:
        raise Misplaced("last_step", f"{last_step:,}", f"≤ {total:,}")
