"""What `Setting` says about the network is true in TensorFlow: which settings rebuild it, and which it does not use."""

import dataclasses

import pytest

from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.networks import build_network
from tests.core.training.test_setting_facts import NETWORKS, changed
from tests.ml.conftest import QUICK, follow, losses

OWN = "network"
FEW_UNITS = {"filters": 4, "dense_units": 8, "dropout": 0.2}


def facts(config: TrainConfig) -> list[tuple[object, ...]]:
    """Every layer: its class, its config, and its first weights."""
    return [
        (type(layer).__name__, layer.get_config(), [weight.tobytes() for weight in layer.get_weights()])
        for layer in build_network(config).layers
    ]


@pytest.fixture(scope="module", params=NETWORKS)
def plain(request):
    config = TrainConfig(network=request.param, **FEW_UNITS)
    return config, facts(config)


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - {OWN}))
def test_a_setting_changes_the_network_or_says_that_it_does_not(name, plain):
    config, before = plain
    is_same = facts(changed(config, name)) == before
    setting, unused = SETTINGS[name], config.network in SETTINGS[name].unused_by
    assert is_same or setting.rebuilds, "a kept trainer would have another network than the run asks for"
    assert is_same or not unused
    if setting.group == OWN or name in ("precision", "seed"):
        assert is_same == unused


def test_what_a_network_has_no_use_for_leaves_a_run_as_it_is(few):
    for name, setting in SETTINGS.items():
        for network in setting.unused_by:
            config = TrainConfig(**QUICK | {"network": network, "epochs": 1})
            other = dataclasses.replace(config, **{name: getattr(changed(config, name), name)})
            assert losses(follow(config, few)).tolist() == losses(follow(other, few)).tolist()
