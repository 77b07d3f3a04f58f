"""The sentences for each verdict of `lib.core.diagnosis.assess`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from lib.core.diagnosis import assess
from lib.core.diagnosis.assess import Verdict, turn
from lib.core.diagnosis.paired import change_between, evidence
from lib.core.diagnosis.sentence import FIT, Sentence
from lib.core.i18n import mark
from lib.core.numbers import loss, percent, points
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated


def _nothing(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield Sentence(
        FIT, mark("No epoch was completed, so the test images were never looked at: there is nothing to judge yet.")
    )


def _exploded(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield Sentence(
        FIT,
        mark(
            "The weights exploded: steps that were too long made them grow until the loss was no longer a number. "
            "What the network knew is lost."
        ),
    )


def _not_learned(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    last, overshot = epochs[-1], assess.exploded(epochs)
    values = {
        "chance": percent(assess.commonest(last).share),
        "loss": loss(last.test_loss),
        "guessing": f"{assess.GUESSING_LOSS:.4f}",
    }
    yield Sentence(
        FIT,
        mark(
            "It has not learned to tell the classes apart: always naming the commonest one would be right in {chance} "
            "as well. Its test loss is {loss}; ten equal probabilities, knowing nothing, give ln 10 = {guessing}."
        ),
        values,
    )
    if overshot:
        yield Sentence(
            FIT,
            mark(
                "The steps overshot: in epoch {epoch} the train loss was {loss} on average, worse than knowing nothing."
            ),
            {"epoch": f"{overshot.epoch}", "loss": loss(overshot.train_loss)},
        )


def _overfitted(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield _since(
        epochs,
        mark(
            "It overfitted from epoch {next} on: the test loss was lowest after epoch {epoch} ({low}) and is {last} "
            "now, while the train loss went on falling, from {train_then} to {train_now}."
        ),
    )
    yield from _accuracy_since(epochs)
    yield from _gap(config, epochs)


def _unsteady(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield _since(
        epochs,
        mark(
            "It got worse again from epoch {next} on: the test loss was lowest after epoch {epoch} ({low}) and is "
            "{last} now, and the train loss is no lower either ({train_then} then, {train_now} now). That is not "
            "overfitting: the steps are too long or too restless."
        ),
    )


def _since(epochs: Sequence[Evaluated], template: str) -> Sentence:
    """The lowest test loss against the last, after the loss has turned."""
    lowest, last = turn(epochs) or epochs[-1], epochs[-1]
    values = {"low": lowest.test_loss, "last": last.test_loss}
    values |= {"train_then": lowest.train_loss, "train_now": last.train_loss}
    said = {name: loss(value) for name, value in values.items()}
    return Sentence(FIT, template, said | {"epoch": f"{lowest.epoch}", "next": f"{lowest.epoch + 1}"})


def _accuracy_since(epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """Whether the test accuracy fell since the test loss turned."""
    lowest = turn(epochs)
    change = change_between(lowest, epochs[-1]) if lowest else None
    if change is None:
        return
    verdict = change.verdict()
    if verdict == "worse":
        text = mark("The test accuracy suffered with it: {then} then, {now} now.")
    elif verdict == "better":
        text = mark(
            "The test accuracy still rose, from {then} to {now}: it is right more often, but too sure of itself where "
            "it is wrong."
        )
    else:
        text = mark(
            "The test accuracy hardly notices: {then} then, {now} now, no more apart than chance explains. What "
            "suffers is how sure it is where it is wrong."
        )
    yield Sentence(FIT, text, {"then": percent(change.before.share), "now": percent(change.after.share)})
    yield from evidence(FIT, change)


def _gap(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """How much better the network does on its training images; nothing if the difference is not significant."""
    trained, tested = assess.trained(config, epochs[-1]), assess.tested(epochs[-1])
    if trained and tested and trained.above(tested):
        yield Sentence(
            FIT,
            mark(
                "On the images it learned from it was right in {train} during the last epoch, on the test images in "
                "{test}: a gap of {points} percentage points, more than chance explains."
            ),
            {
                "train": percent(trained.share),
                "test": percent(tested.share),
                "points": points(trained.share - tested.share),
            },
        )


def _improving(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    before = min((e for e in epochs[:-1] if math.isfinite(e.test_loss)), key=lambda epoch: epoch.test_loss)
    yield Sentence(
        FIT,
        mark("It was still getting better: the last epoch brought the test loss from {before} down to {last}."),
        {"before": loss(before.test_loss), "last": loss(epochs[-1].test_loss)},
    )
    yield from _gap(config, epochs)


def _underfitted(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield Sentence(
        FIT,
        mark(
            "It underfitted: even of the images it learned from it reads only {train} right. A network without any "
            "hidden layer reaches about {linear} on this data set."
        ),
        {"train": percent(epochs[-1].train_accuracy), "linear": f"{100 * assess.LINEAR[config.dataset]:.0f} %"},
    )


def _gap_only(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield from _gap(config, epochs)
    yield from _fitted(config, epochs)


def _fitted(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """The last test loss against its lowest: neither turned nor still falling."""
    if len(epochs) < 2:
        return
    last = epochs[-1]
    lowest = min((e for e in epochs if math.isfinite(e.test_loss)), key=lambda epoch: epoch.test_loss)
    values = {"epoch": f"{lowest.epoch}", "low": loss(lowest.test_loss), "last": loss(last.test_loss)}
    if last.test_loss <= assess.STEADY * lowest.test_loss:
        text = mark(
            "The test loss has levelled off: {last} at the end, {low} at its lowest, after epoch {epoch}. There is no "
            "sign that it turned upwards."
        )
    else:
        text = mark(
            "The test loss was lowest after epoch {epoch} ({low}) and is {last} now. That may be the beginning of "
            "overfitting or a single bad epoch: these epochs are too few to tell."
        )
    yield Sentence(FIT, text, values)


def _early(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield Sentence(
        FIT,
        mark(
            "One epoch shows no trend: whether more of them would help or overfit cannot be told from it. "
            "Its test loss is {loss}."
        ),
        {"loss": loss(epochs[-1].test_loss)},
    )


JUDGEMENTS: Mapping[Verdict, Callable[[TrainConfig, Sequence[Evaluated]], Iterator[Sentence]]] = {
    Verdict.NOTHING: _nothing,
    Verdict.EXPLODED: _exploded,
    Verdict.NOT_LEARNED: _not_learned,
    Verdict.OVERFITTED: _overfitted,
    Verdict.UNSTEADY: _unsteady,
    Verdict.IMPROVING: _improving,
    Verdict.UNDERFITTED: _underfitted,
    Verdict.GAP: _gap_only,
    Verdict.FITTED: _fitted,
    Verdict.EARLY: _early,
}

OF_ANY_RUN = (Verdict.NOTHING, Verdict.EXPLODED, Verdict.NOT_LEARNED)
"""Verdicts that hold for a fine-tuned network as for any other."""


def judge_tuned(verdict: Verdict, config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """The verdict on a fine-tuned run: its test loss and its training accuracy say little about it.

    It starts where another run ended, and its training images are of another kind than the test images.
    """
    if verdict in OF_ANY_RUN:
        yield from JUDGEMENTS[verdict](config, epochs)
        return
    yield Sentence(
        FIT,
        mark(
            "It went on from what another run had learned, with digits of its owner's mixed among MNIST's. What counts "
            "is how it reads both, before and after: the own ones better, MNIST's about as well."
        ),
    )
