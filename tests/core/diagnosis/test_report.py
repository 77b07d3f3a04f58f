"""The summary of a run: every sentence follows from its numbers, and each verdict appears only if it is true."""

import math
import string
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.diagnosis import assess
from lib.core.diagnosis.assess import Verdict, judge, turn
from lib.core.diagnosis.paired import packed
from lib.core.diagnosis.report import conclude
from lib.core.diagnosis.sentence import Sentence, Try
from lib.core.statistics import wilson_interval
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import REASONS, Evaluated, Failed, Finished, RateChanged, Stopped
from tests.core.training.test_config import configs

ENDED = Finished(step=500, reason="epochs")
NAN = math.nan
STEPS = 100
"""Steps per epoch."""


def epoch(number, test_loss, *, right=9500, train_loss=0.1, train_accuracy=0.95, total=10_000):
    """An epoch with `right` of `total` test images correct; each class has a tenth of them."""
    size, good = total // 10, right // 10
    wrong = size - good
    rows = [[good if i == j else 0 for j in range(10)] for i in range(10)]
    for i, row in enumerate(rows):
        row[(i + 1) % 10] = wrong
    return Evaluated(
        epoch=number,
        step=number * STEPS,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        test_loss=test_loss,
        test_accuracy=right / total if total else NAN,
        confusion=tuple(map(tuple, rows)),
        training_seconds=1.0,
        evaluating_seconds=0.1,
    )


def curve(*losses, **about):
    """Epochs with these test losses and a falling train loss."""
    return [epoch(n, loss, **({"train_loss": 0.5 / n} | about)) for n, loss in enumerate(losses, 1)]


def said(config, epochs, end=ENDED, guess=None):
    """All sentences, as one text."""
    return " ".join(sentence.text() for sentence in conclude(config, epochs, end, guess))


def of_kind(kind, *given):
    return [sentence for sentence in conclude(*given) if sentence.kind == kind]


CONFIG = TrainConfig()
OVERFITTED = curve(0.30, 0.20, 0.25, 0.28, 0.31, train_accuracy=0.999)
STORIES = {
    Verdict.NOTHING: [],
    Verdict.EXPLODED: [*curve(0.3), epoch(2, NAN)],
    Verdict.NOT_LEARNED: curve(2.31, 2.32, right=1000, train_loss=4.1, train_accuracy=0.1),
    Verdict.OVERFITTED: OVERFITTED,
    Verdict.UNSTEADY: curve(0.30, 0.20, 0.5, 0.6, train_loss=0.4),
    Verdict.IMPROVING: curve(0.5, 0.4, 0.3),
    Verdict.UNDERFITTED: curve(0.9, 0.9, right=7000, train_loss=0.9, train_accuracy=0.7),
    Verdict.GAP: curve(0.20, 0.20, 0.20, train_accuracy=0.999),
    Verdict.FITTED: curve(0.20, 0.20, 0.20),
    Verdict.EARLY: curve(0.2),
}
ONLY_WHERE_IT_HOLDS = {
    "exploded": {Verdict.EXPLODED},
    "has not learned": {Verdict.NOT_LEARNED},
    "overshot": {Verdict.NOT_LEARNED},
    "It overfitted": {Verdict.OVERFITTED},
    "got worse again": {Verdict.UNSTEADY},
    "still getting better": {Verdict.IMPROVING},
    "underfitted": {Verdict.UNDERFITTED},
    "a gap of": {Verdict.OVERFITTED, Verdict.GAP},
    "levelled off": {Verdict.GAP, Verdict.FITTED},
    "One epoch shows no trend": {Verdict.EARLY},
    "never looked at": {Verdict.NOTHING},
}


def test_there_is_a_curve_for_every_verdict():
    assert set(STORIES) == set(Verdict)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_is_said_where_it_holds_and_only_there(verdict):
    epochs = STORIES[verdict]
    assert judge(CONFIG, epochs, ENDED) == verdict
    words = said(CONFIG, epochs)
    assert {phrase for phrase in ONLY_WHERE_IT_HOLDS if phrase in words} == {
        phrase for phrase, where in ONLY_WHERE_IT_HOLDS.items() if verdict in where
    }


