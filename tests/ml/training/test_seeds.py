"""The same settings and seed draw the same numbers, whatever other threads draw from global generators meanwhile."""

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from tensorflow.python.eager import context

from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint
from lib.ml.training import networks
from lib.ml.training.networks import build_network
from lib.ml.training.trainer import Trainer
from lib.ml.training.trainer_cache import TrainerCache
from lib.train import main
from tests.ml.conftest import follow, losses, of_kind, same

ROOT = Path(__file__).parents[3]
SMALL = {"filters": 4, "dense_units": 8, "dropout": 0.4, "seed": 11}
ONE_STEP = {"network": "fast", "train_size": 32, "batch_size": 32, "epochs": 1, "execution": "graph", **SMALL}
"""A run whose only loss is that of its first weights with its first dropout mask."""


@pytest.fixture
def disturbed():
    """Another thread draws from every global generator without pause, with 100 times as many thread switches as usual.

    One is enough: with three, a network took two and a half times as long to build.
    """
    before, over = sys.getswitchinterval(), threading.Event()
    draws = [
        lambda: random.randint(1, 10**9),
        lambda: np.random.random(10),  # noqa: NPY002 - NumPy's own global generator is the point
        lambda: tf.random.uniform(()),
    ]
    drawn = [0] * len(draws)

    def draw():
        while not over.is_set():
            for number, one in enumerate(draws):
                one()
                drawn[number] += 1

    thread = threading.Thread(target=draw)
    sys.setswitchinterval(before / 100)
    thread.start()
    try:
        yield drawn
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)


def drawn_by(model):
    """All random numbers of a new network: its weights, and the mask of its first dropout."""
    units = model.get_layer("d1").units
    mask = model.get_layer("dropout")(tf.ones((32, units)), training=True)
    return [*model.get_weights(), mask.numpy()]


@pytest.mark.parametrize(
    ("settings", "times"),
    [
        ({"dropout": 0.4}, 15),
        (SMALL, 200),
        *(({"network": network, **SMALL}, 15) for network in ("mlp", "lenet", "fast")),
    ],
    ids=["notes, full size", "notes", "mlp", "lenet", "fast"],
)
def test_every_network_built_draws_the_same_while_other_threads_draw(settings, times, disturbed):
    """With seeds set in the generators of all, as Keras offers it, 20 of 20 networks differed here from the first."""
    config = TrainConfig(**settings)
    first = drawn_by(build_network(config))
    assert 0 < np.mean(first[-1] == 0) < 1, "dropout is on"
    before = list(disturbed)
    for number in range(2, times + 1):
        again = drawn_by(build_network(config))
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True)), f"network {number} differs"
    assert all(now > then for now, then in zip(disturbed, before, strict=True)), "every generator was drawn from"


@pytest.mark.parametrize("network", ["seed", "fast"])
def test_the_worker_s_trainers_begin_alike_and_go_on_alike(network, few, disturbed):
    """Their first weights, where their dropout stands, and the loss of the first step, which needs all of them."""
    config = TrainConfig(network=network, execution="graph", **SMALL)
    trainers = [Trainer(config, few) for _ in range(5)]
    first = trainers[0].weights(), trainers[0].state(), trainers[0].advance(1)[0]
    for trainer in trainers[1:]:
        assert same(trainer.weights(), first[0])
        assert same(trainer.state(), first[1])
        assert np.array_equal(trainer.advance(1)[0], first[2])


def test_a_kept_trainer_begins_with_the_weights_of_a_new_one(few, disturbed):
    kept, config = TrainerCache(), TrainConfig(network="fast", execution="eager", **SMALL)
    with kept.trainer(config, few) as used:
        used.advance(3)
    with kept.trainer(config, few) as again:
        assert again is used
        new = Trainer(config, few)
        assert same(again.weights(), new.weights())
        assert same(again.state(), new.state())


def test_the_terminal_s_first_loss_is_the_worker_s(mnist, capsys, disturbed):
    """In this process, whose other threads draw, and in one of its own."""
    expected = losses(follow(TrainConfig(**ONE_STEP), mnist)).tolist()
    options = [f"--{name}={value}" for name, value in ONE_STEP.items()] + ["--json"]
    assert main(options) == 0
    command = [sys.executable, "-m", "lib.train", *options]
    alone = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True).stdout
    (here,), (there,) = (map(json.loads, said.splitlines()) for said in (capsys.readouterr().out, alone))
    assert [here["train_loss"]] == [there["train_loss"]] == pytest.approx(expected, rel=1e-7)


def test_a_paused_run_of_which_an_older_version_drew_the_numbers_goes_on_with_them(few, monkeypatch):
    """As if that version had gone on itself: weights and dropout are in the checkpoint."""
    config = TrainConfig(network="fast", epochs=2, execution="graph", **SMALL)
    with monkeypatch.context() as older:
        older.setattr(networks, "seed_of", lambda seed, name: seed + len(name))
        unbroken = follow(config, few)
        paused = follow(config, few, ControlRequests(pause_after=3))
    rest = follow(config, few, resume=of_kind(paused, Checkpoint)[-1])
    assert np.array_equal(losses(unbroken), losses([*paused, *rest]))
    assert (paused[0].scheme, rest[0].scheme) == (SCHEME, None)


def test_layers_draw_by_their_own_names(few):
    """So another layer changes nothing: dropout leaves every first weight as it is without."""
    plain, dropping = (Trainer(TrainConfig(network="lenet", **SMALL | {"dropout": d}), few) for d in (0.0, 0.4))
    assert same(plain.weights(), dropping.weights())
    kernels = [build_network(TrainConfig(network="lenet", **SMALL)).get_layer(name).kernel for name in ("d1", "d2")]
    assert len({float(kernel[0, 0] / tf.reduce_max(kernel)) for kernel in kernels}) == 2


def test_a_run_leaves_the_generators_of_all_as_they_were(few):
    """It neither draws from them nor seeds them: Python's, NumPy's, TensorFlow's and Keras'."""
    before = of_all()
    follow(TrainConfig(network="fast", epochs=2, execution="graph", **SMALL), few)
    assert of_all() == before
    random.random()
    assert of_all() != before


def of_all():
    """The states of the generators that all threads share."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002 - it is looked at, not used
    ours = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    return (
        random.getstate(),
        (kind, keys.tolist(), *rest),
        context.global_seed(),
        None if ours is None else ours.state.numpy().tolist(),
    )


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_the_graph_of_a_step_holds_no_operation_with_a_generator_of_tensorflow_s(mode, few):
    trainer = Trainer(TrainConfig(network="fast", execution=mode, **SMALL), few)
    graph = trainer._make_steps.get_concrete_function().graph.as_graph_def()
    operations = {node.op for part in (graph.node, *(f.node_def for f in graph.library.function)) for node in part}
    # All that is left of a random kind is told its seed with every call.
    assert {name for name in operations if "Random" in name} == {
        "StatelessRandomGetKeyCounter",
        "StatelessRandomUniformV2",
    }
