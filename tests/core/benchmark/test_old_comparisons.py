"""Recordings of older versions keep their meaning: their `graph` had Keras' Adam, their `loop` did not."""

import json

import pytest

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_files import from_json, references, to_csv, to_json
from lib.core.benchmark.factors import effects
from lib.core.studies.configs import CompareConfig, study_from_dict, study_to_dict
from lib.core.studies.modes import OLD_NAMES
from tests.core.benchmark.made_comparisons import began, size_events

OLD = ("eager", "graph", "xla", "session", "fit", "loop", "loop_xla")
NOW = ("eager_keras", "graph_keras", "xla_keras", "session", "fit_keras", "loop", "loop_xla_keras")
OLD_CONFIG = {"work": "train_step", "modes": list(OLD), "sizes": [32], "depth": "quick", "seed": 42}
TIMES = {"eager": 30, "graph": 15, "xla": 9, "session": 10, "fit": 16, "loop": 10, "loop_xla": 8}


def old_events():
    return [
        began(),
        *size_events(32, TIMES, void={"graph": {3}}, shortcuts={"xla": {"block": (1,), "unsynchronised": (2,)}}),
    ]


def old_file():
    """A file of an older version: schema 1, no scheme and no digest."""
    config = CompareConfig(modes=OLD)
    content = json.loads(to_json(comparison_of(config, old_events())))
    del content["config"]["scheme"], content["sha256"]
    return json.dumps(content | {"schema": 1})


def test_an_older_config_measured_what_is_called_otherwise_today():
    config = study_from_dict("compare", OLD_CONFIG)
    assert set(config.modes) == set(NOW)
    assert study_from_dict("compare", study_to_dict(config)) == config


def test_an_older_config_without_modes_meant_all_that_there_were():
    without = {name: value for name, value in OLD_CONFIG.items() if name != "modes"}
    for plain in (without | {"modes": []}, without):
        assert set(study_from_dict("compare", plain).modes) == set(NOW)


@pytest.mark.parametrize("work", ["forward", "tiny_ops", "matmul"])
def test_where_nothing_is_trained_nothing_has_another_name(work):
    plain = OLD_CONFIG | {"work": work, "modes": ["eager", "xla"]}
    assert study_from_dict("compare", plain).modes == ("eager", "xla")


def test_older_events_are_of_the_modes_as_they_are_called_today():
    """As a database has them: config and events apart, both with the old names."""
    comparison = comparison_of(study_from_dict("compare", OLD_CONFIG), old_events())
    assert [timing.mode for timing in comparison.at(32)] == list(comparison.config.modes)
    assert comparison.timing(32, "graph") is None
    for old, mode in OLD_NAMES.items():
        assert comparison.timing(32, mode).median == pytest.approx(TIMES[old], rel=0.01)
    assert comparison.timing(32, "graph_keras").voided == 1
    assert [shortcut.mode for shortcut in comparison.shortcuts] == ["xla_keras"]
    assert all(timing.agreed is not None for timing in comparison.at(32)[1:])


def test_an_older_file_is_read_and_written_again_as_what_it_was():
    comparison = from_json(old_file().encode(), "old.json")
    assert set(comparison.config.modes) == set(NOW)
    assert from_json(to_json(comparison).encode(), "new.json") == comparison
    assert {row.split(",")[2] for row in to_csv(comparison).splitlines()[1:]} == set(NOW)


def test_an_older_record_credits_neither_session_nor_loop_with_what_is_adams():
    """Both were faster than its graph, which had Keras' Adam: two factors at once, so there is no row for them."""
    found = effects(from_json(old_file().encode(), "old.json"), 32)
    assert {(effect.mode, effect.other) for effect in found} == {
        ("graph_keras", "eager_keras"),
        ("xla_keras", "graph_keras"),
        ("fit_keras", "graph_keras"),
        ("loop_xla_keras", "xla_keras"),
    }


def test_a_comparison_of_today_keeps_its_names():
    config = CompareConfig(modes=("eager", "graph", "graph_keras"))
    assert study_from_dict("compare", study_to_dict(config)) == config
    comparison = comparison_of(config, [began(), *size_events(32, {"eager": 30, "graph": 10, "graph_keras": 14})])
    assert comparison.timing(32, "graph").median == pytest.approx(10, rel=0.01)


def test_recorded_references_say_which_adam_they_had():
    for reference in references():
        config = reference.comparison.config
        assert {timing.mode for timing in reference.comparison.timings} == set(config.modes), reference.name
