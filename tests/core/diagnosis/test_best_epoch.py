"""The best epoch follows from its measure; the text gives the worth of that choice and the weights that are kept."""

from dataclasses import replace

import pytest

from lib.core.diagnosis.best_epoch import best_epoch, best_words, validated
from tests.core.diagnosis.test_report import NAN, STEPS, curve

THREE = curve(0.4, 0.2, 0.3)
HELD_OUT = [
    replace(one, validation_loss=loss, validation_accuracy=0.9 + loss / 100)
    for one, loss in zip(THREE, (0.5, 0.45, 0.41), strict=True)
]


def said(epochs, kept=None):
    return " ".join(sentence.text() for sentence in best_words(epochs, kept))


def test_the_test_loss_decides_where_nothing_is_held_out_and_that_is_called_unfair():
    assert best_epoch(THREE) is THREE[1]
    words = said(THREE)
    assert "Best by its test loss, 0.2000, was epoch 2." in words
    assert "no fair choice" in words
    assert "(validation_split): 0.1" in words


def test_the_validation_part_decides_where_there_is_one():
    assert best_epoch(HELD_OUT) is HELD_OUT[2]
    assert validated(HELD_OUT[2]) == (0.41, pytest.approx(0.9041))
    words = said(HELD_OUT)
    assert "Best was epoch 3: its loss on the validation part is the lowest, 0.4100, with 90.41 %" in words
    assert "fair" not in words


def test_whether_the_weights_kept_are_those_of_the_best_epoch_is_said():
    assert "not those of this epoch but the last ones, after step 300" in said(THREE, kept=3 * STEPS)
    assert "are those after this epoch" in said(THREE, kept=2 * STEPS)
    assert "weights" not in said(THREE, kept=None)


def test_a_loss_that_is_no_number_is_never_the_best():
    assert best_epoch(curve(NAN, 0.4, NAN)).epoch == 2
    assert best_epoch(curve(NAN)) is None
    assert said([]) == said(curve(NAN)) == ""


def test_of_two_that_are_equally_low_the_first():
    assert best_epoch(curve(0.4, 0.2, 0.2)).epoch == 2
