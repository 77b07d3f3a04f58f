"""What to try after a run: concrete settings with values that differ from the run's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lib.core.diagnosis import assess
from lib.core.diagnosis.assess import End, Verdict
from lib.core.diagnosis.sentence import NEXT, Sentence, Try
from lib.core.i18n import mark
from lib.core.training.config import HIGH_RATES, SETTINGS, TrainConfig
from lib.core.training.events import Evaluated, Failed, Finished

FEW_STEPS = 100
"""With the notes' settings the loss needs about this many steps to fall; fewer give the network no chance to learn."""
DROPOUT = 0.3
"""Enough to work visibly against overfitting, too little to keep the network from learning."""
HELD_OUT, PATIENCE = 0.1, 2
"""The usual tenth of the images, and as many bad epochs as `assess.turn` requires for a turn."""


def advise(verdict: Verdict, config: TrainConfig, epochs: Sequence[Evaluated], end: End | None) -> Iterator[Sentence]:
    """At least one thing to try after a run with `config` and this `verdict` and `end`."""
    if isinstance(end, Failed) and end.reason != "not_a_number":
        yield _after_failure(config, end.reason)
    elif not isinstance(end, Finished) and verdict in (Verdict.NOTHING, Verdict.IMPROVING, Verdict.EARLY):
        yield _next(mark("Let it go on to its end, {epochs}, and look at the test loss again."), epochs=config.epochs)
    elif (
        isinstance(end, Finished) and end.reason == "target_accuracy" and verdict in (Verdict.IMPROVING, Verdict.EARLY)
    ):
        yield _next(mark("To see how far it gets, switch the target off: {target_accuracy}."), target_accuracy=0.0)
    else:
        yield from _ADVICE[verdict](config, epochs)


def advise_tuned(end: End | None) -> Iterator[Sentence]:
    """What to try after a fine-tuning. Visitors cannot choose its settings, only its digits."""
    if isinstance(end, Failed):
        yield Sentence(NEXT, mark("Tune again on the Draw page, this model or another one."))
    else:
        yield Sentence(
            NEXT,
            mark(
                "Write more digits on the Draw page, some of each, and tune again: the more there are, the more "
                "exactly their accuracy is known."
            ),
        )


def _next(template: str, **settings: float | str) -> Sentence:
    """A sentence whose placeholders are named after the settings to try."""
    return Sentence(NEXT, template, {name: Try(name, value) for name, value in settings.items()})


def _after_failure(config: TrainConfig, reason: str) -> Sentence:
    if reason == "out_of_memory" and config.batch_size > 1:
        return _next(mark("Smaller batches take less memory: {batch_size}."), batch_size=config.batch_size // 2)
    if reason == "no_data" and config.dataset != "mnist":
        return _next(mark("One data set comes with the app: {dataset}."), dataset="mnist")
    if reason == "no_data":
        return Sentence(NEXT, mark("Put the app's own files back: its images are missing or damaged."))
    return Sentence(NEXT, mark("Start it again with the same settings."))


def _another(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """Nothing is wrong: how to find out whether a change is an improvement."""
    if not (epochs and assess.tested(epochs[-1])):
        yield Sentence(NEXT, mark("Start it again with other settings and compare the test accuracies."))
        return
    yield Sentence(
        NEXT,
        mark(
            "Change one setting and run it again. Under “Numbers” the two runs are then compared on the same test "
            "images, one by one: so even a small difference can be told from chance."
        ),
    )


def _lower_rate(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """A tenth of the rate; if the rate is far above the usual, a tenth of the usual limit."""
    rate = min(config.learning_rate, HIGH_RATES[config.optimizer]) / 10
    rate = max(SETTINGS["learning_rate"].low, float(f"{rate:.2g}"))
    if rate < config.learning_rate:
        yield _next(mark("Take shorter steps: {learning_rate}."), learning_rate=rate)
    else:
        yield from _another(config, epochs)


def _from_guessing(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """After a run that learned nothing: its steps were too long, too few or too short."""
    high = HIGH_RATES[config.optimizer]
    steps = epochs[-1].step if epochs else 0
    if assess.exploded(epochs) or config.learning_rate > high:
        yield from _lower_rate(config, epochs)
    elif steps < FEW_STEPS:
        yield from _more_steps(config, epochs)
    elif config.learning_rate <= high / 10:
        rate = float(f"{config.learning_rate * 10:.2g}")
        yield _next(mark("Take longer steps: {learning_rate}."), learning_rate=rate)
    else:
        yield from _lower_rate(config, epochs)


def _more_steps(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    if config.batch_size > 32:
        yield _next(mark("Smaller batches make more steps of the same images: {batch_size}."), batch_size=32)
    yield from _more_images(config)
    yield from _more_epochs(config, epochs)


def _more_images(config: TrainConfig) -> Iterator[Sentence]:
    most = int(SETTINGS["train_size"].high)
    if config.train_size < most:
        yield _next(mark("Give it more images to learn from: {train_size}."), train_size=most)


def _more_epochs(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    most = int(SETTINGS["epochs"].high)
    if config.epochs < most:
        more = min(most, max(3, 2 * config.epochs))
        yield _next(mark("Go through the images more often: {epochs}."), epochs=more)
    else:
        yield from _another(config, epochs)


def _more_dropout(config: TrainConfig) -> Iterator[Sentence]:
    if config.dropout < DROPOUT:
        yield _next(mark("Make learning by heart harder: {dropout}."), dropout=DROPOUT)


def _against_overfitting(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    yield from _more_images(config)
    yield from _more_dropout(config)
    if config.patience and config.validation_split:
        yield from _in_time(config, epochs)
        return
    text = mark("Let it end by itself when images that are held out say so: {validation_split} and {patience}.")
    yield _next(text, validation_split=config.validation_split or HELD_OUT, patience=config.patience or PATIENCE)


def _in_time(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """Fewer epochs: up to the lowest test loss."""
    lowest = assess.turn(epochs)
    if lowest and lowest.epoch < config.epochs:
        yield _next(mark("End it in time: {epochs}."), epochs=lowest.epoch)
    else:
        yield from _another(config, epochs)


def _steadier(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    if config.schedule == "constant":
        yield _next(mark("Let the steps grow shorter towards the end: {schedule}."), schedule="cosine")
    yield from _lower_rate(config, epochs)


def _learn_more(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """After a run that did not even learn its own images."""
    if config.dropout > DROPOUT:
        yield _next(mark("Switch less of the network off while it learns: {dropout}."), dropout=0.0)
    if config.learning_rate <= HIGH_RATES[config.optimizer] / 100:
        rate = float(f"{config.learning_rate * 10:.2g}")
        yield _next(mark("Take longer steps: {learning_rate}."), learning_rate=rate)
    usual = TrainConfig().dense_units
    if config.dense_units < usual:
        yield _next(mark("Give the network more room: {dense_units}."), dense_units=usual)
    yield from _more_epochs(config, epochs)


def _against_the_gap(config: TrainConfig, epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    said = [*_more_images(config), *_more_dropout(config)]
    yield from said or _another(config, epochs)


_ADVICE = {
    Verdict.NOTHING: _another,
    Verdict.EXPLODED: _lower_rate,
    Verdict.NOT_LEARNED: _from_guessing,
    Verdict.OVERFITTED: _against_overfitting,
    Verdict.UNSTEADY: _steadier,
    Verdict.IMPROVING: _more_epochs,
    Verdict.UNDERFITTED: _learn_more,
    Verdict.GAP: _against_the_gap,
    Verdict.FITTED: _another,
    Verdict.EARLY: _more_epochs,
}
