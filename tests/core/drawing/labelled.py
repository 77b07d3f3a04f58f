"""Labelled digits for tests: a few random ones, and a Hypothesis strategy for any."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.core.mydigits.digit_sets import Digits


def some_digits(count: int, seed: int = 0) -> Digits:
    random = np.random.default_rng(seed)
    return Digits(
        images=random.integers(0, 256, (count, 28, 28), np.uint8), labels=random.integers(0, 10, count).astype(np.uint8)
    )


@st.composite
def digits(draw: st.DrawFn) -> Digits:
    count = draw(st.integers(1, 12))
    images = draw(hnp.arrays(np.uint8, (count, 28, 28)))
    return Digits(images=images, labels=draw(hnp.arrays(np.uint8, count, elements=st.integers(0, 9))))
