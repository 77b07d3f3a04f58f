"""The confusion matrix: every count is drawn at its place; a class without images has no row."""

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from lib.core.diagnosis.confusion import confusion_counts, mix_ups, taken_for
from lib.core.diagnosis.paired import packed
from lib.ui.widgets.confusion import confusion_matrix, mixed_up_words
from tests.ui.widgets.test_theme import channels, contrast, luminance

ROOT = Path(__file__).parents[3]
NAMES = list("0123456789")
COUNTS = np.diag(np.arange(900, 1000, 10)) + np.eye(10, k=1, dtype=int) * 3
COUNTS[4, 9] = 57


def written(figure) -> dict[tuple[int, int], str]:
    """The text of each cell by row and column."""
    return {(note.y, note.x): note.text for note in figure.layout.annotations}


def test_every_count_is_written_once_and_nothing_where_nothing_fell():
    figure = confusion_matrix(COUNTS, NAMES)
    right, wrong, places = figure.data
    assert len(figure.layout.annotations) == np.count_nonzero(COUNTS)
    assert written(figure) == {(i, j): f"{COUNTS[i, j]:,}" for i, j in np.argwhere(COUNTS).tolist()}
    for true in range(10):
        for taken in range(10):
            count = COUNTS[true, taken]
            assert np.isfinite(right.z[true][taken]) == (true == taken and count > 0)
            assert np.isfinite(wrong.z[true][taken]) == (true != taken and count > 0)
            place = 10 * true + taken
            assert (places.y[place], places.x[place]) == (true, taken)
            assert list(places.customdata[place]) == [true, taken, f"true {true}, taken for {taken}: {count:,}"]


def test_the_more_often_the_stronger_the_colour_by_share_of_the_true_class():
    _right, wrong, _places = confusion_matrix(COUNTS, NAMES).data
    assert wrong.z[4][9] > wrong.z[4][5]
    assert all(wrong.zmin <= z <= wrong.zmax for row in wrong.z for z in row if np.isfinite(z))


THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]


def on_the_page(cells, z: float, background: str) -> str:
    """What is seen of a cell with this value, over a page with this background."""
    (_, faint), (_, strong) = cells.colorscale
    share = min(max((z - cells.zmin) / (cells.zmax - cells.zmin), 0), 1)
    low, high = ([float(part) for part in re.findall(r"[0-9.]+", colour)] for colour in (faint, strong))
    *colour, cover = [a + share * (b - a) for a, b in zip(low, high, strict=True)]
    page = [255 * channel for channel in channels(background)]
    return "#" + "".join(f"{round(p + cover * (c - p)):02X}" for p, c in zip(page, colour, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", [0, 1], ids=["right", "wrong"])
def test_the_more_the_further_from_the_page_and_its_letters_are_read_on_every_cell(theme: str, kind: int):
    """In dark, one mistake once glowed brighter than fifteen."""
    counts = np.diag([1000] * 10)
    counts[0, 1:8] = 1, 2, 5, 15, 50, 200, 700
    counts[np.arange(2, 9), np.arange(2, 9)] = 100, 300, 500, 700, 900, 950, 1000
    counts[np.arange(2, 9), 0] = 1000 - np.diag(counts)[2:9]
    cells = confusion_matrix(counts, NAMES).data[kind]
    rising = [cells.z[0][j] for j in range(1, 8)] if kind else [cells.z[i][i] for i in range(2, 9)]
    background, letters = THEMES[theme]["backgroundColor"], THEMES[theme]["textColor"]
    seen = [on_the_page(cells, z, background) for z in rising]
    away = [abs(luminance(colour) - luminance(background)) for colour in seen]
    assert all(less < more for less, more in itertools.pairwise(away[1:])), away
    assert away[0] <= away[1]
    assert min(contrast(colour, letters) for colour in seen) >= 4.5


def test_what_each_image_was_taken_for_comes_back_from_what_is_recorded():
    truth, taken = np.array([4, 4, 4, 9, 0, 1, 2, 3, 7], np.uint8), np.array([9, 9, 4, 4, 0, 1, 2, 3, 1], np.uint8)
    again = taken_for(truth, packed(taken == truth), taken[taken != truth])
    assert again.tolist() == taken.tolist()
    assert again.dtype == np.uint8


def test_the_true_class_goes_downwards_and_names_are_names():
    layout = confusion_matrix(COUNTS, [f"class {i}" for i in range(10)]).layout
    assert layout.yaxis.autorange == "reversed"
    assert layout.yaxis.title.text == "true class"
    assert layout.xaxis.title.text == "taken for"
    assert list(layout.xaxis.ticktext)[3] == "class 3"


def test_a_class_without_an_image_has_no_row():
    counts = confusion_counts(np.array([3, 3, 7]), np.array([3, 8, 7]))
    figure = confusion_matrix(counts, NAMES)
    assert list(figure.layout.yaxis.ticktext) == ["3", "7"]
    assert written(figure) == {(0, 3): "1", (1, 7): "1", (0, 8): "1"}
    places = figure.data[2]
    assert list(places.customdata[8]) == [3, 8, "true 3, taken for 8: 1"]


def test_counts_and_mix_ups_are_those_of_the_images():
    truth, taken = np.array([4, 4, 4, 9, 0], np.uint8), np.array([9, 9, 4, 4, 0], np.uint8)
    counts = confusion_counts(truth, taken)
    assert counts.sum() == 5
    assert (counts[4, 9], counts[4, 4], counts[9, 4], counts[0, 0]) == (2, 1, 1, 1)
    assert mix_ups(counts, 3) == [(4, 9, 2), (9, 4, 1)]
    assert mixed_up_words(counts, NAMES) == "Most often mixed up: 4 taken for 9 (2), 9 taken for 4 (1)."
    assert mixed_up_words(np.eye(10, dtype=int), NAMES) == ""
