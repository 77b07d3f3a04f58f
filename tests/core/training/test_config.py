"""Settings: each value is taken exactly, or refused with the field, the value and the bounds."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.config import GROUPS, SETTINGS, SettingError, TrainConfig, read_config


def allowed(setting):
    """Any value that the setting allows."""
    if setting.options:
        return st.sampled_from(sorted(setting.options))
    if setting.kind is int:
        return st.integers(int(setting.low), int(setting.high))
    return st.floats(setting.low, setting.high)


configs = st.builds(TrainConfig, **{name: allowed(setting) for name, setting in SETTINGS.items()})


def test_defaults_are_the_seeds():
    config = TrainConfig()
    seed = (config.network, config.filters, config.dense_units, config.dropout, config.activation)
    assert seed == ("seed", 32, 128, 0.0, "relu")
    learning = (config.optimizer, config.learning_rate, config.batch_size, config.epochs, config.shuffle_buffer)
    assert learning == ("adam", 1e-3, 32, 5, 10_000)


def test_every_field_is_a_setting_with_words_and_a_group():
    for field in dataclasses.fields(TrainConfig):
        setting = SETTINGS[field.name]
        assert setting.label
        assert setting.help
        assert setting.group in GROUPS


@given(configs)
def test_a_link_brings_back_the_same_settings(config):
    link = {name: str(value) for name, value in config.changes().items()}
    assert read_config(link) == (config, ())


@given(configs)
def test_json_brings_back_the_same_settings(config):
    assert TrainConfig(**json.loads(json.dumps(config.to_dict()))) == config


@given(st.dictionaries(st.sampled_from([*SETTINGS, "nonsense", "lang"]), st.text()))
def test_no_link_breaks_the_settings(link):
    config, refused = read_config(link, ignore={"lang"}.__contains__)
    names = {error.name for error in refused}
    assert "lang" not in names
    assert names <= set(link)
    for name in names & set(SETTINGS):
        assert getattr(config, name) == getattr(TrainConfig(), name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("execution", "turbo"),
        ("execution", None),
        ("dropout", 1.0),
        ("batch_size", "32"),
        ("seed", None),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    with pytest.raises(SettingError) as refusal:
        TrainConfig(**{name: value})
    assert (refusal.value.name, str(refusal.value.value)) == (name, str(value))


def test_the_refusal_names_the_field_the_value_and_the_bounds():
    with pytest.raises(SettingError, match=r"Epochs \(epochs\) must be a whole number from 1 to 100, but 0 was given"):
        TrainConfig(epochs=0)
    with pytest.raises(SettingError, match=r"\(execution\) must be one of eager, graph, xla, but 'turbo' was given"):
        TrainConfig(execution="turbo")


def test_good_fields_of_a_link_apply_beside_a_bad_one():
    config, refused = read_config({"epochs": "2", "batch_size": "lots", "colour": "red", "execution": "eager"})
    assert (config.epochs, config.batch_size, config.execution) == (2, 32, "eager")
    assert [(error.name, error.value) for error in refused] == [("batch_size", "lots"), ("colour", "red")]


@pytest.mark.parametrize(
    ("given", "epochs"), [("3", 3), ("3.0", 3), (3.0, 3), ("6.4e1", 64), (6.4e1, 64), (" 7 ", 7), ("1e2", 100), (9, 9)]
)
def test_a_whole_number_may_be_written_in_any_way(given, epochs):
    assert read_config({"epochs": given}) == (TrainConfig(epochs=epochs), ())
    assert type(read_config({"epochs": given})[0].epochs) is int


@pytest.mark.parametrize(
    "given", ["3.5", 3.5, "1e-1", "1e400", "nan", "inf", "0x10", "", "1,5", True, None, [3], 1e300]
)
def test_what_is_no_whole_number_is_refused_in_a_sentence(given):
    config, (refused,) = read_config({"epochs": given})
    assert config == TrainConfig()
    assert refused.sentence() == f"Epochs (epochs) must be a whole number from 1 to 100, but {given!r} was given."
