"""Saved weights that do not fit are refused, and the message names what does not."""

import numpy as np
import pytest

from lib.core.training.checkpoints import CheckpointMisfit, check_fit

WANTED = {"d1/kernel": np.zeros((3, 2), np.float32), "d1/bias": np.zeros(2, np.float32)}


def test_arrays_of_the_same_names_shapes_and_types_fit():
    check_fit("weights", {name: np.ones_like(array) for name, array in WANTED.items()}, WANTED)
    check_fit("state", {}, {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"d1/bias": None}, "weights: d1/bias missing"),
        ({"d2/bias": np.zeros(1, np.float32)}, "weights: d2/bias unknown here"),
        ({"d1/bias": np.zeros(3, np.float32)}, r"weights: d1/bias is float32 \(3,\), not float32 \(2,\)"),
        ({"d1/bias": np.zeros(2, np.float64)}, r"weights: d1/bias is float64 \(2,\), not float32 \(2,\)"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    given = {name: array for name, array in (WANTED | changes).items() if array is not None}
    with pytest.raises(CheckpointMisfit, match=f"^{message}$"):
        check_fit("weights", given, WANTED)
