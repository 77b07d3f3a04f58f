"""Charts of a network's inside: every number is drawn at its place, and invalid ones leave a gap."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lib.core.training.events import Evaluated
from lib.ui.train.inspect import charts
from lib.ui.train.inspect import text as words
from lib.ui.train.inspect.charts import dead_units, histograms, losses, mosaic, patterns, reach
from lib.ui.widgets.confusion import confusion_matrix
from lib.ui.widgets.theme import GUESS_COLOUR, MODE_COLOURS, TEST_COLOUR, VALIDATION_COLOUR
from tests.pages.stories import evaluated
from tests.ui.train.inspect.insides import inside, results
from tests.ui.widgets.test_theme import BACKGROUNDS, contrast

NAMES = list("0123456789")
COUNTS = np.diag(np.arange(900, 1000, 10)) + np.eye(10, k=1, dtype=int) * 3
COUNTS[4, 9] = 57


# ---- confusion matrix in words


@given(arrays.arrays(np.int64, (10, 10), elements=st.integers(0, 1000)))
def test_any_counts_can_be_drawn_and_told(counts):
    confusion_matrix(counts, NAMES)
    said = words.confusion_words(counts, NAMES)
    assert f"{np.trace(counts):,} of {counts.sum():,}" in said
    assert ("mixed up" in said) == (counts.sum() > np.trace(counts))


def test_the_worst_mix_ups_are_named():
    assert "4 taken for 9 (57), 0 taken for 1 (3), 1 taken for 2 (3)." in words.confusion_words(COUNTS, NAMES)


# ---- patterns of the first layer


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 3, 3), (5, 3, 19), (8, 3, 31), (9, 7, 31), (32, 15, 31)])
def test_the_patterns_stand_in_rows_of_eight_with_gaps(count, rows, columns):
    shown = np.arange(count * 9, dtype=np.float32).reshape(count, 3, 3)
    tiles = mosaic(shown)
    assert tiles.shape == (rows, columns)
    assert sorted(tiles[np.isfinite(tiles)]) == sorted(shown.ravel())
    for i in range(count):
        down, across = divmod(i, charts.ACROSS)
        np.testing.assert_array_equal(tiles[4 * down : 4 * down + 3, 4 * across : 4 * across + 3], shown[i])


def test_the_same_colour_is_the_same_number_on_both_sides():
    start, now = inside(0).first_layer, inside(9).first_layer
    full = max(reach(start), reach(now))
    scales = {(figure.data[0].zmin, figure.data[0].zmax) for figure in (patterns(start, full), patterns(now, full))}
    assert scales == {(-full, full)}
    assert full == max(np.abs(start).max(), np.abs(now).max())


@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 33), st.integers(1, 5), st.integers(1, 5))))
def test_any_patterns_can_be_drawn_and_told(shown):
    assert 0 < reach(shown) < math.inf
    patterns(shown, reach(shown))
    said = words.patterns_words(("before", shown[::-1]), ("after", shown))
    assert said.startswith(f"{len(shown)} patterns of {shown.shape[1]} × {shown.shape[2]} numbers. Before: from")


def test_what_changed_most_is_named():
    before = np.zeros((4, 2, 2), np.float32)
    after = before.copy()
    after[2] = 0.5
    after[0, 0, 0] = -0.4
    said = words.patterns_words(("at first", before), ("after epoch 3", after))
    assert "After epoch 3: from -0.400 to 0.500." in said
    assert "Changed most on average: number 3 (by 0.500), number 1 (by 0.100)" in said
    assert "Changed" not in words.patterns_words(("x", before), ("y", before))


# ---- histograms


def test_a_histogram_is_drawn_as_shares_of_its_own_numbers():
    first, last = np.array([[-1.0, 0.0, 1.0], [1, 2, 1]]), np.array([[-2.0, 2.0], [30, 10]])
    before, now = histograms({"before": first, "after": last}, "xla", "Weights").data
    assert (list(before.x), list(before.y)) == ([-1, 0, 1], [0.25, 0.5, 0.25])
    assert (list(now.x), list(now.y)) == ([-2, 2], [0.75, 0.25])
    assert (before.name, now.name) == ("before", "after")
    assert before.line.color == GUESS_COLOUR
    assert now.line.color == MODE_COLOURS["xla"]


@pytest.mark.parametrize("odd", [None, np.empty((2, 0)), np.zeros((2, 3)), np.array([[math.nan], [4]])])
def test_a_histogram_of_nothing_is_drawn_and_told_empty(odd):
    whole = np.array([[0.0, 1.0], [1, 1]])
    histograms({"before": odd, "after": whole}, "graph", "Weights")
    said = words.spread_words("Weights", "d1", {"before": odd, "after": whole})
    assert said == "Weights of d1. Before: not recorded. After: mean 0.5, standard deviation 0.5."


def test_mean_and_spread_are_those_of_the_numbers():
    numbers = np.random.default_rng(0).normal(2, 3, 100_000)
    counts, edges = np.histogram(numbers, 400)
    mean, spread = words.moments(np.stack([(edges[:-1] + edges[1:]) / 2, counts]))
    assert mean == pytest.approx(numbers.mean(), abs=0.01)
    assert spread == pytest.approx(numbers.std(), abs=0.01)


# ---- dead units


def test_every_layer_is_a_line_of_its_own_over_the_epochs():
    shares = {"conv1": {0: 0.0, 1: 0.1, 2: 0.2}, "d1": {1: 0.5, 2: math.nan}}
    one, other = dead_units(shares).data
    assert (list(one.x), list(one.y)) == ([0, 1, 2], [0.0, 0.1, 0.2])
    assert (list(other.x), list(other.y)) == ([1, 2], [0.5, None])
    assert one.line.color != other.line.color
    assert one.marker.symbol != other.marker.symbol, "not by colour alone"


@pytest.mark.parametrize("shares", [{"d1": {0: 0.0}}, {"d1": {0: 1.0}}, {"d1": {1: 0.031, 2: 0.999}}])
def test_a_line_of_dead_units_fits_its_chart(shares):
    low, high = dead_units(shares).layout.yaxis.range
    assert all(low <= share <= high for share in shares["d1"].values())
    assert 0 < high <= 1


def test_the_dead_are_told_by_layer():
    said = words.dead_words({"conv1": {0: 0.1, 2: 0.25}, "d1": {0: 0.0, 2: 0.0313}})
    assert "after epoch 2: conv1 25.0 %, d1 3.1 %." in said


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("colour", charts.LAYERS)
def test_every_layers_colour_can_be_seen_on_both_themes(colour, background):
    assert contrast(colour, background) >= 2


# ---- losses


def test_train_is_solid_test_is_dashed_and_validation_is_there_only_if_it_is():
    train, test = losses(results(3), None, "graph").data
    assert (train.line.color, train.line.dash) == (MODE_COLOURS["graph"], None)
    assert (test.line.color, test.line.dash) == (TEST_COLOUR, "dash")
    assert list(test.y) == [epoch.test_loss for epoch in results(3)]
    held = [
        Evaluated(**{f: getattr(e, f) for f in e.__dataclass_fields__} | {"validation_loss": 0.3}) for e in results(2)
    ]
    assert losses(held, None, "graph").data[2].line.color == VALIDATION_COLOUR


def test_the_turn_is_marked_where_it_is():
    epochs = results(5)
    assert not losses(epochs, None, "graph").layout.shapes
    (line,) = losses(epochs, epochs[2], "graph").layout.shapes
    assert line.x0 == line.x1 == 3
    assert "turned upwards after epoch 3" in words.losses_words(epochs, epochs[2])
    assert "no lasting turn" in words.losses_words(epochs, None)


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_a_gap(loss):
    test = losses([evaluated(1, 980, loss), evaluated(2, 980, 0.5)], None, "eager").data[1]
    assert list(test.y) == [None, 0.5]


# ---- mistakes in words


def test_a_mistake_is_told_with_what_the_network_thought():
    thought = np.full((1, 10), 0.0001, np.float32)
    thought[0, [9, 4, 7]] = 0.992, 0.006, 0.0011
    (told,) = words.mistakes_in_words(np.array([[115, 4, 9]], np.int32), thought, NAMES)
    assert told.words().replace(words.GLUE, " ") == "true 4, taken for 9, 99.2 %"
    assert told.thoughts.replace(words.GLUE, " ") == "9: 99.2 % · 4: 0.6 % · 7: 0.1 %"
    assert told.number == 115


@pytest.mark.parametrize(
    ("probability", "said"),
    [(1.0, "100.0 %"), (0.99996, "> 99.9 %"), (0.5, "50.0 %"), (0.00001, "< 0.1 %"), (0.0, "0.0 %")],
)
def test_nothing_is_rounded_to_certainty(probability, said):
    assert words.certainty(probability).replace(words.GLUE, " ") == said
