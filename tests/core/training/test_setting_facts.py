"""What `Setting` tells other parts of the app is true of them, setting by setting."""

import dataclasses

import pytest
from hypothesis import given

from lib.core.jobs.throughput import Throughput
from lib.core.jobs.wait_estimate import pace_of
from lib.core.mydigits.finetune_plan import tuned_config
from lib.core.settings import UNLIKE, Setting
from lib.core.training.architectures import describe
from lib.core.training.config import SETTINGS, TrainConfig
from tests.core.training.test_config import configs

NETWORKS = tuple(SETTINGS["network"].options)
SMALL = TrainConfig(filters=4, dense_units=8)

every_setting = pytest.mark.parametrize("name", list(SETTINGS))


def another(setting: Setting, value: object) -> object:
    """A value of the setting other than `value`."""
    values = list(setting.options) or [setting.kind(setting.low), setting.kind(setting.high)]
    return next(other for other in values if other != value)


def changed(config: TrainConfig, name: str) -> TrainConfig:
    return dataclasses.replace(config, **{name: another(SETTINGS[name], getattr(config, name))})


@every_setting
def test_who_has_no_use_for_it_has_the_same_layers_and_all_others_have_other_ones(name: str) -> None:
    if name == "network":
        return
    of_network = {network: dataclasses.replace(SMALL, network=network) for network in NETWORKS}
    same = {network for network, config in of_network.items() if describe(changed(config, name)) == describe(config)}
    if same != set(NETWORKS):  # of an activation or a learning rate the layers' shapes say nothing
        assert same == set(SETTINGS[name].unused_by)
    assert set(SETTINGS[name].unused_by) <= same


@every_setting
def test_a_run_with_another_value_tells_as_much_of_the_speed_as_the_setting_says(name: str) -> None:
    pace = Throughput(1000.0)
    found = pace_of(TrainConfig(), {changed(TrainConfig(), name): pace})
    assert found == (None if SETTINGS[name].speed == UNLIKE else (pace, SETTINGS[name].speed))


@every_setting
def test_what_makes_a_network_larger_makes_it_slower(name: str) -> None:
    sizes = [sum(layer.parameters for layer in describe(config)) for config in (SMALL, changed(SMALL, name))]
    assert sizes[0] == sizes[1] or SETTINGS[name].speed > 1


@every_setting
def test_what_differs_incidentally_shows_the_same_layers(name: str) -> None:
    setting = SETTINGS[name]
    assert not setting.incidental or describe(changed(SMALL, name)) == describe(SMALL)


@given(configs)
def test_a_fine_tuning_sets_what_the_setting_says_and_keeps_the_rest(config: TrainConfig) -> None:
    base = dataclasses.replace(config, dataset="mnist")
    tuned = tuned_config(base)
    for name, setting in SETTINGS.items():
        if name != "learning_rate":  # which follows from the optimizer
            before = getattr(base, name)
            assert getattr(tuned, name) == (before if setting.finetuned is None else setting.finetuned)
    same = [dataclasses.replace(base, learning_rate=rate) for rate in (1e-5, 1.0)]
    assert tuned_config(same[0]) == tuned_config(same[1]) == tuned


@every_setting
def test_what_a_fine_tuning_sets_may_be_set(name: str) -> None:
    setting = SETTINGS[name]
    assert setting.finetuned is None or setting.allows(setting.finetuned)
