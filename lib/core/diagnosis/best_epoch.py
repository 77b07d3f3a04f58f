"""The best epoch of a run, the measure for it, and the epoch whose weights are kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lib.core.diagnosis.advice import HELD_OUT
from lib.core.diagnosis.sentence import HAPPENED, Sentence, Try
from lib.core.i18n import mark
from lib.core.numbers import loss, percent
from lib.core.training.events import Evaluated


def validated(epoch: Evaluated) -> tuple[float, float] | None:
    """Loss and accuracy on the validation part; None if the run has none."""
    if epoch.validation_loss is None or epoch.validation_accuracy is None:
        return None
    return epoch.validation_loss, epoch.validation_accuracy


def best_epoch(epochs: Sequence[Evaluated]) -> Evaluated | None:
    """The epoch with the lowest loss on the validation part, or on the test set without one; None without any epoch.

    Among equal losses the first counts. Losses that are NaN or infinite do not count.
    """
    known = [epoch for epoch in epochs if math.isfinite(_measure(epoch))]
    return min(known, key=_measure, default=None)


def _measure(epoch: Evaluated) -> float:
    return epoch.test_loss if epoch.validation_loss is None else epoch.validation_loss


def best_words(epochs: Sequence[Evaluated], kept: int | None) -> Iterator[Sentence]:
    """The best of `epochs`, how fair that choice is, and whether the kept weights (after step `kept`) are its own.

    The last sentence is missing if no weights are kept (yet).
    """
    best = best_epoch(epochs)
    if best is None:
        return
    values = {"epoch": f"{best.epoch}", "loss": loss(_measure(best))}
    if (measured := validated(best)) is not None:
        text = mark(
            "Best was epoch {epoch}: its loss on the validation part is the lowest, {loss}, with {accuracy} of that "
            "part read right."
        )
        yield Sentence(HAPPENED, text, values | {"accuracy": percent(measured[1])})
    else:
        text = mark(
            "Best by its test loss, {loss}, was epoch {epoch}. To choose an epoch by the test set is no fair choice: "
            "its accuracy then promises too much. A part that is held out can choose instead: {validation_split}."
        )
        yield Sentence(HAPPENED, text, values | {"validation_split": Try("validation_split", HELD_OUT)})
    if kept is not None:
        yield _kept(best, kept)


def _kept(best: Evaluated, step: int) -> Sentence:
    if best.step == step:
        return Sentence(HAPPENED, mark("The weights that are kept are those after this epoch."))
    text = mark("The weights that are kept are not those of this epoch but the last ones, after step {step}.")
    return Sentence(HAPPENED, text, {"step": f"{step:,}"})
