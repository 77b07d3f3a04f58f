"""When two classes are almost as likely, the answer says so instead of naming one."""

from types import SimpleNamespace

import numpy as np
import pytest

from lib.core.data.dataset import CLASS_NAMES
from lib.ui.draw.reading import text as words


def between(lead: float) -> np.ndarray:
    """Probabilities of 4 before 9, by this lead."""
    found = np.zeros(10, np.float32)
    found[4], found[9] = (1 + lead) / 2, (1 - lead) / 2
    return found


@pytest.mark.parametrize(
    ("lead", "doubtful", "said"),
    [(0.02, False, "?"), (0.049, False, "?"), (0.06, False, "4"), (0.9, False, "4"), (0.9, True, "?")],
)
def test_a_close_call_and_what_is_no_digit_are_not_named(lead: float, doubtful: bool, said: str) -> None:
    probabilities = between(lead)[None]
    answer = SimpleNamespace(
        model=SimpleNamespace(classes=CLASS_NAMES["mnist"]), probabilities=probabilities, classes=lambda: [4]
    )
    reading = SimpleNamespace(doubtful=np.array([doubtful]), digits=[None], lines=(0,))
    assert words.class_said(reading, answer, 0) == words.headline(reading, answer) == said
    told = words.margin_words(probabilities[0], CLASS_NAMES["mnist"], doubtful)
    assert told.startswith("Not sure") == (said == "?")
    assert f"{100 * lead:.1f} points ahead" in told, "how far, and between which, is said in any case"


def test_of_clothes_no_drawing_is_called_no_digit() -> None:
    answer = SimpleNamespace(
        model=SimpleNamespace(classes=CLASS_NAMES["fashion_mnist"]),
        probabilities=between(0.02)[None],
        classes=lambda: [4],
    )
    reading = SimpleNamespace(doubtful=np.array([True]), digits=[None], lines=(0,))
    assert words.class_said(reading, answer, 0) == CLASS_NAMES["fashion_mnist"][4]
