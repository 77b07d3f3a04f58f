"""The shipped model reads drawings on the canvas, and reports those that are not digits."""

import numpy as np
import pytest

from lib.core.data.dataset import load_images
from lib.core.drawing.preprocess import prepare
from lib.core.drawing.render import render
from lib.core.inference.litert import shipped
from lib.core.inference.rejection import is_doubtful

AROUND = np.linspace(0, 2 * np.pi, 40)


def ring(x, y, wide, high, start=0.0, end=1.0):
    """An arc of an ellipse, clockwise from its top; `start` and `end` are shares of the circumference: (n, 2)."""
    angle = AROUND[round(start * 39) : round(end * 39) + 1] - np.pi / 2
    return np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], axis=1)


def line(*points):
    """A straight path from point to point: (n, 2)."""
    at = np.linspace(0, len(points) - 1, 20 * (len(points) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(points)), axis) for axis in np.array(points, float).T], axis=1)


DIGITS = {
    0: [ring(140, 140, 55, 85)],
    1: [line((140, 50), (140, 230))],
    2: [
        np.concatenate(
            [line((90, 85), (110, 55)), ring(140, 100, 50, 50, 0, 0.35), line((165, 145), (90, 225), (195, 225))]
        )
    ],
    3: [np.concatenate([ring(130, 95, 50, 45, 0, 0.5), ring(130, 185, 55, 45, 0, 0.5)])],
    4: [line((120, 50), (75, 160), (200, 160)), line((165, 100), (165, 230))],
    5: [line((190, 55), (100, 55), (95, 125)), ring(135, 170, 55, 50, 0, 0.6)],
    6: [np.concatenate([line((165, 45), (110, 120), (95, 175)), ring(140, 180, 45, 45)])],
    7: [line((80, 60), (200, 60), (120, 225))],
    8: [ring(140, 95, 40, 40), ring(140, 185, 50, 48)],
    9: [np.concatenate([ring(135, 95, 45, 45), line((180, 95), (172, 230))])],
}
OTHERS = {
    "X": [line((80, 60), (200, 220)), line((200, 60), (80, 220))],
    "H": [line((80, 60), (80, 220)), line((200, 60), (200, 220)), line((80, 140), (200, 140))],
    "W": [line((50, 70), (95, 220), (140, 100), (185, 220), (230, 70))],
    "K": [line((90, 60), (90, 220)), line((190, 60), (90, 145), (195, 220))],
    "grid": [
        line((100, 60), (100, 220)),
        line((180, 60), (180, 220)),
        line((60, 110), (220, 110)),
        line((60, 180), (220, 180)),
    ],
    "face": [ring(140, 140, 100, 100), ring(105, 110, 8, 8), ring(175, 110, 8, 8), ring(140, 160, 50, 35, 0.25, 0.75)],
}


@pytest.fixture(scope="module")
def read():
    network, weights = shipped()
    return lambda images: network.probabilities(weights, images)


@pytest.mark.parametrize("width", [8, 18, 28])
@pytest.mark.parametrize("label", DIGITS)
def test_a_digit_drawn_on_the_canvas_is_read_without_doubt(read, label, width):
    probabilities = read(prepare(render(DIGITS[label], width=width)).image[np.newaxis])
    assert probabilities.argmax(axis=1).tolist() == [label]
    assert not is_doubtful(probabilities).any()


@pytest.mark.parametrize("width", [8, 18])
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_digit_is_doubtful(read, name, width):
    assert is_doubtful(read(prepare(render(OTHERS[name], width=width)).image[np.newaxis])).all()


def test_digits_of_mnist_are_seldom_doubtful(read):
    images = load_images("mnist").x_test[:1000]
    assert is_doubtful(read(images)).mean() < 0.02


def test_what_is_no_number_is_doubtful():
    sure, nothing = np.eye(10)[[3]], np.full((1, 10), np.nan)
    assert is_doubtful(np.concatenate([sure, nothing])).tolist() == [False, True]
