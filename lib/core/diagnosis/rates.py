"""Changes of the learning rate during a run: the current rate, and whether a change caused a loss of accuracy."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.core.diagnosis.assess import End
from lib.core.diagnosis.paired import Change, change_between, evidence
from lib.core.diagnosis.sentence import FIT, HAPPENED, NEXT, Sentence, Try
from lib.core.i18n import mark
from lib.core.numbers import percent
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Failed, RateChanged


@dataclass(frozen=True, slots=True)
class Suspect:
    """The learning rate was raised from `before` to `after` after step `step`, and the results got worse.

    `fall` compares the test set before the raise and at the end; None if the loss became NaN before the next
    evaluation.
    """

    step: int
    before: float
    after: float
    fall: Change | None


def in_force(config: TrainConfig, changes: Sequence[RateChanged]) -> TrainConfig:
    """The settings of the last steps."""
    return dataclasses.replace(config, learning_rate=changes[-1].learning_rate) if changes else config


def suspect(
    config: TrainConfig, epochs: Sequence[Evaluated], end: End | None, changes: Sequence[RateChanged]
) -> Suspect | None:
    """The last raise of the rate after which the test accuracy fell significantly or the loss became NaN.

    A lowered rate is no suspect: shorter steps undo less. Without an evaluated epoch before the raise there is nothing
    to compare with, so only a NaN loss makes it a suspect.
    """
    was_lost = isinstance(end, Failed) and end.reason == "not_a_number"
    rates = [config.learning_rate, *(change.learning_rate for change in changes)]
    for before, change in reversed(list(zip(rates, changes, strict=False))):
        if change.learning_rate <= before:
            continue
        fall = _fall(epochs, change.step)
        if fall or was_lost:
            return Suspect(change.step, before, change.learning_rate, fall)
    return None


def _fall(epochs: Sequence[Evaluated], step: int) -> Change | None:
    """The last epoch before `step` against the last one of all; None unless that is later and significantly worse."""
    earlier = [epoch for epoch in epochs if epoch.step <= step]
    if not earlier or len(earlier) == len(epochs):
        return None
    change = change_between(earlier[-1], epochs[-1])
    return change if change and change.verdict() == "worse" else None


def changes_told(config: TrainConfig, changes: Sequence[RateChanged]) -> Iterator[Sentence]:
    """One sentence for each change of the rate."""
    before = config.learning_rate
    for change in changes:
        values = {"step": f"{change.step:,}", "before": f"{before:g}", "after": f"{change.learning_rate:g}"}
        text = mark("After step {step} somebody changed its learning rate from {before} to {after}.")
        yield Sentence(HAPPENED, text, values)
        before = change.learning_rate


def accuse(found: Suspect) -> Iterator[Sentence]:
    """What went wrong after the raise."""
    values = {"step": f"{found.step:,}", "before": f"{found.before:g}", "after": f"{found.after:g}"}
    if found.fall is None:
        text = mark(
            "The first suspect is the change of the learning rate from {before} to {after} after step {step}: the loss "
            "was lost after it."
        )
        yield Sentence(FIT, text, values)
        return
    text = mark(
        "It got worse after the learning rate was changed from {before} to {after} at step {step}: the test accuracy "
        "was {then} before and is {now} now. So that change is the first suspect: longer steps undo what was learned."
    )
    shares = {"then": percent(found.fall.before.share), "now": percent(found.fall.after.share)}
    yield Sentence(FIT, text, values | shares)
    yield from evidence(FIT, found.fall)


def back(found: Suspect) -> Iterator[Sentence]:
    """What to try: the rate before the raise."""
    text = mark("Run it without that change, at the learning rate it had before: {learning_rate}.")
    yield Sentence(NEXT, text, {"learning_rate": Try("learning_rate", found.before)})
