"""The training loop: one generator of events for the worker, the terminal and the tests."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator

import numpy as np
import tensorflow as tf

from lib.core.config import TrainConfig
from lib.core.digits import Images
from lib.core.events import Checkpoint, Evaluated, Event, Failed, Finished, Floats, Progress, Started, Stopped
from lib.ml.machine import device_name, threads, versions
from lib.ml.tally import Best, Pace, Tally
from lib.ml.trainer import Trainer

Events = Generator[Event, str | None, None]

STOP = "stop"
HIGH_RATES = {"adam": 0.01, "adamw": 0.01, "rmsprop": 0.01, "momentum": 0.1, "sgd": 0.5}
"""Learning rates above these often blow the weights up."""


def train(config: TrainConfig, images: Images) -> Events:
    """Trains as `config` says and yields what happens; the last event is Finished, Stopped or Failed.

    Any event may be answered by `send("stop")`: the weights as they are then, and the end.
    """
    trainer = None
    try:
        started = time.perf_counter()
        trainer = Trainer(config, images)
        yield from stoppable(trainer, story(trainer, time.perf_counter() - started))
    except tf.errors.ResourceExhaustedError as error:
        step = trainer.step if trainer else 0
        yield Failed(step=step, reason="out_of_memory", detail=str(error), suspects=("batch_size", "dense_units"))


def stoppable(trainer: Trainer, events: Iterator[Event]) -> Events:
    """The events until their end, or until one of them is answered by STOP."""
    saved = -1
    for event in events:
        wish = yield event
        saved = event.step if isinstance(event, Checkpoint) else saved
        if wish == STOP and not isinstance(event, Finished | Failed):
            if saved != trainer.step:
                yield checkpoint(trainer)
            yield Stopped(step=trainer.step)
            return


def story(trainer: Trainer, loading_seconds: float) -> Iterator[Event]:
    """A whole run as it goes when nobody stops it, from wherever the trainer stands."""
    yield started(trainer, loading_seconds)
    yield trainer.prepare()
    pace, best = Pace(trainer.config.steps_per_call), Best(trainer.config)
    reason = ""
    while not reason:
        tally = Tally()
        for progress in epoch(trainer, pace, tally):
            yield progress
            if not math.isfinite(progress.losses[-1]):
                yield not_a_number(trainer.config, progress)
                return
        evaluated = evaluate(trainer, tally)
        yield evaluated
        yield checkpoint(trainer)
        reason = best.reason(evaluated)
    yield Finished(step=trainer.step, reason=reason)


def epoch(trainer: Trainer, pace: Pace, tally: Tally) -> Iterator[Progress]:
    """The steps to the end of the epoch, call by call. Ends early with the first loss that is not a number."""
    end = (trainer.step // trainer.steps_per_epoch + 1) * trainer.steps_per_epoch
    while trainer.step < end:
        first = trainer.step + 1
        before = time.perf_counter()
        losses, accuracies, batch = trainer.advance(pace.steps())
        seconds = time.perf_counter() - before
        pace.learn(len(losses), seconds)
        tally.add(losses, accuracies, batch, seconds)
        speed = batch * len(losses) / seconds
        keep = steps_until_lost(losses)
        yield Progress(first_step=first, losses=losses[:keep], accuracies=accuracies[:keep], images_per_second=speed)
        if not math.isfinite(losses[keep - 1]):
            return


def steps_until_lost(losses: Floats) -> int:
    """How many of `losses` (steps,) there are up to and with the first that is not a number."""
    lost = np.flatnonzero(~np.isfinite(losses))
    return int(lost[0]) + 1 if len(lost) else len(losses)


def started(trainer: Trainer, loading_seconds: float) -> Started:
    return Started(
        device=device_name(),
        threads=threads(),
        versions=versions(),
        parameters=trainer.model.count_params(),
        steps_per_epoch=trainer.steps_per_epoch,
        total_steps=trainer.total_steps,
        loading_seconds=loading_seconds,
    )


def evaluate(trainer: Trainer, tally: Tally) -> Evaluated:
    """The epoch that has just ended, in numbers."""
    before = time.perf_counter()
    loss, accuracy, confusion = trainer.evaluate()
    return Evaluated(
        epoch=trainer.step // trainer.steps_per_epoch,
        step=trainer.step,
        train_loss=tally.loss / tally.images,
        train_accuracy=tally.accuracy / tally.images,
        test_loss=loss,
        test_accuracy=accuracy,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        training_seconds=tally.seconds,
        evaluating_seconds=time.perf_counter() - before,
    )


def checkpoint(trainer: Trainer) -> Checkpoint:
    return Checkpoint(step=trainer.step, weights=trainer.weights())


def not_a_number(config: TrainConfig, progress: Progress) -> Failed:
    """The end of a run whose loss is lost, with the settings that are known to do that."""
    suspects = []
    if config.learning_rate > HIGH_RATES[config.optimizer]:
        suspects.append("learning_rate")
    if config.precision != "float32":
        suspects.append("precision")
    return Failed(
        step=progress.last_step,
        reason="not_a_number",
        detail=f"the loss of step {progress.last_step} is {progress.losses[-1]}",
        suspects=tuple(suspects or ["learning_rate", "optimizer"]),
    )
