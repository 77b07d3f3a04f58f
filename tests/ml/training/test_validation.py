"""The held-out part is evaluated, decides on early stopping, and is never trained on."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.data.dataset import Images
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated
from lib.ml.training.batching import train_val_split
from lib.ml.training.metrics import EarlyStopping
from lib.ml.training.trainer import Trainer
from tests.ml.conftest import QUICK, follow, losses, of_kind

SPLIT = {"validation_split": 0.25}
"""50 of 200 images; the other 150 make five steps per epoch."""


def numbered(size: int) -> Images:
    """Images that each carry their number."""
    pixels = np.zeros((size, 28, 28), np.uint8)
    pixels[:, 0, 0], pixels[:, 0, 1] = np.arange(size) % 256, np.arange(size) // 256
    labels = np.zeros(size, np.uint8)
    return Images(x_train=pixels, y_train=labels, x_test=pixels[:1], y_test=labels[:1])


@given(st.integers(1, 700), st.floats(0, 0.5))
def test_the_last_share_is_held_out_and_something_remains(size, share):
    images = numbered(size)
    rest, held = train_val_split(images, share)
    pixels = rest.x_train if held is None else np.concatenate([rest.x_train, held[0]])
    assert np.array_equal(pixels, images.x_train)
    assert len(rest.y_train) >= 1
    assert (0 if held is None else len(held[1])) == round(size * share)
    assert held is None or len(held[0]) == len(held[1]) >= 1


@pytest.mark.parametrize("mode", ["eager", "graph"])
def test_what_is_held_out_does_not_touch_the_training(mode, few):
    """The held out images are blackened and named otherwise: not a loss of the training changes, their own does."""
    config = TrainConfig(**QUICK | {"execution": mode}, **SPLIT)
    x, y = few.x_train.copy(), few.y_train.copy()
    x[150:], y[150:] = 255, (y[150:] + 1) % 10
    first, second = follow(config, few), follow(config, dataclasses.replace(few, x_train=x, y_train=y))
    assert first[0].steps_per_epoch == 5
    assert np.array_equal(losses(first), losses(second))
    for a, b in zip(of_kind(first, Evaluated), of_kind(second, Evaluated), strict=True):
        assert (a.train_loss, a.test_loss, a.confusion) == (b.train_loss, b.test_loss, b.confusion)
        assert a.validation_loss != b.validation_loss


def test_every_remaining_image_is_seen_once_an_epoch(few):
    trainer = Trainer(TrainConfig(**QUICK, **SPLIT, shuffle_buffer=20), few)
    for epoch in range(3):
        rows = [trainer.rows(epoch * 5 + step, 1).ravel() for step in range(5)]
        assert sorted(np.concatenate(rows).tolist()) == list(range(150))


def test_train_size_is_chosen_first(few):
    trainer = Trainer(TrainConfig(**QUICK, **SPLIT, train_size=100), few)
    assert (trainer.size, len(trainer.validation[1])) == (75, 25)
    assert np.array_equal(trainer.validation[0], few.x_train[75:100])


def test_its_numbers_are_those_of_keras(few):
    config = TrainConfig(**QUICK | {"epochs": 1}, **SPLIT)
    trainer = Trainer(config, few)
    trainer.advance(4), trainer.advance(1)
    (evaluated,) = of_kind(follow(config, few), Evaluated)
    probabilities = trainer.model.predict(few.x_train[150:, ..., None] / np.float32(255), verbose=0)
    truth = few.y_train[150:].astype(int)
    assert evaluated.validation_loss == pytest.approx(-np.log(probabilities[np.arange(50), truth]).mean(), rel=1e-5)
    assert evaluated.validation_accuracy == pytest.approx((probabilities.argmax(1) == truth).mean())


@pytest.mark.parametrize("changes", [{}, {"validation_split": 0.1, "train_size": 4}])
def test_none_is_held_out(changes, few):
    (evaluated,) = of_kind(follow(TrainConfig(**QUICK | {"epochs": 1}, **changes), few), Evaluated)
    assert (evaluated.validation_loss, evaluated.validation_accuracy) == (None, None)


def test_patience_watches_the_part_held_out(few):
    """Its labels are wrong, so the better the network gets, the worse it does there, while the test loss falls."""
    y = few.y_train.copy()
    y[150:] = (y[150:] + 1) % 10
    events = follow(
        TrainConfig(**QUICK | {"epochs": 100}, **SPLIT, patience=2, learning_rate=0.01),
        dataclasses.replace(few, y_train=y),
    )
    evaluated = of_kind(events, Evaluated)
    assert events[-1].reason == "patience"
    watched = [event.validation_loss for event in evaluated]
    assert int(np.argmin(watched)) == len(watched) - 3
    assert evaluated[-1].test_loss < evaluated[-3].test_loss


def ended(epoch, test, validation=(None, None)):
    return Evaluated(
        epoch=epoch,
        step=epoch,
        train_loss=0.0,
        train_accuracy=0.0,
        test_loss=test[0],
        test_accuracy=test[1],
        confusion=(),
        training_seconds=0.0,
        evaluating_seconds=0.0,
        validation_loss=validation[0],
        validation_accuracy=validation[1],
    )


def test_the_target_is_to_be_reached_on_the_part_held_out():
    config = TrainConfig(target_accuracy=0.9)
    assert EarlyStopping().reason(config, ended(1, (0.1, 0.95))) == "target_accuracy"
    assert EarlyStopping().reason(config, ended(1, (0.1, 0.95), (0.2, 0.85))) == ""
    assert EarlyStopping().reason(config, ended(1, (0.1, 0.85), (0.2, 0.95))) == "target_accuracy"
