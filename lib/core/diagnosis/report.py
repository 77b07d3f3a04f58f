"""Sums up a run for beginners: what happened, how well it learned, what to try next.

Every sentence follows from recorded numbers and quotes them. `lib.core.diagnosis.assess` decides on the verdict,
`lib.core.diagnosis.verdict_text` puts it into words, `lib.core.diagnosis.advice` says what to try next, and
`lib.core.diagnosis.rates` judges changes of the learning rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lib.core.diagnosis import assess
from lib.core.diagnosis.advice import advise, advise_tuned
from lib.core.diagnosis.assess import End
from lib.core.diagnosis.paired import change_between, evidence
from lib.core.diagnosis.rates import accuse, back, changes_told, in_force, suspect
from lib.core.diagnosis.sentence import HAPPENED, Sentence
from lib.core.diagnosis.verdict_text import JUDGEMENTS, OF_ANY_RUN, judge_tuned
from lib.core.i18n import mark
from lib.core.numbers import percent, points
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Failed, Finished, RateChanged, Stopped


def conclude(
    config: TrainConfig,
    epochs: Sequence[Evaluated],
    end: End | None,
    guess: float | None = None,
    is_tuned: bool = False,
    changes: Sequence[RateChanged] = (),
) -> tuple[Sentence, ...]:
    """The sentences about a run with `config`, these evaluated `epochs` and this `end`.

    `end` is None while the run is not over. `guess` is the expected test accuracy, 0 to 1, entered beforehand.
    `is_tuned`: the run began with another run's weights and also learned from own digits. `changes` are those of the
    learning rate during the run: the advice starts from the current rate. Never raises.
    """
    now = in_force(config, changes)
    verdict = assess.judge(now, epochs, end)
    said = [*_course(config, epochs, end), *changes_told(config, changes), *_result(epochs), *_guessed(epochs, guess)]
    if is_tuned:
        return (*said, *judge_tuned(verdict, now, epochs), *advise_tuned(end))
    found = suspect(config, epochs, end, changes)
    if found is None or verdict in OF_ANY_RUN:
        said += JUDGEMENTS[verdict](now, epochs)
    said += [*accuse(found), *back(found)] if found else advise(verdict, now, epochs, end)
    return tuple(_once(said))


def _once(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Each sentence once, at its first place: two of them may quote the same evidence."""
    said = []
    for sentence in sentences:
        if (same := (sentence.template, sentence.values)) not in said:
            said.append(same)
            yield sentence


def _course(config: TrainConfig, epochs: Sequence[Evaluated], end: End | None) -> Iterator[Sentence]:
    """How the run ended, and after how many epochs."""
    values = {"done": f"{len(epochs)}", "planned": f"{config.epochs}"}
    match end:
        case Finished():
            yield Sentence(HAPPENED, *_finished(config, end, values))
        case Stopped():
            text = mark("The run was stopped after step {step}; epochs completed until then: {done} of {planned}.")
            yield Sentence(HAPPENED, text, values | {"step": f"{end.step:,}"})
        case Failed():
            text = mark("The run broke off after step {step}; epochs completed until then: {done} of {planned}.")
            yield Sentence(HAPPENED, text, values | {"step": f"{end.step:,}"})
        case None:
            yield Sentence(
                HAPPENED, mark("The run is not over yet; epochs completed so far: {done} of {planned}."), values
            )


def _finished(config: TrainConfig, end: Finished, values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Why a run ended by itself, as a template and its values."""
    filled = dict(values)
    match end.reason:
        case "target_accuracy":
            text = mark(
                "The target accuracy, {target}, was reached, so the run ended after {done} of {planned} epochs."
            )
            filled["target"] = percent(config.target_accuracy)
        case "patience":
            filled["patience"] = f"{config.patience}"
            text = mark(
                "The test loss set no new low for {patience} epochs in a row, so the run ended after {done} of "
                "{planned} epochs."
            )
            if config.validation_split:
                text = mark(
                    "The loss on the validation part set no new low for {patience} epochs in a row, so the run ended "
                    "after {done} of {planned} epochs."
                )
        case _:
            text = mark("The run went to its end: {done} of {planned} epochs.")
    return text, filled


def _result(epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    """The final test accuracy with its interval, and whether it was better before."""
    score = assess.tested(epochs[-1]) if epochs else None
    if score is None:
        return
    low, high = score.interval
    values = {"right": f"{score.right:,}", "total": f"{score.total:,}", "accuracy": percent(score.share)}
    yield Sentence(
        HAPPENED,
        mark(
            "It reads {right} of {total} test images right: {accuracy}. Of images like them that it has never seen it "
            "would read between {low} and {high} right (95 % interval)."
        ),
        values | {"low": percent(low), "high": percent(high)},
    )
    yield from _better_before(epochs)


def _better_before(epochs: Sequence[Evaluated]) -> Iterator[Sentence]:
    changes = [(change, epoch) for epoch in epochs if (change := change_between(epoch, epochs[-1]))]
    change, epoch = max(changes, key=lambda pair: pair[0].before.share)
    # Always naming another class is no better, though it may score higher.
    if change.verdict(tries=len(epochs) - 1) == "worse" and not assess.at_chance(epoch):
        yield Sentence(
            HAPPENED,
            mark("It had been better: after epoch {epoch} it read {best} right, more than chance explains."),
            {"epoch": f"{epoch.epoch}", "best": percent(change.before.share)},
        )
        yield from evidence(HAPPENED, change)


def _guessed(epochs: Sequence[Evaluated], guess: float | None) -> Iterator[Sentence]:
    """The visitor's guess against the test accuracy."""
    score = assess.tested(epochs[-1]) if epochs else None
    if guess is None or score is None:
        return
    low, high = score.interval
    values = {"guess": percent(guess), "accuracy": percent(score.share), "points": points(guess - score.share)}
    if low <= guess <= high:
        text = mark("Your guess was {guess}: a hit, for it lies within the 95 % interval around {accuracy}.")
    elif guess > high:
        text = mark("Your guess was {guess}: {points} percentage points more than the {accuracy} that it reached.")
    else:
        text = mark("Your guess was {guess}: {points} percentage points less than the {accuracy} that it reached.")
    yield Sentence(HAPPENED, text, values)
