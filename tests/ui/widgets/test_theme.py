"""Charts: traces are in the order of their lines, a mode has one colour, and every colour is visible."""

import colorsys
import itertools
import re
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.studies.modes import MODES, adam_of, way_of
from lib.core.training.config import SETTINGS
from lib.core.training.curve import SERIES, Line
from lib.core.training.events import Evaluated, RateChanged
from lib.ui.widgets.source import ROOT
from lib.ui.widgets.theme import (
    GUESS_COLOUR,
    MODE_COLOURS,
    MODE_SYMBOLS,
    TEST_COLOUR,
    VALIDATION_COLOUR,
    WAY_COLOURS,
    WAY_SYMBOLS,
    class_balance,
    learning_curve,
    learning_curve_spec,
    time_split,
)
from tests.pages.stories import evaluated

THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
BACKGROUNDS = [THEMES[theme][name] for theme in ("light", "dark") for name in ("backgroundColor",)]
every_mode = pytest.mark.parametrize("mode", list(SETTINGS["execution"].options))

NOT_TRAINING = {
    "test_loss": ("y", TEST_COLOUR),
    "test_accuracy": ("y2", TEST_COLOUR),
    "validation_loss": ("y", VALIDATION_COLOUR),
    "validation_accuracy": ("y2", VALIDATION_COLOUR),
    "guess": ("y2", GUESS_COLOUR),
    "rate_changes": ("y4", GUESS_COLOUR),
}
"""Panel and colour of the lines that do not belong to the training itself."""

PANELS = {"loss": "y", "accuracy": "y2", "images_per_second": "y3"}


def channels(colour: str) -> tuple[float, float, float]:
    assert re.fullmatch("#[0-9A-Fa-f]{6}", colour), colour
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """From 1 to 21, WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_calculated_as_wcag_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_every_mode_has_a_colour_of_its_own() -> None:
    assert set(MODE_COLOURS) == set(MODE_SYMBOLS) == set(MODES) >= set(SETTINGS["execution"].options)
    assert len(set(MODE_SYMBOLS.values())) == len(MODES), "told apart without any colour"
    assert {(MODE_COLOURS[mode], MODE_SYMBOLS[mode]) for mode in MODES} == {
        (WAY_COLOURS[way_of(mode)], WAY_SYMBOLS[way_of(mode)] + ("-open" if adam_of(mode) == "keras" else ""))
        for mode in MODES
    }, "Adam's writing is told by an outline, not by a colour of its own"
    colours = [*WAY_COLOURS.values(), TEST_COLOUR]
    assert len(set(colours)) == len(colours)
    hues = [colorsys.rgb_to_hsv(*channels(colour))[0] for colour in WAY_COLOURS.values()]
    assert min(min(abs(a - b), 1 - abs(a - b)) for a, b in itertools.combinations(hues, 2)) > 0.08


SIGHT = {
    "every cone": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What is seen of linear red, green, blue (Machado, Oliveira and Fernandes 2009, severity 1)."""
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE = [0.95047, 1.0, 1.08883]


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE 1976 L*a*b* (3,) of what is seen of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    seen = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    ratio = np.array(TO_XYZ) @ seen / WHITE
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", list(SIGHT))
@every_mode
def test_test_is_told_from_train_by_eyes_of_every_kind(mode: str, sight: str) -> None:
    """The distance of 30 is 13 times what is just noticed (2.3); eager's orange and the former vermilion had 18."""
    for colour in (MODE_COLOURS[mode], VALIDATION_COLOUR, GUESS_COLOUR):
        assert np.linalg.norm(lab(TEST_COLOUR, sight) - lab(colour, sight)) >= 30


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("colour", [*MODE_COLOURS.values(), TEST_COLOUR, VALIDATION_COLOUR, GUESS_COLOUR])
def test_every_colour_can_be_seen_on_both_themes(colour: str, background: str) -> None:
    assert contrast(colour, background) >= 2


def test_the_themes_charts_have_the_modes_colours_first() -> None:
    assert THEMES["chartCategoricalColors"][: len(WAY_COLOURS)] == list(WAY_COLOURS.values())


