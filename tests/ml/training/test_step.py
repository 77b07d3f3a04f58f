"""One step, three execution modes: they must agree, and repeat themselves bit for bit."""

import numpy as np
import pytest
import tensorflow as tf

from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.networks import build_network
from lib.ml.training.step import scaled
from lib.ml.training.trainer import Trainer
from tests.ml.conftest import MODES, same

SMALL = {"filters": 4, "dense_units": 8}


def first_losses(config, images, steps=100, per_call=25):
    """The losses of the first steps of a new trainer."""
    trainer = Trainer(config, images)
    trainer.prepare()
    losses = []
    while trainer.step < steps:
        losses.append(trainer.advance(min(per_call, steps - trainer.step))[0])
    return np.concatenate(losses)


def test_modes_agree_on_the_seeds_network(mnist):
    eager, graph, xla = (first_losses(TrainConfig(execution=mode), mnist) for mode in ("eager", "graph", "xla"))
    assert eager[-20:].mean() < 0.7 < eager[:5].mean()
    np.testing.assert_allclose(graph, eager, rtol=0, atol=1e-4)
    np.testing.assert_allclose(xla, eager, rtol=0, atol=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_the_same_seed_gives_the_same_losses_bit_for_bit(mode, few):
    config = TrainConfig(execution=mode, dropout=0.3, shuffle_buffer=50, filters=8, dense_units=32)
    assert np.array_equal(first_losses(config, few, 12), first_losses(config, few, 12))


@pytest.mark.parametrize("mode", MODES)
def test_steps_per_call_changes_no_loss(mode, few):
    config = TrainConfig(execution=mode, epochs=4, **SMALL)
    assert np.array_equal(first_losses(config, few, 28, per_call=1), first_losses(config, few, 28, per_call=25))


@pytest.mark.parametrize("mode", MODES)
def test_compiling_leaves_the_untouched_network(mode, few):
    """Oracle: the first loss, calculated in NumPy from what plain Keras predicts with the first weights."""
    config = TrainConfig(execution=mode, shuffle_buffer=1, **SMALL)
    probabilities = build_network(config)(scaled(few.x_train[:32])).numpy()
    expected = -np.log(probabilities[np.arange(32), few.y_train[:32]]).mean()
    assert first_losses(config, few, 1)[0] == pytest.approx(expected, abs=1e-6)


def test_preparing_restores_every_variable_exactly(few):
    trainer = Trainer(TrainConfig(network="fast", dropout=0.5, batch_size=64, **SMALL), few)
    before = trainer.weights(), trainer.state()
    trainer.prepare()
    assert same(before[0], trainer.weights())
    assert same(before[1], trainer.state())


@pytest.mark.parametrize("precision", SETTINGS["precision"].options)
@pytest.mark.parametrize("optimizer", SETTINGS["optimizer"].options)
@pytest.mark.parametrize("network", SETTINGS["network"].options)
def test_every_combination_makes_steps(network, optimizer, precision, few):
    config = TrainConfig(network=network, optimizer=optimizer, precision=precision, execution="graph", **SMALL)
    losses = first_losses(config, few, 3)
    assert losses.dtype == np.float32
    assert np.isfinite(losses).all()


@pytest.mark.parametrize("network", ["lenet", "fast"])
@pytest.mark.parametrize("mode", ["eager", "xla"])
def test_other_modes_run_other_networks(network, mode, few):
    config = TrainConfig(network=network, execution=mode, dropout=0.2, precision="mixed_bfloat16", **SMALL)
    assert np.isfinite(first_losses(config, few, 2)).all()


def test_the_learning_rate_follows_the_schedule(few):
    trainer = Trainer(TrainConfig(schedule="one_cycle", execution="graph", **SMALL), few)
    for step in range(4):
        trainer.advance(1)
        assert float(trainer.optimizer.learning_rate) == trainer.rates[step]


def test_no_retracing_for_other_sizes(few):
    trainer = Trainer(TrainConfig(execution="graph", epochs=3, **SMALL), few)
    trainer.prepare()
    for steps in (1, 2, 6, 1):  # the seventh step is the short batch of 8
        trainer.advance(steps)
    assert trainer._make_steps.experimental_get_tracing_count() == 1


def test_scaled_is_the_seeds_division():
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert np.array_equal(scaled(pixels).numpy()[..., 0], (pixels / 255.0).astype("float32"))
    assert scaled(tf.constant(pixels)).shape == (1, 16, 16, 1)
