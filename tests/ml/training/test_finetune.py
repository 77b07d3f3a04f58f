"""A tuned run begins with its base's exact weights, learns own digits, keeps the base's accuracy, and reports both."""

import dataclasses

import numpy as np
import pytest

from lib.core.data.dataset import Images
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import BaseDamaged, InitialWeights, own_parts, tuned_config
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Checkpoint,
    Compiled,
    Evaluated,
    Event,
    Finished,
    Inside,
    OwnEvaluated,
    Progress,
    Stopped,
)
from lib.ml.training.finetune import own_lessons, rewritten
from lib.ml.training.loop import train
from lib.ml.training.trainer_cache import TrainerCache
from tests.ml.conftest import cut, kinds, losses, of_kind, same

BASE = TrainConfig(network="fast", filters=16, dense_units=64, epochs=2, batch_size=64, learning_rate=4e-3)


@pytest.fixture(scope="module")
def images(mnist: Images) -> Images:
    return cut(mnist, 10_000, 1000)


@pytest.fixture(scope="module")
def first_run(images: Images) -> list[Event]:
    """All events of a network's training on MNIST."""
    events = list(train(BASE, images))
    assert of_kind(events, Evaluated)[-1].test_accuracy > 0.93
    return events


@pytest.fixture(scope="module")
def base(first_run: list[Event]) -> dict[str, np.ndarray]:
    """The weights of that network."""
    return of_kind(first_run, Checkpoint)[-1].weights


@pytest.fixture(scope="module")
def kept() -> TrainerCache:
    """Tracing once is enough for all tests that do not examine a trainer's start."""
    return TrainerCache()


@pytest.fixture(scope="module")
def mirrored(mnist: Images) -> Digits:
    """Mirror writing: the base only reads digits correctly that look the same in a mirror."""
    return Digits(images=mnist.x_train[10_000:10_100, :, ::-1].copy(), labels=mnist.y_train[10_000:10_100])


def tune(config, images, digits, weights, wish=None, resume=None, kept=None):
    events = train(config, images, resume, kept, InitialWeights(digits=digits, weights=weights))
    seen = [next(events)]
    try:
        while True:
            seen.append(events.send(wish))
    except StopIteration:
        return seen


QUICK = dataclasses.replace(tuned_config(BASE), train_size=1000, epochs=2, batch_size=50, dropout=0.2)
"""Twenty steps per epoch."""


def test_it_learns_the_own_digits_and_does_not_forget_mnists(images, base, mirrored):
    config = dataclasses.replace(tuned_config(BASE), train_size=4000)
    events = tune(config, images, mirrored, base)
    told = of_kind(events, OwnEvaluated)
    before, after = told[0], told[-1]
    assert [(event.epoch, event.step) for event in told] == [(n, n * 125) for n in range(config.epochs + 1)]
    assert all(event.held_out and event.own_count == 20 for event in told)
    assert before.own_accuracy <= 0.6
    assert after.own_accuracy >= before.own_accuracy + 0.2
    for event in told:
        own, test = (np.unpackbits(bits).sum() for bits in (event.own_right, event.test_right))
        assert (own, test) == (round(event.own_accuracy * 20), round(event.test_accuracy * len(images.y_test)))
    assert after.test_accuracy >= before.test_accuracy - 0.02
    assert [event.test_accuracy for event in told[1:]] == [event.test_accuracy for event in of_kind(events, Evaluated)]
    assert isinstance(events[-1], Finished)


def test_it_begins_with_the_weights_of_its_base_bit_for_bit(images, base, mirrored):
    events = tune(QUICK, images, mirrored, base, ControlRequests(pause_after=0))
    rested = of_kind(events, Checkpoint)[-1]
    assert rested.step == 0
    assert same(rested.weights, base)
    before = of_kind(events, OwnEvaluated)
    assert [(event.epoch, event.step) for event in before] == [(0, 0)]
    first = of_kind(events, Inside)[0]
    kernel = base["conv1/kernel"][:, :, 0, :].transpose(2, 0, 1)
    assert np.array_equal(first.first_layer, kernel)


def test_what_was_before_is_what_the_base_itself_said(images, first_run, base, mirrored, kept):
    told = of_kind(tune(QUICK, images, mirrored, base, kept=kept), OwnEvaluated)[0]
    assert told.test_accuracy == of_kind(first_run, Evaluated)[-1].test_accuracy