@every_mode
@pytest.mark.parametrize("total_steps", [0, 1, 9375])
def test_a_trace_stands_where_its_line_does(mode: str, total_steps: int) -> None:
    lines = learning_curve(None, ())
    traces = learning_curve_spec(mode, total_steps)["traces"]
    assert set(lines) == {*SERIES, *NOT_TRAINING}
    for name, trace in zip(lines, traces, strict=True):
        panel, colour = NOT_TRAINING.get(name, (PANELS.get(name.removesuffix("_smooth")), MODE_COLOURS[mode]))
        assert trace["yaxis"] == panel, name
        assert ("dash" in trace["line"]) == (name in NOT_TRAINING), "train is solid, everything else is not"
        assert trace["line"]["color"] == colour
        assert "x" not in trace
        assert "y" not in trace
    names = dict(zip(lines, (trace["name"] for trace in traces), strict=True))
    assert names["loss"] == names["accuracy"] == "train, each step"
    assert names["loss_smooth"] == names["accuracy_smooth"] == "train, smoothed"
    assert names["test_loss"] == names["test_accuracy"] == "test, each epoch"
    assert names["images_per_second"] == "images per second"


@every_mode
def test_the_legend_names_each_kind_of_line_once(mode: str) -> None:
    shown = [trace["name"] for trace in learning_curve_spec(mode, 100)["traces"] if trace["showlegend"]]
    assert shown == ["train, each step", "train, smoothed", "test, each epoch"]


def test_validation_and_guess_are_named_where_there_are_any() -> None:
    spec = learning_curve_spec("graph", 100, validation=True, guess=True)
    shown = [trace["name"] for trace in spec["traces"] if trace["showlegend"]]
    assert shown[3:] == ["validation, each epoch", "your guess"]


def test_a_changed_learning_rate_is_a_line_between_two_steps() -> None:
    changes = [RateChanged(step=40, learning_rate=0.01), RateChanged(step=90, learning_rate=0.001)]
    drawn = learning_curve(None, (), changes)["rate_changes"]
    assert drawn == Line([40.5] * 3 + [90.5] * 3, [0.0, 1.0, None] * 2)


@pytest.mark.parametrize(("steps", "first"), [(1, 1), (100, 100), (120, 100), (9375, 468)])
def test_the_loss_is_seen_linear_and_from_the_beginning_by_a_press(steps: int, first: int) -> None:
    spec = learning_curve_spec("graph", steps)
    loss, part = ([choice["axes"] for choice in view["choices"]] for view in spec["views"])
    assert (loss[0], part[0]) == ({}, {}), "the first choice is the layout itself"
    assert spec["layout"]["yaxis"]["type"] == "log"
    assert loss[1]["yaxis"]["type"] == "linear"
    assert part[1]["xaxis"]["range"] == [0, first]
    assert spec["layout"]["yaxis"]["autorangeoptions"]["clipmin"] == 1e-3
    assert learning_curve_spec("graph", 0, empty=True)["views"] == []


@given(st.permutations(SERIES), st.integers(0, 4))
def test_the_lines_keep_their_order_whatever_the_order_they_come_in(names: list[str], count: int) -> None:
    given_lines = {name: Line([1, 2], [len(name), None]) for name in names}
    epochs: list[Evaluated] = [evaluated(number, 9000 + number) for number in range(1, count + 1)]
    drawn = learning_curve(given_lines, epochs)
    assert list(drawn) == list(learning_curve(None, ()))
    assert {name: drawn[name] for name in names} == given_lines
    assert drawn["test_loss"] == Line([e.step for e in epochs], [e.test_loss for e in epochs])
    assert drawn["test_accuracy"] == Line([e.step for e in epochs], [e.test_accuracy for e in epochs])


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_no_number_is_a_gap_as_json_has_none(loss: float) -> None:
    assert learning_curve(None, [evaluated(1, 980, loss)])["test_loss"].y == [None]


def test_the_time_split_shows_every_part() -> None:
    parts = {"a": 1.0, "b": 0.0, "c": 2.5, "d": 0.25, "e": 3.0}
    bars = time_split(parts).data
    assert {bar.name: bar.x for bar in bars} == {name: (seconds,) for name, seconds in parts.items()}
    assert len({bar.marker.color for bar in bars}) == len(parts)


def test_the_class_balance_shows_every_class() -> None:
    counts = list(range(100, 110))
    (bars,) = class_balance(counts, "0123456789").data
    assert (list(bars.x), list(bars.y)) == (list("0123456789"), counts)