@pytest.mark.parametrize("verdict", list(Verdict))
def test_there_is_always_something_of_every_kind(verdict):
    kinds = [sentence.kind for sentence in conclude(CONFIG, STORIES[verdict], ENDED)]
    assert set(kinds) == {"happened", "fit", "next"}
    assert kinds == sorted(kinds, key=["happened", "fit", "next"].index)


# ---- a run that is tuned


TRENDS = set(ONLY_WHERE_IT_HOLDS) - {"exploded", "has not learned", "overshot", "never looked at"}


@pytest.mark.parametrize("end", [ENDED, Stopped(step=9), Failed(step=9, reason="base_lost"), None])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_of_a_tuned_run_no_trend_is_told_and_no_setting_advised(verdict, end):
    sentences = conclude(CONFIG, STORIES[verdict], end, is_tuned=True)
    assert {sentence.kind for sentence in sentences} == {"happened", "fit", "next"}
    words = " ".join(sentence.text() for sentence in sentences)
    assert not {phrase for phrase in TRENDS if phrase in words}
    assert not any(isinstance(value, Try) for sentence in sentences for value in sentence.values.values())
    same = [sentence for sentence in sentences if sentence.kind == "happened"]
    assert same == of_kind("happened", CONFIG, STORIES[verdict], end), "what happened is told as of any run"


# ---- the turn


def test_the_turn_is_the_lowest_test_loss_before_it_rose():
    assert turn(OVERFITTED).epoch == 2
    assert turn(curve(0.3, 0.2, 0.15, 0.2, 0.19, 0.21)).epoch == 3


@pytest.mark.parametrize(
    "losses",
    [
        (),
        (0.3,),
        (0.3, 0.2, 0.1),
        (0.3, 0.2, 0.5),  # one epoch after it: a bad one, perhaps
        (0.3, 0.2, 0.21, 0.215),  # within what chance moves
        (0.3, 0.2, 0.5, 0.21),  # a spike that went away
        (0.3, 0.2, 0.5, 0.21, 0.24),  # and one that has just come
        (NAN, NAN),
        (NAN, 0.2, NAN, NAN),
    ],
)
def test_a_wavering_loss_has_not_turned(losses):
    assert turn(curve(*losses)) is None
    assert "overfitted" not in said(CONFIG, curve(*losses))


def test_an_epoch_without_a_loss_is_passed_over():
    assert turn(curve(0.3, NAN, 0.2, NAN, 0.25, 0.3)).epoch == 3


@given(st.lists(st.floats(1e-6, 100), min_size=0, max_size=30).map(lambda losses: sorted(losses, reverse=True)))
def test_a_falling_test_loss_is_never_called_overfitting(losses):
    assert turn(curve(*losses)) is None
    assert judge(CONFIG, curve(*losses), ENDED) not in (Verdict.OVERFITTED, Verdict.UNSTEADY)
    assert "overfitted" not in said(CONFIG, curve(*losses))


@given(st.lists(st.floats(0, 10) | st.just(NAN), max_size=20))
def test_where_there_is_a_turn_it_is_the_lowest_and_the_end_is_higher(losses):
    lowest = turn(curve(*losses))
    if lowest:
        assert lowest.test_loss == min(loss for loss in losses if loss == loss)
        assert [loss for loss in losses if loss == loss][-1] >= assess.RISE * lowest.test_loss


def test_a_test_loss_that_rose_with_the_train_loss_is_not_called_overfitting():
    words = said(CONFIG, STORIES[Verdict.UNSTEADY])
    assert "That is not overfitting" in words
    assert "It overfitted" not in words


# ---- numbers


def test_the_result_stands_with_its_interval_and_how_many_images():
    low, high = wilson_interval(9500, 10_000)
    words = said(CONFIG, STORIES[Verdict.FITTED])
    assert "9,500 of 10,000 test images right: 95.00 %" in words
    assert f"between {low * 100:.2f} % and {high * 100:.2f} %" in words


def test_overfitting_is_told_with_its_numbers():
    words = said(CONFIG, OVERFITTED)
    assert "from epoch 3 on: the test loss was lowest after epoch 2 (0.2000) and is 0.3100 now" in words
    assert "from 0.2500 to 0.1000" in words
    assert "99.90 %" in words
    assert "a gap of 4.90 percentage points" in words


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [(9500, 9510, "hardly notices: 95.00 % then, 95.10 % now"), (9700, 9500, "suffered"), (9300, 9500, "still rose")],
)
def test_a_difference_within_the_interval_is_none(then, now, words):
    epochs = [epoch(1, 0.2, right=then, train_loss=0.3), epoch(2, 0.3), epoch(3, 0.3, right=now)]
    assert words in said(CONFIG, epochs)


