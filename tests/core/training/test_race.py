"""Races: both sides differ in nothing but what was chosen, take turns, and are refused where they say nothing."""

import json
from dataclasses import replace

import pytest

from lib.core.errors import Refusal
from lib.core.training.config import TrainConfig
from lib.core.training.race import Race, configs, race_in

A = TrainConfig(epochs=2, seed=4, patience=2, validation_split=0.1)
B = TrainConfig(epochs=9, seed=9, optimizer="sgd", learning_rate=0.1)
RACE = Race(sides=(A, B), target=0.98, epochs=6, seeds=3)


def test_both_sides_have_the_same_seeds_and_take_turns() -> None:
    runs = configs(RACE)
    assert [(run.seed, run.optimizer) for run in runs] == [
        (4, "adam"), (4, "sgd"), (5, "sgd"), (5, "adam"), (6, "adam"), (6, "sgd"),
    ]  # fmt: skip
    assert [RACE.side_of(run) for run in runs] == [0, 1, 1, 0, 0, 1]
    assert RACE.differing() == ["learning_rate", "optimizer"]
    for run in runs:
        assert (run.target_accuracy, run.epochs, run.patience, run.validation_split) == (0.98, 6, 0, 0.0)


def test_a_race_is_read_as_it_was_written() -> None:
    plan = json.loads(json.dumps(RACE.to_dict()))
    assert race_in(plan) == RACE
    assert race_in(plan | {"sides": [A.to_dict(), B.to_dict() | {"optimizer": "of a later version"}]}) is None
    assert race_in({"target": 0.9}) is race_in(plan | {"sides": [1]}) is race_in(plan | {"target": "soon"}) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sides": (A, replace(A, seed=1, epochs=3, target_accuracy=0.5))}, "same settings"),
        ({"sides": (A, replace(B, dataset="fashion_mnist"))}, "different data sets"),
        ({"target": 0.0}, "Target accuracy"),
        ({"target": 98.0}, "Target accuracy"),
        ({"epochs": 101}, "Epochs"),
        ({"seeds": 6}, "1 to 5 seeds"),
        ({"seeds": 0}, "1 to 5 seeds"),
    ],
)
def test_what_would_say_nothing_is_refused(change: dict, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        replace(RACE, **change)
