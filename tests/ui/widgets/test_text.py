"""Numbers as words, in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.i18n import translator
from lib.core.numbers import percent
from lib.ui.widgets import text
from lib.ui.widgets.text import bold, duration


@contextmanager
def reading(lang: str) -> Iterator[None]:
    """A visitor who reads `lang`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_", translator(lang))
        yield


@pytest.mark.parametrize(
    ("seconds", "en", "ko"),
    [
        (0, "0 s", "0초"),
        (0.49, "0 s", "0초"),
        (42.4, "42 s", "42초"),
        (59.4, "59 s", "59초"),
        (59.6, "1 min", "1분"),
        (60, "1 min", "1분"),
        (185, "3 min 5 s", "3분 5초"),
        (7199.9, "120 min", "120분"),
    ],
)
def test_durations(seconds: float, en: str, ko: str) -> None:
    with reading("en"):
        assert duration(seconds) == en
    with reading("ko"):
        assert duration(seconds) == ko


@given(st.floats(0, 1e6))
def test_a_duration_never_shows_60_seconds_and_is_right_to_half_a_second(seconds: float) -> None:
    with reading("en"):
        words = duration(seconds).split()
    said = dict(zip(words[1::2], map(int, words[::2]), strict=True))
    assert said.keys() <= {"min", "s"}
    assert said.get("s", 0) < 60
    assert "min 0 s" not in " ".join(words)
    assert abs(said.get("min", 0) * 60 + said.get("s", 0) - seconds) <= 0.5


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [(0.98412, 2, "98.41 %"), (1.0, 2, "100.00 %"), (0.0, 2, "0.00 %"), (0.999, 1, "99.9 %"), (0.5, 0, "50 %")],
)
def test_percents(share: float, digits: int, said: str) -> None:
    assert percent(share, digits) == said


@given(st.floats(0, 1))
def test_a_percent_is_right_to_its_last_digit(share: float) -> None:
    assert abs(float(percent(share).removesuffix(" %")) / 100 - share) <= 0.5001e-4


def test_bold_is_markdown() -> None:
    assert bold("words") == "**words**"