def test_epochs_on_the_same_images_are_told_apart_image_by_image():
    """84.46 against 85.25 %: the intervals touch, but of the images that changed 321 became right and 242 wrong."""
    before = np.arange(10_000) < 8446
    after = before ^ ((np.arange(10_000) >= 8446 - 242) & (np.arange(10_000) < 8446 + 321))
    epochs = [epoch(1, 0.2, right=8440, train_loss=0.3), epoch(2, 0.3), epoch(3, 0.3, right=8520)]
    assert "no more apart than chance explains" in said(CONFIG, epochs), "as older recordings are compared"
    epochs = [replace(epochs[0], right=packed(before)), epochs[1], replace(epochs[2], right=packed(after))]
    words = said(CONFIG, epochs)
    assert "The test accuracy still rose, from 84.40 % to 85.20 %" in words
    assert "321 became right and 242 became wrong" in words


def test_the_best_of_many_epochs_has_to_be_better_than_the_best_of_many_by_chance():
    """80 against 55 changed images: once that is rare, the best of eleven epochs is often so much better."""
    last = np.arange(10_000) < 9500
    best = last ^ ((np.arange(10_000) >= 9500 - 55) & (np.arange(10_000) < 9500 + 80))
    better = replace(epoch(1, 0.2, right=9520), right=packed(best))
    two = [better, replace(epoch(2, 0.2), right=packed(last))]
    assert "had been better: after epoch 1" in said(CONFIG, two)
    eleven = [better, *(replace(epoch(n, 0.2), right=packed(last)) for n in range(2, 12))]
    assert "had been better" not in said(CONFIG, eleven)


def test_a_gap_that_chance_explains_is_not_mentioned():
    assert "a gap of" not in said(CONFIG, curve(0.2, 0.2, train_accuracy=0.954))
    # The same gap on 500 training images is nothing: they tell their own accuracy only to within 2 points.
    assert "a gap of" in said(CONFIG, curve(0.2, 0.2, train_accuracy=0.965))
    assert "a gap of" not in said(TrainConfig(train_size=500), curve(0.2, 0.2, train_accuracy=0.965))


def test_that_it_had_been_better_takes_more_than_chance():
    assert "had been better" not in said(CONFIG, [epoch(1, 0.2, right=9510), epoch(2, 0.2, right=9500)])
    words = said(CONFIG, [epoch(1, 0.2, right=9700), epoch(2, 0.2, right=9500)])
    assert "after epoch 1 it read 97.00 % right" in words


def test_naming_another_class_is_not_better():
    def always(number, named):
        whole = tuple(tuple((900 + 20 * i) * (j == named) for j in range(10)) for i in range(10))
        return replace(epoch(number, 2.3, train_loss=2.3, train_accuracy=0.1), confusion=whole)

    assert "had been better" not in said(CONFIG, [always(1, 9), always(2, 0)])


def test_chance_is_the_commonest_class_of_the_test_images():
    even = curve(2.3, right=1000, train_accuracy=0.1)
    assert "would be right in 10.00 % as well" in said(CONFIG, even)
    assert judge(CONFIG, curve(2.2, right=1500, train_accuracy=0.15), ENDED) != Verdict.NOT_LEARNED
    assert f"ln 10 = {math.log(10):.4f}" in said(CONFIG, even)


# ---- how it ended


@pytest.mark.parametrize(
    ("config", "end", "words"),
    [
        (TrainConfig(), ENDED, "The run went to its end: 3 of 5 epochs."),
        (TrainConfig(target_accuracy=0.95), Finished(step=1, reason="target_accuracy"), "95.00 %, was reached"),
        (TrainConfig(patience=2), Finished(step=1, reason="patience"), "The test loss set no new low for 2 epochs"),
        (
            TrainConfig(patience=2, validation_split=0.1),
            Finished(step=1, reason="patience"),
            "The loss on the validation part set no new low for 2 epochs",
        ),
        (TrainConfig(), Stopped(step=1234), "stopped after step 1,234; epochs completed until then: 3 of 5"),
        (TrainConfig(), Failed(step=1234, reason="worker_died"), "broke off after step 1,234"),
        (TrainConfig(), None, "not over yet; epochs completed so far: 3 of 5"),
    ],
)
def test_how_the_run_ended_is_said_first(config, end, words):
    assert words in conclude(config, curve(0.4, 0.3, 0.2), end)[0].text()


