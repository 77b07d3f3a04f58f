"""Each factor's effect comes from two modes that differ only in it."""

import pytest

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, SLOWER
from lib.core.benchmark.factors import FACTORS, effects, pairs
from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import ADAMS, MODES, adam_of, way_of
from lib.core.studies.works import PLAIN_MODES, WORKS
from tests.core.benchmark.made_comparisons import compared

USUAL = CompareConfig().modes
TIMES = {"eager": 30, "graph": 10, "graph_keras": 14, "xla": 8, "session": 10, "fit": 11, "loop": 10, "loop_xla": 8}
"""Milliseconds of the usual modes, varied by 1 %."""


def test_the_usual_modes_show_every_factor():
    assert {factor for factor, _, _ in pairs(USUAL, trains=True)} == set(FACTORS)


def test_of_two_modes_exactly_one_thing_differs():
    for factor, mode, other in pairs(tuple(MODES), trains=True):
        assert (way_of(mode) == way_of(other)) == (factor == "adam") == (adam_of(mode) != adam_of(other))
    # What the page once credited to Session or to the loop was Adam's.
    said = {(mode, other) for _, mode, other in pairs(tuple(MODES), trains=True)}
    assert not said & {("session", "graph_keras"), ("loop", "graph_keras"), ("loop_xla_keras", "loop")}


def test_every_mode_is_one_way_and_one_adam():
    assert {adam_of(mode) for mode in MODES} == set(ADAMS)
    assert len({(way_of(mode), adam_of(mode)) for mode in MODES}) == len(MODES)
    assert "session_keras" not in MODES, "TensorFlow 1 has the one operation only"


def test_where_nothing_is_trained_there_is_no_adam():
    for name, work in WORKS.items():
        found = {factor for factor, _, _ in pairs(CompareConfig(work=name).modes, work.trains)}
        assert ("adam" in found) == work.trains
    assert [factor for factor, _, _ in pairs(PLAIN_MODES, trains=False)] == ["graph", "xla", "session"]


def test_the_effects_are_the_ratios_turned_round():
    comparison = compared(TIMES)
    found = {(effect.mode, effect.other): effect for effect in effects(comparison, 32)}
    adam = found["graph", "graph_keras"]
    assert (adam.factor, adam.verdict, adam.steps) == ("adam", FASTER, 1)
    assert adam.times == pytest.approx(1.4, rel=0.02)
    ratio = comparison.ratio(32, "graph", "graph_keras")
    assert (adam.low, adam.high) == (1 / ratio.high, 1 / ratio.low)
    assert found["session", "graph"].verdict == CANNOT_TELL
    assert found["loop", "graph"].verdict == CANNOT_TELL
    assert found["loop", "graph"].steps == 10, "of made comparisons, in a sample"
    assert found["fit", "graph"].verdict == SLOWER
    assert found["loop_xla", "xla"].factor == "loop"


def test_a_mode_that_computes_something_else_shows_no_effect():
    comparison = compared(TIMES, agreed={"xla": {"output": 0.5, "agrees": False}})
    assert {"xla"} & {mode for effect in effects(comparison, 32) for mode in (effect.mode, effect.other)} == set()
