"""The confusion matrix: every count is drawn at its place; a class without images has no row."""

import numpy as np
import pytest

from lib.core.diagnosis.confusion import confusion_counts, mix_ups
from lib.ui.widgets import confusion as charts
from lib.ui.widgets.confusion import confusion_matrix, mixed_up_words
from tests.ui.widgets.test_theme import contrast

NAMES = list("0123456789")
COUNTS = np.diag(np.arange(900, 1000, 10)) + np.eye(10, k=1, dtype=int) * 3
COUNTS[4, 9] = 57


def test_every_count_is_written_once_and_nothing_where_nothing_fell():
    right, wrong = confusion_matrix(COUNTS, NAMES).data
    for true in range(10):
        for taken in range(10):
            count = COUNTS[true, taken]
            written = [trace.text[true][taken] for trace in (right, wrong)]
            assert sorted(written) == ["", f"{count:,}" if count else ""]
            assert np.isfinite(right.z[true][taken]) == (true == taken and count > 0)
            assert np.isfinite(wrong.z[true][taken]) == (true != taken and count > 0)
            assert f"true {true}, taken for {taken}: {count:,}" in (right.customdata[true][taken])


def test_the_more_often_the_stronger_the_colour_by_share_of_the_true_class():
    _right, wrong = confusion_matrix(COUNTS, NAMES).data
    assert wrong.z[4][9] > wrong.z[4][5]
    assert all(wrong.zmin <= z <= wrong.zmax for row in wrong.z for z in row if np.isfinite(z))


@pytest.mark.parametrize("colours", [charts.RIGHT, charts.WRONG])
def test_the_counts_can_be_read_on_every_colour(colours):
    assert all(contrast(charts.WRITING, colour) >= 4.5 for _place, colour in colours)


def test_the_true_class_goes_downwards_and_names_are_names():
    layout = confusion_matrix(COUNTS, [f"class {i}" for i in range(10)]).layout
    assert layout.yaxis.autorange == "reversed"
    assert layout.yaxis.title.text == "true class"
    assert layout.xaxis.title.text == "taken for"
    assert list(layout.xaxis.ticktext)[3] == "class 3"


def test_a_class_without_an_image_has_no_row():
    counts = confusion_counts(np.array([3, 3, 7]), np.array([3, 8, 7]))
    right, wrong = confusion_matrix(counts, NAMES).data
    assert list(confusion_matrix(counts, NAMES).layout.yaxis.ticktext) == ["3", "7"]
    assert [row.index("1") for row in right.text] == [3, 7]
    assert [cell for row in wrong.text for cell in row if cell] == ["1"]
    assert wrong.customdata[0][8] == "true 3, taken for 8: 1"


def test_counts_and_mix_ups_are_those_of_the_images():
    truth, taken = np.array([4, 4, 4, 9, 0], np.uint8), np.array([9, 9, 4, 4, 0], np.uint8)
    counts = confusion_counts(truth, taken)
    assert counts.sum() == 5
    assert (counts[4, 9], counts[4, 4], counts[9, 4], counts[0, 0]) == (2, 1, 1, 1)
    assert mix_ups(counts, 3) == [(4, 9, 2), (9, 4, 1)]
    assert mixed_up_words(counts, NAMES) == "Most often mixed up: 4 taken for 9 (2), 9 taken for 4 (1)."
    assert mixed_up_words(np.eye(10, dtype=int), NAMES) == ""
