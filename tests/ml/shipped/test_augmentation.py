"""The shipped model's training data: pictures like those of drawings, with correct labels, the same every time."""

import numpy as np
import pytest

from lib.core.drawing.preprocess import prepare
from lib.ml.shipped import augmentation
from lib.ml.shipped.make import bent
from lib.ml.shipped.synthetic_strokes import CANVAS, WAYS, drawn_digit, evenly, points, scribble
from lib.ml.training.distortions import Strength, warped

STILL = Strength(turn=0, shear=0, scale=0, shift=0, elastic=0)


def test_without_strength_a_picture_stays_as_it_is(mnist):
    images = mnist.x_test[:5]
    assert np.array_equal(warped(images, STILL, np.random.default_rng(0), 28), images)


def test_a_finer_picture_has_the_same_ink_in_the_same_places(mnist):
    images = mnist.x_test[:5]
    finer = warped(images, STILL, np.random.default_rng(0), 112)
    back = finer.reshape(5, 28, 4, 28, 4).mean(axis=(2, 4))
    # Four pixels of one are means between neighbours: blurred a little, not moved.
    assert finer.mean(axis=(1, 2)) == pytest.approx(images.mean(axis=(1, 2)), rel=0.02)
    assert np.corrcoef(back.ravel(), images.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("kind", ["turn", "shear", "scale", "shift", "elastic"])
def test_each_way_of_bending_bends_and_keeps_the_ink_on_the_picture(mnist, kind):
    images = mnist.x_test[:50]
    strength = Strength(**({"turn": 0, "shear": 0, "scale": 0, "shift": 0, "elastic": 0} | {kind: 0.05}))
    changed = warped(images, strength, np.random.default_rng(0), 28)
    assert (changed != images).any(axis=(1, 2)).all()
    assert changed.mean() == pytest.approx(images.mean(), rel=0.1)


def test_only_some_are_bent_in_an_epoch(mnist):
    images = mnist.x_test[:2000]
    changed = (bent(images.copy(), np.random.default_rng(0)) != images).any(axis=(1, 2))
    assert 0.7 < changed.mean() < 0.9


@pytest.mark.parametrize("label", range(10))
def test_every_way_of_a_digit_lies_on_the_canvas_and_can_be_prepared(label):
    random = np.random.default_rng(label)
    for way in WAYS[label]:
        for stroke in way.split("|"):
            assert points(stroke).min() >= 0
            assert points(stroke).max() <= 1
    for _ in range(20):
        picture = drawn_digit(label, random)
        assert picture.shape == (CANVAS, CANVAS)
        assert picture.max() == 255
        assert prepare(picture) is not None


def test_scribbles_can_be_prepared():
    random = np.random.default_rng(0)
    assert all(prepare(scribble(random)) is not None for _ in range(100))


def test_points_lie_evenly_along_the_way():
    way = np.array([[0.0, 0], [3, 0], [3, 1]])
    assert evenly(way, 5) == pytest.approx(np.array([[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]]))


@pytest.mark.parametrize("make", [augmentation.bent_digits, augmentation.drawn_digits, augmentation.no_digits])
def test_lessons_are_the_same_for_the_same_seed(make, monkeypatch):
    monkeypatch.setattr(augmentation, "PART", 20)
    pictures, answers = make(3, 40)
    assert pictures.shape == (20, 28, 28)
    assert pictures.dtype == np.uint8
    assert answers.sum(axis=1) == pytest.approx(1)
    again, other = make(3, 40)[0], make(4, 40)[0]
    assert np.array_equal(pictures, again)
    assert not np.array_equal(pictures, other)


def test_bent_digits_keep_their_labels(mnist, monkeypatch):
    monkeypatch.setattr(augmentation, "PART", 20)
    answers = augmentation.bent_digits(0, 59_990)[1]
    # After the last digit comes the first.
    expected = np.concatenate([mnist.y_train[-10:], mnist.y_train[:10]])
    assert np.array_equal(answers.argmax(axis=1), expected)


def test_no_digit_is_no_class():
    assert (augmentation.no_digits(0, 0)[1] == np.float32(0.1)).all()
