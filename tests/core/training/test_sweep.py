"""Plans of sweeps: every combination or random ones, always the same, bounded, and refused in a sentence."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from lib.core.errors import Refusal
from lib.core.i18n import LANGUAGES, translator
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.core.training.sweep import MOST_RUNS, VARIED, Sweep, SweepError, configs, draw, usual_values, values_in

BASE = TrainConfig(epochs=2, seed=7)
RATES = (0.0001, 0.01)


def test_a_grid_tries_every_combination_with_each_seed() -> None:
    plan = Sweep(base=BASE, values={"batch_size": (32, 64), "optimizer": ("adam", "sgd")}, seeds=2)
    expected = [
        replace(BASE, batch_size=batch, optimizer=optimizer, seed=seed)
        for seed in (7, 8)
        for batch in (32, 64)
        for optimizer in ("adam", "sgd")
    ]
    assert configs(plan) == expected
    assert json.loads(json.dumps(plan.to_dict()))["values"] == {"batch_size": [32, 64], "optimizer": ["adam", "sgd"]}


def test_random_ones_are_always_the_same_all_different_and_within_their_bounds() -> None:
    values = {"learning_rate": RATES, "dropout": (0.0, 0.5), "network": ("seed", "fast")}
    plan = Sweep(base=BASE, values=values, draws=8, seed=3)
    runs = configs(plan)
    assert runs == configs(plan)
    assert runs != configs(replace(plan, seed=4))
    assert len(set(runs)) == 8
    assert all(0.0001 <= run.learning_rate <= 0.01 and 0 <= run.dropout <= 0.5 for run in runs)
    assert {run.network for run in runs} == {"seed", "fast"}
    assert {run.seed for run in runs} == {BASE.seed}


def test_learning_rates_are_drawn_evenly_among_their_logarithms() -> None:
    random = np.random.default_rng(0)
    logs = [math.log10(draw("learning_rate", RATES, random)) for _ in range(4000)]
    assert np.histogram(logs, bins=4, range=(-4, -2))[0] == pytest.approx(1000, abs=4 * math.sqrt(750))
    whole = [draw("batch_size", (3, 6), random) for _ in range(4000)]
    assert sorted(set(whole)) == [3, 4, 5, 6]
    assert np.bincount(whole)[3:] == pytest.approx(1000, abs=4 * math.sqrt(750))


def test_where_there_are_too_few_random_ones_each_comes_once() -> None:
    plan = Sweep(base=BASE, values={"epochs": (1, 3)}, draws=9)
    assert sorted(run.epochs for run in configs(plan)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("values", "more", "says"),
    [
        ({}, {}, "from one to 3"),
        (dict.fromkeys(("epochs", "batch_size", "filters", "patience"), (1, 2)), {}, "from one to 3"),
        ({"epochs": (1, 1)}, {}, "Epochs needs at least two different values"),
        ({"epochs": (1, 2, 3, 4), "batch_size": (1, 2, 3, 4, 5)}, {}, "20 runs"),
        ({"epochs": (1, 2, 3, 4)}, {"seeds": 5}, "20 runs"),
        ({"epochs": (1, 2)}, {"draws": 17}, "17 runs"),
        ({"epochs": (1, 2)}, {"draws": 1}, "at least two runs"),
        ({"epochs": (1, 101)}, {}, "101 was given"),
        ({"epochs": (1, "two")}, {}, "'two' was given"),
        ({"seed": (1, 2)}, {}, "Random seed"),
        ({"mood": (1, 2)}, {}, "no setting named mood"),
    ],
)
def test_what_no_press_can_start_is_refused_in_a_sentence(values: dict, more: dict, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        Sweep(base=BASE, values=values, **more)
    assert says in refused.value.sentence()
    assert all(refused.value.sentence(translator(lang)) for lang in LANGUAGES)


def test_a_setting_that_the_network_does_not_use_is_refused_unless_the_network_varies_too() -> None:
    flat = replace(BASE, network="mlp")
    with pytest.raises(SweepError, match="makes no difference"):
        Sweep(base=flat, values={"filters": (16, 32)})
    assert len(configs(Sweep(base=flat, values={"filters": (16, 32), "network": ("mlp", "lenet")}))) == 4


def test_numbers_are_read_from_a_text() -> None:
    assert values_in("batch_size", " 32,64;  128 32") == (32, 64, 128)
    assert values_in("learning_rate", "1e-3 0.01") == (0.001, 0.01)
    for text in ("32, sixty", "32, 0", ""):
        with pytest.raises(SettingError, match="Batch size"):
            values_in("batch_size", text)


@pytest.mark.parametrize("name", VARIED)
def test_the_values_to_begin_with_make_a_sweep(name: str) -> None:
    values = usual_values(name, BASE)
    assert getattr(BASE, name) in values
    assert len(configs(Sweep(base=BASE, values={name: values}))) == len(values) <= MOST_RUNS
    if not SETTINGS[name].options:
        assert values_in(name, ", ".join(map(str, values))) == values
