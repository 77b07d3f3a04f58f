"""Presets: ready-made settings that are recognised, distinct and explained."""

import dataclasses

import pytest

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.presets import PRESETS, preset_of

INCIDENTAL = {name for name, setting in SETTINGS.items() if setting.incidental}

every_preset = pytest.mark.parametrize("code", list(PRESETS))


def test_the_presets_stand_in_the_order_of_the_page():
    assert list(PRESETS) == ["notes", "fastest", "overfit", "too_high"]
    assert all(preset.code == code for code, preset in PRESETS.items())


@every_preset
def test_a_preset_says_what_to_watch_for_in_one_line(code):
    preset = PRESETS[code]
    assert preset.title
    assert preset.watch.endswith(".")
    assert "\n" not in preset.watch
    assert "{" not in preset.title + preset.watch, "presets have nothing to fill in"


def test_the_notes_settings_are_the_defaults():
    assert PRESETS["notes"].config() == TrainConfig()


@every_preset
def test_a_presets_settings_are_its_changes_and_are_recognised(code):
    preset = PRESETS[code]
    assert preset.config().changes() == dict(preset.changes)
    assert preset_of(preset.config()) == code


@every_preset
def test_how_a_run_is_executed_and_its_dice_do_not_make_it_another(code):
    others = {"execution": "eager", "steps_per_call": 1, "seed": 1234}
    assert set(others) == INCIDENTAL
    free = {name: value for name, value in others.items() if name not in PRESETS[code].changes}
    assert preset_of(dataclasses.replace(PRESETS[code].config(), **free)) == code


@every_preset
@pytest.mark.parametrize("name", [name for name in SETTINGS if name not in INCIDENTAL])
def test_any_other_setting_makes_it_ones_own(code, name):
    config, setting = PRESETS[code].config(), SETTINGS[name]
    now = getattr(config, name)
    values = list(setting.options) if setting.options else [setting.kind(setting.low), setting.kind(setting.high)]
    other = next(value for value in values if value != now)
    assert preset_of(dataclasses.replace(config, **{name: other})) != code


def test_a_setting_that_a_preset_makes_itself_is_not_free():
    for preset in PRESETS.values():
        for name in INCIDENTAL & set(preset.changes):
            other = dataclasses.replace(TrainConfig(), **{**preset.changes, name: getattr(TrainConfig(), name)})
            assert preset_of(other) != preset.code
