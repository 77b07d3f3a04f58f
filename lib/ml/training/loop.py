"""The training loop: one generator of events for the worker, the terminal and the tests."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator

import numpy as np
import tensorflow as tf

from lib.core.data.dataset import Images
from lib.core.diagnosis.confusion import confusion_counts
from lib.core.diagnosis.paired import packed
from lib.core.mydigits.finetune_plan import InitialWeights
from lib.core.seeds import SCHEME
from lib.core.training.config import HIGH_RATES, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Checkpoint,
    Evaluated,
    Event,
    Failed,
    Finished,
    Floats,
    Paused,
    Progress,
    RateChanged,
    Started,
    Stopped,
)
from lib.core.training.snapshots import are_kept
from lib.ml.environment import device_name, threads, versions
from lib.ml.training.finetune import own_evaluated, own_lessons
from lib.ml.training.inspection import look_inside, untouched
from lib.ml.training.metrics import StepBudget
from lib.ml.training.state import TrainingState
from lib.ml.training.trainer import Trainer
from lib.ml.training.trainer_cache import TrainerCache

Events = Generator[Event, ControlRequests | None, None]


def train(
    config: TrainConfig,
    images: Images,
    resume: Checkpoint | None = None,
    kept: TrainerCache | None = None,
    tuned: InitialWeights | None = None,
    snapshots: bool = False,
) -> Events:
    """Trains with `config` and yields the events; the last one is Finished, Stopped, Failed or Paused.

    The caller answers each event by `send` with its current requests, or None. `resume`: continues from this
    checkpoint, bit for bit as if the run had never paused; raises CheckpointMisfit if it is another run's. `kept`: a
    cache of trainers from earlier runs; this run takes a fitting one from it and returns its own at the end. `tuned`:
    begins with these weights instead of new ones, and mixes own digits into the images; raises BaseDamaged if they do
    not fit. `snapshots`: yields snapshots, unless the network is too large for them.
    """
    started, course, own = time.perf_counter(), None, None
    kept = kept or TrainerCache(0)
    if tuned:
        images, own = own_lessons(images, config, tuned.digits)
    try:
        with kept.trainer(config, images) as trainer:
            course = TrainingState(
                trainer, StepBudget(config.steps_per_call), own, snapshots=snapshots and are_kept(config)
            )
            if resume:
                course.go_on_from(resume)
            elif tuned and tuned.weights is not None:
                trainer.begin_with(tuned.weights)
            loading_seconds = time.perf_counter() - started
            yield from stoppable(course, run_events(course, loading_seconds, is_new=resume is None))
    except tf.errors.ResourceExhaustedError as error:
        kept.clear()
        step = course.step if course else resume.step if resume else 0
        yield Failed(step=step, reason="out_of_memory", detail=str(error), suspects=("batch_size", "dense_units"))


def stoppable(course: TrainingState, events: Iterator[Event]) -> Events:
    """The events until their end, or until a stop is requested."""
    for event in events:
        course.requests = (yield event) or ControlRequests()
        if course.requests.stop and not (course.is_over or isinstance(event, Paused)):
            yield from ending(course, Stopped(step=course.step))
            return


def run_events(course: TrainingState, loading_seconds: float, is_new: bool) -> Iterator[Event]:
    """A whole run without a stop, from the course's current step."""
    yield started(course.trainer, loading_seconds, SCHEME if is_new else None)
    yield course.trainer.prepare()
    if is_new:
        yield from before_the_first_step(course)
    course.saved_at = time.perf_counter()  # time for compiling is not work that could be lost
    while not course.is_over:
        if course.requested_rate is not None:
            yield change_rate(course, course.requested_rate)
        elif not course.pause_requested:
            yield from steps(course)
        elif course.saved_step != course.step:
            yield course.save()
        else:
            yield Paused(step=course.step)
            return
    if course.reason:
        yield from ending(course, Finished(step=course.step, reason=course.reason))


def before_the_first_step(course: TrainingState) -> Iterator[Event]:
    """The state before the first step, of an untrained network or of one that begins a fine-tuning."""
    yield untouched(course.trainer)
    if course.own:
        yield own_evaluated(course.trainer, course.own)
    if course.snapshots:
        yield course.snapshot()