def test_a_run_without_any_epoch_claims_nothing():
    for end in (Stopped(step=12), Failed(step=0, reason="no_data"), None):
        sentences = conclude(CONFIG, [], end, guess=0.9)
        assert [sentence.kind for sentence in sentences] == ["happened", "fit", "next"]
        assert "%" not in " ".join(sentence.text() for sentence in sentences)


def test_a_run_whose_loss_was_lost_has_exploded_even_before_its_first_epoch():
    end = Failed(step=7, reason="not_a_number", suspects=("learning_rate",))
    assert judge(CONFIG, [], end) == judge(CONFIG, curve(0.3), end) == Verdict.EXPLODED
    assert "Learning rate (learning_rate): 0.05" in said(TrainConfig(learning_rate=0.5, optimizer="sgd"), [], end)


# ---- the guess


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (0.9510, "Your guess was 95.10 %: a hit"),
        (0.99, "Your guess was 99.00 %: 4.00 percentage points more than the 95.00 %"),
        (0.5, "Your guess was 50.00 %: 45.00 percentage points less than the 95.00 %"),
    ],
)
def test_the_guess_is_held_against_the_result(guess, words):
    assert words in said(CONFIG, STORIES[Verdict.FITTED], ENDED, guess)


def test_without_a_guess_there_is_no_word_of_it():
    assert "guess was" not in said(CONFIG, STORIES[Verdict.FITTED])


# ---- what to try


def tries(config, epochs, end=ENDED):
    """The advised settings, by field name."""
    found = {}
    for sentence in of_kind("next", config, epochs, end):
        found |= {value.name: value.value for value in sentence.values.values() if isinstance(value, Try)}
    return found


@pytest.mark.parametrize(
    ("config", "story", "advised"),
    [
        (TrainConfig(learning_rate=1.0), Verdict.NOT_LEARNED, {"learning_rate": 0.001}),
        (TrainConfig(learning_rate=0.1), Verdict.EXPLODED, {"learning_rate": 0.001}),
        (
            TrainConfig(train_size=500, epochs=20),
            Verdict.OVERFITTED,
            {"train_size": 60_000, "dropout": 0.3, "validation_split": 0.1, "patience": 2},
        ),
        (TrainConfig(dropout=0.5, patience=3, validation_split=0.1), Verdict.OVERFITTED, {"epochs": 2}),
        (TrainConfig(), Verdict.IMPROVING, {"epochs": 10}),
        (TrainConfig(epochs=100), Verdict.IMPROVING, {}),
        (TrainConfig(), Verdict.GAP, {"dropout": 0.3}),
        (TrainConfig(), Verdict.FITTED, {}),
        (TrainConfig(epochs=1), Verdict.EARLY, {"epochs": 3}),
        (TrainConfig(dropout=0.8, epochs=2), Verdict.UNDERFITTED, {"dropout": 0, "epochs": 4}),
        (TrainConfig(), Verdict.UNSTEADY, {"schedule": "cosine", "learning_rate": 0.0001}),
    ],
)
def test_the_advice_is_settings_with_values(config, story, advised):
    assert tries(config, STORIES[story]) == advised


def test_a_run_that_learned_nothing_is_told_why():
    crawling = curve(2.30, 2.30, right=1000, train_loss=2.30, train_accuracy=0.1)
    assert tries(TrainConfig(learning_rate=1e-6), crawling) == {"learning_rate": 1e-5}
    short = [epoch(1, 2.3, right=1000, train_loss=2.3, train_accuracy=0.1)]
    few = TrainConfig(train_size=10, epochs=1, batch_size=64)
    object.__setattr__(short[0], "step", 1)
    assert tries(few, short) == {"batch_size": 32, "train_size": 60_000, "epochs": 3}


def test_a_run_that_was_cut_short_is_sent_on():
    assert tries(TrainConfig(epochs=9), curve(0.5, 0.4), Stopped(step=200)) == {"epochs": 9}
    early = Finished(step=200, reason="target_accuracy")
    assert tries(TrainConfig(target_accuracy=0.5), curve(0.5, 0.4), early) == {"target_accuracy": 0}


