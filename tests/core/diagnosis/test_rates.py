"""A learning rate changed during the run is part of the verdict, and the advice starts from the current one."""

from dataclasses import replace

import numpy as np
import pytest

from lib.core.diagnosis.paired import packed
from lib.core.diagnosis.rates import in_force, suspect
from lib.core.diagnosis.report import conclude
from lib.core.diagnosis.sentence import Try
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed, RateChanged, Stopped
from tests.core.diagnosis.test_report import ENDED, STEPS, curve, epoch

CONFIG = TrainConfig(learning_rate=0.001, train_size=500)
RAISED = [RateChanged(step=2 * STEPS, learning_rate=0.05)]
FELL = [
    epoch(1, 0.7, right=7900, train_accuracy=0.78),
    epoch(2, 0.6, right=8160, train_accuracy=0.86),
    epoch(3, 0.9, right=7190, train_accuracy=0.80),
]
"""An observed case: 81.6 %, then the rate was raised fiftyfold, then 71.9 %."""
LOST = Failed(step=250, reason="not_a_number", suspects=("learning_rate",))


def said(epochs, changes, config=CONFIG, end=ENDED, **about):
    return " ".join(sentence.text() for sentence in conclude(config, epochs, end, changes=changes, **about))


def tries(epochs, changes, config=CONFIG, end=ENDED):
    values = [
        value for sentence in conclude(config, epochs, end, changes=changes) for value in sentence.values.values()
    ]
    return {value.name: value.value for value in values if isinstance(value, Try)}


def test_a_raise_after_which_the_accuracy_fell_is_the_first_suspect():
    words = said(FELL, RAISED)
    assert "changed from 0.001 to 0.05 at step 200: the test accuracy was 81.60 % before and is 71.90 % now" in words
    assert "first suspect" in words
    assert tries(FELL, RAISED) == {"learning_rate": 0.001}, "no dropout: that is not what did it"
    assert "dropout" not in words


def test_without_the_change_the_same_epochs_are_judged_as_before():
    assert "suspect" not in said(FELL, ())
    assert "learning_rate" not in tries(FELL, ())


def test_each_change_is_told_with_the_rate_before_it():
    changes = [*RAISED, RateChanged(step=250, learning_rate=0.002)]
    words = said(FELL, changes)
    assert "After step 200 somebody changed its learning rate from 0.001 to 0.05." in words
    assert "After step 250 somebody changed its learning rate from 0.05 to 0.002." in words
    assert suspect(CONFIG, FELL, ENDED, changes).step == 200, "that it was lowered later does not clear it"


@pytest.mark.parametrize(
    ("epochs", "changes"),
    [
        (FELL, [RateChanged(step=2 * STEPS, learning_rate=0.0001)]),  # lowered
        (FELL, [RateChanged(step=3 * STEPS, learning_rate=0.05)]),  # after the last look
        (FELL, [RateChanged(step=0, learning_rate=0.05)]),  # before the first
        ([*FELL[:2], epoch(3, 0.5, right=8170)], RAISED),  # it rose
        ([*FELL[:2], epoch(3, 0.5, right=8150)], RAISED),  # it fell no more than chance
    ],
)
def test_a_change_is_no_suspect_where_nothing_speaks_against_it(epochs, changes):
    assert suspect(CONFIG, epochs, ENDED, changes) is None
    assert "suspect" not in said(epochs, changes)


def test_a_small_fall_counts_where_it_is_known_which_images_were_lost():
    before = np.arange(10_000) < 8160
    after = before & ~((np.arange(10_000) >= 8100) & before)
    fell = [*FELL[:1], replace(FELL[1], right=packed(before)), replace(epoch(3, 0.6, right=8100), right=packed(after))]
    assert suspect(CONFIG, fell, ENDED, RAISED) is not None
    assert "0 became right and 60 became wrong" in said(fell, RAISED)


def test_a_loss_that_was_lost_after_a_raise_names_it():
    words = said(FELL[:2], RAISED, end=LOST)
    assert "exploded" in words
    assert "change of the learning rate from 0.001 to 0.05 after step 200" in words
    assert tries(FELL[:2], RAISED, end=LOST) == {"learning_rate": 0.001}


def test_advice_starts_from_the_rate_in_force():
    crawling = curve(2.30, 2.30, right=1000, train_loss=2.30, train_accuracy=0.1)
    lowered = [RateChanged(step=STEPS, learning_rate=1e-6)]
    assert in_force(CONFIG, lowered).learning_rate == 1e-6
    assert tries(crawling, lowered) == {"learning_rate": 1e-5}
    restless = curve(0.30, 0.20, 0.5, 0.6, train_loss=0.4)
    early = [RateChanged(step=1, learning_rate=0.005)]
    assert tries(restless, early) == {"schedule": "cosine", "learning_rate": 0.0005}


def test_of_a_tuned_run_the_change_is_told_and_nothing_else_is_new():
    words = said(FELL, RAISED, end=Stopped(step=300), is_tuned=True)
    assert "from 0.001 to 0.05" in words
    assert "suspect" not in words
