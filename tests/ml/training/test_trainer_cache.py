"""A cached trainer is as good as a new one: the same numbers, only sooner."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Compiled, Failed, Finished
from lib.ml.training import trainer as trainer_module
from lib.ml.training import trainer_cache
from lib.ml.training.loop import train
from lib.ml.training.trainer_cache import TrainerCache, built_from
from tests.ml.conftest import QUICK, cut, follow, losses, of_kind, same
from tests.ml.training.losing import lose_a_weight

READ_LATE = {name for name, setting in SETTINGS.items() if not setting.rebuilds}

SMALL = {"filters": 4, "dense_units": 8}


def assert_same(first, second):
    assert np.array_equal(losses(first), losses(second))
    assert same(of_kind(first, Checkpoint)[-1].weights, of_kind(second, Checkpoint)[-1].weights)


@pytest.mark.parametrize(("network", "mode"), [("fast", "eager"), ("fast", "graph"), ("mlp", "xla")])
def test_a_kept_trainer_gives_what_a_new_one_gives(network, mode, few):
    config = TrainConfig(**QUICK | SMALL | {"network": network, "execution": mode}, dropout=0.4)
    kept = TrainerCache()
    first, second = (follow(config, few, kept=kept) for _ in range(2))
    assert_same(first, second)
    assert_same(second, follow(config, few))


def test_nothing_is_compiled_again(few):
    kept, config = TrainerCache(), TrainConfig(**QUICK | {"execution": "xla"})
    first, second = (of_kind(follow(config, few, kept=kept), Compiled)[0] for _ in range(2))
    assert first.compiling_seconds > 0
    assert second == Compiled(tracing_seconds=0.0, compiling_seconds=0.0)


def test_settings_that_are_read_late_are_read(few):
    """A kept trainer was made with others of them, all at once."""
    config = TrainConfig(**QUICK, steps_per_call=3, shuffle_buffer=7, patience=9)
    changed = dataclasses.replace(
        config, epochs=3, learning_rate=0.01, schedule="one_cycle", steps_per_call=5, shuffle_buffer=100, patience=1
    )
    changed = dataclasses.replace(changed, target_accuracy=0.99)
    assert all(getattr(changed, name) != getattr(config, name) for name in READ_LATE)
    kept = TrainerCache()
    follow(config, few, kept=kept)
    events = follow(changed, few, kept=kept)
    assert events[1].tracing_seconds == 0
    assert_same(events, follow(changed, few))


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - READ_LATE))
def test_every_other_setting_wants_a_trainer_of_its_own(name):
    setting, default = SETTINGS[name], getattr(TrainConfig(), name)
    other = next(code for code in (*setting.options, setting.low, setting.high) if code != default)
    assert built_from(TrainConfig(**{name: other})) != built_from(TrainConfig())


def test_other_images_want_a_trainer_of_their_own(few, mnist):
    kept, config = TrainerCache(), TrainConfig(**QUICK)
    follow(config, few, kept=kept)
    others = cut(mnist, 200, 100)
    with kept.trainer(config, few) as known, kept.trainer(config, others) as new:
        assert known is not new


def test_the_longest_unused_one_goes(few):
    kept = TrainerCache(2)
    first, second, third = (TrainConfig(**QUICK | {"execution": "eager", "seed": seed}) for seed in range(3))
    made = {}
    for config in (first, second, first, third):
        with kept.trainer(config, few) as trainer:
            assert made.setdefault(config, trainer) is trainer
    with kept.trainer(first, few) as again, kept.trainer(second, few) as anew:
        assert again is made[first]
        assert anew is not made[second]


def test_large_ones_go_before_another_is_built(few, monkeypatch):
    kept = TrainerCache()
    first, second = (TrainConfig(**QUICK | {"execution": "eager", "seed": seed}) for seed in range(2))
    with kept.trainer(first, few) as trainer:
        made = trainer
    weights = 784 * 16 + 16 + 16 * 10 + 10
    memory = 2 * weights  # Adam's mean and mean square of each slope
    assert made.bytes == 4 * (2 * weights + memory + 1) + 8  # and its learning rate and number of steps
    monkeypatch.setattr(trainer_cache, "BYTES", made.bytes - 1)
    with kept.trainer(first, few) as again:
        assert again is made
    with kept.trainer(second, few), kept.trainer(first, few) as anew:
        assert anew is not made


def test_a_trainer_in_use_is_not_lent_twice(few):
    kept, config = TrainerCache(), TrainConfig(**QUICK, steps_per_call=2)
    expected = follow(config, few, kept=kept)
    one, other = train(config, few, kept=kept), train(config, few, kept=kept)
    pairs = list(zip(one, other, strict=False))
    assert np.array_equal(losses([pair[0] for pair in pairs]), losses([pair[1] for pair in pairs]))
    assert_same([pair[1] for pair in pairs], expected)


def test_after_a_lost_loss(few, monkeypatch):
    kept, config = TrainerCache(), TrainConfig(**QUICK | {"optimizer": "momentum"})
    expected = follow(config, few, kept=kept)
    events = train(config, few, kept=kept)
    next(events), next(events)
    with monkeypatch.context() as patch:
        lose_a_weight(patch)
        assert isinstance(list(events)[-1], Failed)
    assert_same(follow(config, few, kept=kept), expected)


def test_after_too_little_memory_nothing_is_kept(few, monkeypatch):
    kept, config = TrainerCache(), TrainConfig(**QUICK)
    expected = follow(config, few, kept=kept)
    with monkeypatch.context() as patch:
        patch.setattr(trainer_module.Trainer, "advance", exhausted)
        assert follow(config, few, kept=kept)[-1].reason == "out_of_memory"
    events = follow(config, few, kept=kept)
    assert events[1].tracing_seconds > 0
    assert_same(events, expected)


def exhausted(self, steps):
    raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating")


@pytest.mark.parametrize("listened", [1, 2, 4])
def test_after_nobody_listened_to_the_end(listened, few):
    kept, config = TrainerCache(), TrainConfig(**QUICK, steps_per_call=2, dropout=0.2)
    events = train(config, few, kept=kept)
    for _ in range(listened):
        next(events)
    events.close()
    assert_same(follow(config, few, kept=kept), follow(config, few))


def test_a_resumed_run_finds_its_trainer_and_so_does_the_next_new_one(few):
    kept, config = TrainerCache(), TrainConfig(**QUICK)
    first = follow(config, few, ControlRequests(pause_after=5), kept=kept)
    rest = follow(config, few, resume=of_kind(first, Checkpoint)[-1], kept=kept)
    assert rest[1].tracing_seconds == 0
    new = follow(config, few, kept=kept)
    assert isinstance(new[-1], Finished)
    assert np.array_equal(losses(new), losses([*first, *rest]))
