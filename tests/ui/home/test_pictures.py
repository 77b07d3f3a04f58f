"""The first page's pictures show the numbers that they are made of."""

import math
import re
from xml.etree import ElementTree

import pytest

from lib.core.benchmark.labels import time_words
from lib.core.studies.modes import MODES
from lib.core.training.curve import Line
from lib.core.training.recording import run_of_the_notes
from lib.ui.home.pictures import BOTTOM, LEFT, NAMES, RIGHT, TOP, curve_picture, race_picture
from lib.ui.home.race import RUNNERS, recorded_race
from lib.ui.widgets.theme import MODE_COLOURS, TEST_COLOUR


def parts(svg: str, tag: str, **about: str) -> list[ElementTree.Element]:
    """The elements of the picture with this tag and these attributes."""
    found = ElementTree.fromstring(svg).iter(tag)
    return [one for one in found if all(one.get(name) == value for name, value in about.items())]


def points(path: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d") or "")]


def test_every_point_of_a_curve_is_in_its_panel_and_a_tenth_of_the_loss_is_one_decade_lower() -> None:
    lines = {
        "loss": Line([1, 2, 3, 4], [1.0, None, 1e-9, 100.0]),
        "loss_smooth": Line([0, 10], [1.0, 0.1]),
        "test_loss": Line([10], [0.1]),
    }
    svg = curve_picture(lines, 10, "graph", "a <curve> & more")
    raw, smooth = parts(svg, "path", stroke=MODE_COLOURS["graph"], fill="none")
    assert len(points(raw)) == 3, "what is no number is a gap"
    assert (raw.get("d") or "").count("M") == 2
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points(raw))
    (left, one), (right, tenth) = points(smooth)
    assert (left, right) == (LEFT, RIGHT)
    labels = {text.text: float(text.get("y") or 0) for text in parts(svg, "text")}
    assert tenth - one == pytest.approx(labels["0.1"] - labels["1"], abs=0.2)
    (dot,) = parts(svg, "circle", fill=TEST_COLOUR)
    assert float(dot.get("cy") or 0) == pytest.approx(tenth, abs=0.1)
    assert ElementTree.fromstring(svg).get("aria-label") == "a <curve> & more"


def test_a_curve_without_a_point_is_an_empty_panel_and_an_endless_loss_is_no_error() -> None:
    nothing = Line([], [])
    assert parts(curve_picture(dict.fromkeys(("loss", "loss_smooth", "test_loss"), nothing), 0, "xla", ""), "text")
    flat = {"loss": Line([1], [0.0]), "loss_smooth": Line([1], [0.0]), "test_loss": nothing}
    assert "nan" not in curve_picture(flat, 1, "eager", "")


def test_the_recorded_curve_ends_below_its_beginning() -> None:
    run = run_of_the_notes()
    svg = curve_picture(run.lines, run.started.total_steps, run.config.execution, "")
    *_raw, smooth = parts(svg, "path", stroke=MODE_COLOURS["graph"], fill="none")
    first, *_between, last = points(smooth)
    assert last[1] - first[1] > (BOTTOM - TOP) / 2


def test_the_bars_of_the_race_are_as_long_as_the_steps_take_and_grow_as_long() -> None:
    race = recorded_race()
    timings = race.at(race.config.sizes[0])
    svg = race_picture(timings, "")
    bars = parts(svg, "rect")
    assert tuple(timing.mode for timing in timings) == RUNNERS
    assert set(RUNNERS) <= set(MODES)
    lengths = [float(bar.get("width") or 0) for bar in bars]
    times = [timing.median for timing in timings]
    assert [bar.get("fill") for bar in bars] == [MODE_COLOURS[mode] for mode in RUNNERS]
    for length, time, bar in zip(lengths, times, bars, strict=True):
        assert length / lengths[0] == pytest.approx(time / times[0], rel=0.01)
        seconds = float(re.findall(r"[\d.]+", bar.get("style") or "")[0])
        assert seconds / length == pytest.approx(0.04 * times[0] / lengths[0], rel=0.03)
        assert math.isclose(float(bar.get("x") or 0), NAMES)
    assert set(map(time_words, times)) <= {text.text for text in parts(svg, "text")}
