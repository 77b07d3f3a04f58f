"""Which own digits are held out, and how the others are mixed into MNIST."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.data.dataset import Images
from lib.core.mydigits.digit_sets import MAX_DIGITS, Digits, OwnDigitsError
from lib.core.mydigits.finetune_plan import FEWEST, HELD_OUT, SHARE, Tuning, mixed, own_parts, tuned_config
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.presets import PRESETS

labels = st.lists(st.integers(0, 9), min_size=1, max_size=60)


def numbered(labels: list[int]) -> Digits:
    """Distinguishable digits: the first pixels hold their number."""
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = divmod(np.arange(len(labels)), 256)
    return Digits(images=images, labels=np.array(labels, np.uint8))


def numbers(digits: Digits) -> list[int]:
    return (digits.images[:, 0, 0].astype(int) * 256 + digits.images[:, 0, 1]).tolist()


@given(labels, st.integers(0, 2**31 - 1))
def test_a_fifth_is_held_out_and_never_learned_from(given_labels: list[int], seed: int) -> None:
    digits = numbered(given_labels)
    learned, tested = own_parts(digits, seed)
    if len(digits) < FEWEST:
        assert learned is tested
        assert numbers(tested) == numbers(digits)
        return
    assert learned is not tested
    assert len(tested) == len(digits) // HELD_OUT
    assert sorted(numbers(learned) + numbers(tested)) == numbers(digits)
    for part in (learned, tested):
        assert part.labels.tolist() == [given_labels[number] for number in numbers(part)]


@given(st.lists(st.integers(0, 9), min_size=FEWEST, max_size=200), st.integers(0, 99))
@example([0] * 3 + [1, 2, 3, 4, 5, 6, 7], 0)
@example([0] * 100 + [1, 1, 2, 2, 3], 0)
def test_every_label_gives_its_share_and_none_all_it_has(given_labels: list[int], seed: int) -> None:
    learned, tested = own_parts(numbered(given_labels), seed)
    all_of, held_out = Counter(given_labels), Counter(tested.labels.tolist())
    if len(given_labels) - len(all_of) >= len(tested):
        assert set(learned.labels.tolist()) == set(given_labels)
    # Webster: no label has given one too many as long as another has given one too few.
    too_many = max((held_out[label] - 0.5) / all_of[label] for label in held_out)
    too_few = min((held_out[label] + 0.5) / all_of[label] for label in all_of)
    assert too_many <= too_few


def test_what_was_learned_from_is_hardly_ever_held_out_once_there_are_more() -> None:
    every = numbered([number * 7 % 10 for number in range(120)])
    before, _ = own_parts(every.some(np.arange(100)), 5)
    _, after = own_parts(every, 5)
    assert len(after) == 24
    assert len(set(numbers(before)) & set(numbers(after))) <= 4


def test_the_same_seed_holds_out_the_same_and_another_one_others() -> None:
    digits = numbered([number % 10 for number in range(100)])
    first, again, other = (numbers(own_parts(digits, seed)[1]) for seed in (3, 3, 4))
    assert first == again != other


def test_a_digit_that_is_there_twice_is_not_held_out_and_learned_from() -> None:
    digits = numbered([number % 10 for number in range(30)])
    twice = digits.some(np.repeat(np.arange(30), 2))
    learned, tested = own_parts(twice, 0)
    assert not set(numbers(learned)) & set(numbers(tested))
    assert len(learned) + len(tested) == 30
    few = numbered([1] * 6).some(np.arange(12) % 6)
    assert len(own_parts(few, 0)[1]) == 6


def mnist(count: int) -> Images:
    """Images distinguishable from own digits: their last pixel is 255, their first pixels hold their number."""
    x = np.zeros((count, 28, 28), np.uint8)
    x[:, 27, 27] = 255
    x[:, 0, 0] = np.arange(count) % 256
    return Images(x_train=x, y_train=np.full(count, 9, np.uint8), x_test=x[:1], y_test=np.zeros(1, np.uint8))


@given(st.integers(1, 400), st.integers(1, 150))
def test_one_in_four_is_an_own_one_and_each_comes_as_often_as_the_others(count: int, own_count: int) -> None:
    images, own = mnist(count), numbered([number % 9 for number in range(own_count)])
    before = images.x_train.copy()
    result = mixed(images, own)
    assert len(result.y_train) == count
    is_own = result.x_train[:, 27, 27] == 0
    assert is_own.sum() == max(1, count // SHARE)
    assert (result.x_train[~is_own] == before[~is_own]).all()
    assert (result.y_train[~is_own] == 9).all()
    mixed_in = Digits(images=result.x_train[is_own], labels=result.y_train[is_own])
    assert mixed_in.labels.tolist() == [number % 9 for number in numbers(mixed_in)]
    often = Counter(numbers(mixed_in))
    assert len(often) == min(own_count, is_own.sum())
    assert max(often.values()) - min(often.values()) <= 1
    assert (images.x_train == before).all(), "the images belong to every other run as well"
    assert result.x_test is images.x_test


def test_own_ones_are_spread_over_the_whole_set() -> None:
    is_own = mixed(mnist(4000), numbered([1])).x_train[:, 27, 27] == 0
    assert (is_own.reshape(100, 40).sum(axis=1) == 10).all()


@pytest.mark.parametrize("base", [preset.config() for preset in PRESETS.values()])
def test_a_tuning_has_the_network_and_the_execution_of_its_base(base: TrainConfig) -> None:
    base = dataclasses.replace(base, execution="xla", dropout=0.2, seed=7, validation_split=0.2, patience=1)
    config = tuned_config(base)
    learning = {"epochs", "train_size", "batch_size", "learning_rate", "schedule", "shuffle_buffer"}
    ending = {"validation_split", "patience", "target_accuracy"}
    for name in SETTINGS.keys() - learning - ending:
        assert getattr(config, name) == getattr(base, name), name
    assert config.learning_rate <= base.learning_rate
    assert config.train_size * config.epochs <= 64_000, "about an epoch of all images"
    assert not any(getattr(config, name) for name in ending)
    assert tuned_config(config).train_size == config.train_size


@pytest.mark.parametrize("optimizer", SETTINGS["optimizer"].options)
@pytest.mark.parametrize("rate", [1e-6, 10.0])
def test_a_tuning_is_possible_whatever_the_base_was(optimizer: str, rate: float) -> None:
    config = tuned_config(TrainConfig(optimizer=optimizer, learning_rate=rate, train_size=1, batch_size=10_000))
    assert 1e-6 <= config.learning_rate <= 0.05


def test_a_network_that_knows_clothes_is_not_tuned_with_digits() -> None:
    with pytest.raises(OwnDigitsError, match="clothes"):
        tuned_config(TrainConfig(dataset="fashion_mnist"))


@pytest.mark.parametrize("count", [0, MAX_DIGITS + 1])
def test_a_tuning_has_a_digit_and_not_too_many(count: int) -> None:
    with pytest.raises(OwnDigitsError):
        Tuning(base="a", digits=numbered([1] * count))
    assert len(Tuning(base="a", digits=numbered([1] * MAX_DIGITS)).digits) == MAX_DIGITS