def test_a_setting_is_named_by_its_label_its_field_and_its_value():
    assert Sentence("next", "{dropout}", {"dropout": Try("dropout", 0.3)}).text() == "Dropout (dropout): 0.3"
    sentence = Sentence("next", "{x}", {"x": Try("train_size", 60_000)})
    assert sentence.text() == "Training images (train_size): 60,000"
    german = {"Cosine": "Kosinus", "{x}.": "Also {x}."}
    assert (
        Sentence("next", "{x}.", {"x": Try("schedule", "cosine")}).text(lambda text: german.get(text, text))
        == "Also Learning rate schedule (schedule): Kosinus."
    )


# ---- whatever the numbers

numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)
losses = st.floats(0, 10) | numbers
shares = st.floats(0, 1) | numbers
steps = st.integers(0, 10**6)


@st.composite
def ended_runs(draw):
    """Any settings and an end that they can have: a run without a target cannot reach it."""
    config = draw(configs)
    reasons = ["epochs", *(name for name in ("target_accuracy", "patience") if getattr(config, name))]
    ends = st.none() | st.one_of(
        st.builds(Finished, step=steps, reason=st.sampled_from(reasons)),
        st.builds(Stopped, step=steps),
        st.builds(Failed, step=steps, reason=st.sampled_from(sorted(REASONS))),
    )
    return config, draw(ends)


@st.composite
def epochs_made_up(draw):
    """Arbitrary epochs, with numbers that no run would have."""
    count = draw(st.integers(0, 6))
    rows = st.lists(st.integers(0, 1000), min_size=10, max_size=10).map(tuple)
    confusions = st.lists(rows, min_size=10, max_size=10).map(tuple) | st.just(((0,) * 10,) * 10) | st.just(())
    return [
        Evaluated(
            epoch=n,
            step=n * STEPS,
            train_loss=draw(losses),
            train_accuracy=draw(shares),
            test_loss=draw(losses),
            test_accuracy=draw(shares),
            confusion=draw(confusions),
            training_seconds=1.0,
            evaluating_seconds=0.1,
        )
        for n in range(1, count + 1)
    ]


changes_made_up = st.lists(
    st.builds(RateChanged, step=st.integers(0, 600), learning_rate=st.floats(1e-6, 1.0)), max_size=3
).map(lambda changes: sorted(changes, key=lambda change: change.step))


@given(ended_runs(), epochs_made_up(), st.none() | st.floats(0, 1), changes_made_up)
@example((CONFIG, ENDED), [epoch(1, NAN), epoch(2, 0.1)], 1.0, [])
@example((CONFIG, ENDED), [epoch(1, 0.0), epoch(2, 0.0), epoch(3, 0.0)], 0.0, [])
def test_whatever_the_numbers_there_is_something_to_say(ended_run, epochs, guess, changes):
    config, end = ended_run
    sentences = conclude(config, epochs, end, guess, changes=changes)
    assert {sentence.kind for sentence in sentences} == {"happened", "fit", "next"}
    for sentence in sentences:
        text = sentence.text()
        assert "{" not in text
        places = {name for _, name, _, _ in string.Formatter().parse(sentence.template) if name}
        assert places <= set(sentence.values)
        for value in sentence.values.values():
            if isinstance(value, Try):
                assert SETTINGS[value.name].allows(SETTINGS[value.name].kind(value.value))


@given(ended_runs(), epochs_made_up())
def test_an_advised_setting_is_not_the_one_it_had(ended_run, epochs):
    config, end = ended_run
    for sentence in of_kind("next", config, epochs, end):
        advised = [value for value in sentence.values.values() if isinstance(value, Try)]
        if advised and "Let it go on" not in sentence.template:
            assert any(getattr(config, value.name) != value.value for value in advised), sentence


@given(ended_runs(), epochs_made_up())
def test_no_sentence_speaks_of_a_number_that_is_none(ended_run, epochs):
    config, end = ended_run
    for sentence in conclude(config, epochs, end):
        assert "nan" not in " ".join(value for value in sentence.values.values() if isinstance(value, str))
        assert "inf" not in " ".join(value for value in sentence.values.values() if isinstance(value, str))