def steps(course: TrainingState) -> Iterator[Event]:
    """The steps of one call and what follows: the evaluation at an epoch's end, and a checkpoint when it is due."""
    progress = make_steps(course)
    yield progress
    if course.is_lost:
        yield not_a_number(course.trainer, progress)
        return
    if course.snapshot_is_due(progress.first_step - 1):
        yield course.snapshot()
    if course.trainer.at_epochs_end:
        evaluated, probabilities = evaluate(course)
        course.close_epoch(evaluated)
        yield evaluated
        if course.own:
            yield own_evaluated(course.trainer, course.own, evaluated)
        yield look_inside(course.trainer, probabilities)
    if course.save_is_due() and not course.is_over:
        yield course.save()


def make_steps(course: TrainingState) -> Progress:
    """Makes one call. Reports its steps up to the first whose loss is not a number."""
    first = course.step + 1
    before = time.perf_counter()
    losses, accuracies, batch = course.trainer.advance(course.steps_at_once())
    seconds = time.perf_counter() - before
    course.pace.learn(len(losses), seconds)
    course.tally.add(losses, accuracies, batch, seconds)
    counted = steps_until_lost(losses)
    course.is_lost = not math.isfinite(losses[counted - 1])
    speed = batch * len(losses) / seconds
    return Progress(first_step=first, losses=losses[:counted], accuracies=accuracies[:counted], images_per_second=speed)


def steps_until_lost(losses: Floats) -> int:
    """How many of `losses` (steps,) there are up to and including the first that is not a number."""
    lost = np.flatnonzero(~np.isfinite(losses))
    return int(lost[0]) + 1 if len(lost) else len(losses)


def evaluate(course: TrainingState) -> tuple[Evaluated, Floats]:
    """The results of the epoch that has just ended, and the probabilities of every test image: float32 (n, 10)."""
    trainer, tally, before = course.trainer, course.tally, time.perf_counter()
    test_loss, probabilities = trainer.look(trainer.images.x_test, trainer.images.y_test)
    taken, truth = probabilities.argmax(axis=1), trainer.images.y_test
    confusion = confusion_counts(truth, taken)
    validation_loss, validation_accuracy = validate(trainer)
    evaluated = Evaluated(
        epoch=trainer.epoch,
        step=trainer.step,
        train_loss=tally.loss / tally.images,
        train_accuracy=tally.accuracy / tally.images,
        test_loss=test_loss,
        test_accuracy=int(confusion.trace()) / len(probabilities),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        training_seconds=tally.seconds,
        evaluating_seconds=time.perf_counter() - before,
        validation_loss=validation_loss,
        validation_accuracy=validation_accuracy,
        right=packed(taken == truth),
        mistaken=taken[taken != truth].astype(np.uint8),
    )
    return evaluated, probabilities


def validate(trainer: Trainer) -> tuple[float, float] | tuple[None, None]:
    """Mean loss and accuracy on the validation part; None without one."""
    if trainer.validation is None:
        return None, None
    pixels, labels = trainer.validation
    loss, probabilities = trainer.look(pixels, labels)
    return loss, float(np.mean(probabilities.argmax(axis=1) == labels))


def change_rate(course: TrainingState, learning_rate: float) -> RateChanged:
    course.change_rate(learning_rate)
    return RateChanged(step=course.step, learning_rate=learning_rate)


def ending(course: TrainingState, end: Finished | Stopped) -> Iterator[Event]:
    """The last weights, without the state for resuming, and the end."""
    yield Checkpoint(step=course.step, weights=course.trainer.weights())
    yield end


def started(trainer: Trainer, loading_seconds: float, scheme: int | None) -> Started:
    return Started(
        device=device_name(),
        threads=threads(),
        versions=versions(),
        parameters=trainer.model.count_params(),
        steps_per_epoch=trainer.steps_per_epoch,
        total_steps=trainer.total_steps,
        loading_seconds=loading_seconds,
        step=trainer.step,
        scheme=scheme,
    )


def not_a_number(trainer: Trainer, progress: Progress) -> Failed:
    """The end of a run whose loss is not a number, with the settings that are known to cause this."""
    suspects = []
    if trainer.learning_rate > HIGH_RATES[trainer.config.optimizer]:
        suspects.append("learning_rate")
    if trainer.config.precision != "float32":
        suspects.append("precision")
    return Failed(
        step=progress.last_step,
        reason="not_a_number",
        detail=f"the loss of step {progress.last_step} is {progress.losses[-1]}",
        suspects=tuple(suspects or ["learning_rate", "optimizer"]),
    )