def test_the_order_of_what_is_told(images, base, mirrored, kept):
    events = tune(QUICK, images, mirrored, base, kept=kept)
    before = [Compiled, Inside, OwnEvaluated]
    epoch = [Evaluated, OwnEvaluated, Inside]
    assert kinds(events, without=(Progress, Checkpoint))[1:] == [*before, *epoch, *epoch, Finished]


@pytest.mark.parametrize("rest", [0, 20, 33])
def test_a_run_that_rested_equals_an_unbroken_one(images, base, mirrored, kept, rest):
    unbroken = tune(QUICK, images, mirrored, base, kept=kept)
    first = tune(QUICK, images, mirrored, base, ControlRequests(pause_after=rest), kept=kept)
    rested = of_kind(first, Checkpoint)[-1]
    later = tune(QUICK, images, mirrored, None, resume=rested, kept=kept)
    assert np.array_equal(losses([*first, *later]), losses(unbroken))
    assert of_kind([*first, *later], OwnEvaluated) == of_kind(unbroken, OwnEvaluated)
    assert same(of_kind(later, Checkpoint)[-1].weights, of_kind(unbroken, Checkpoint)[-1].weights)


def test_a_kept_trainer_begins_with_the_weights_of_the_run_at_hand(images, base, mirrored):
    kept, other = TrainerCache(), {name: array * np.float32(0.5) for name, array in base.items()}
    first = tune(QUICK, images, mirrored, base, kept=kept)
    second = tune(QUICK, images, mirrored, other, kept=kept)
    assert of_kind(second, Compiled)[0].tracing_seconds == 0, "it found the trainer"
    alone = tune(QUICK, images, mirrored, other)
    assert np.array_equal(losses(second), losses(alone))
    assert not np.array_equal(losses(second), losses(first))
    assert np.array_equal(of_kind(second, Inside)[0].first_layer, of_kind(alone, Inside)[0].first_layer)


def test_few_digits_are_learned_from_and_tested_on(images, base, mirrored):
    few = mirrored.some(np.arange(5))
    told = of_kind(tune(QUICK, images, few, base), OwnEvaluated)
    assert all(not event.held_out and event.own_count == 5 for event in told)
    assert told[-1].own_accuracy > told[0].own_accuracy


def test_no_digit_that_is_held_out_is_among_the_lessons(images, mirrored):
    _, tested = own_parts(mirrored, QUICK.seed)
    lessons, own = own_lessons(images, QUICK, mirrored)
    assert own.digits.images.tobytes() == tested.images.tobytes()
    learned = {image.tobytes() for image in lessons.x_train}
    assert not learned & {image.tobytes() for image in tested.images}
    assert len(lessons.y_train) == QUICK.train_size


def test_own_digits_come_as_they_were_and_then_bent_in_ever_other_ways(mirrored):
    own = mirrored.some(np.arange(8))
    many = rewritten(own, 80, seed=0)
    assert many.images[:8].tobytes() == own.images.tobytes()
    assert many.labels.tolist() == own.labels.tolist() * 10
    assert len({image.tobytes() for image in many.images}) == 80
    # Bent, not lost: about as much ink as before.
    ink = many.images.reshape(10, 8, -1).sum(axis=2, dtype=float)
    assert np.abs(ink.mean(axis=0) / ink[0] - 1).max() < 0.25
    assert len(rewritten(own, 3, seed=0)) == 3
    assert rewritten(own, 80, seed=0).images.tobytes() == many.images.tobytes()


def test_weights_of_another_network_are_refused(images, base, mirrored):
    wider = dataclasses.replace(QUICK, dense_units=80)
    with pytest.raises(BaseDamaged, match="d1/kernel"):
        tune(wider, images, mirrored, base)


def test_it_stops_as_any_run_does(images, base, mirrored, kept):
    events = tune(QUICK, images, mirrored, base, ControlRequests(stop=True), kept=kept)
    assert isinstance(events[-1], Stopped)
    assert same(of_kind(events, Checkpoint)[-1].weights, base)


def test_a_run_that_is_not_tuned_tells_nothing_of_own_digits(first_run):
    assert not of_kind(first_run, OwnEvaluated)
