"""The curves of a run as scalars with steps and moments."""

from datetime import UTC, datetime

import numpy as np
import pytest

from lib.core.exports.curves import curves_of, largest_gap
from lib.core.training.events import Evaluated, Progress
from tests.pages.stories import THREE_EPOCHS

BEGUN = datetime(2026, 1, 2, tzinfo=UTC)
CHUNKS = [event for event in THREE_EPOCHS if isinstance(event, Progress)]
EPOCHS = [event for event in THREE_EPOCHS if isinstance(event, Evaluated)]


def test_every_step_and_every_epoch_is_there_at_its_moment() -> None:
    curves = curves_of(CHUNKS, EPOCHS, 50, BEGUN)
    assert set(curves) == {"train/loss", "train/accuracy", "test/loss", "test/accuracy"}
    loss = curves["train/loss"]
    assert loss.steps.tolist() == list(range(1, 121))
    assert np.array_equal(loss.values, np.concatenate([chunk.losses for chunk in CHUNKS]))
    assert loss.moments[0] - BEGUN.timestamp() == pytest.approx(50 / CHUNKS[0].images_per_second, abs=1e-4)
    assert (np.diff(loss.moments) > 0).all()
    tested = curves["test/accuracy"]
    assert tested.steps.tolist() == [40, 80, 120]
    assert tested.values.tolist() == pytest.approx([epoch.test_accuracy for epoch in EPOCHS])
    assert tested.moments.tolist() == [loss.moments[step - 1] for step in (40, 80, 120)]


def test_any_difference_is_found() -> None:
    curves = curves_of(CHUNKS, EPOCHS, 50, BEGUN)
    assert largest_gap(curves, curves) == 0
    assert largest_gap(curves, {name: curves[name] for name in list(curves)[1:]}) == float("inf")
    loss = curves["train/loss"]
    assert largest_gap(curves, curves | {"train/loss": loss._replace(steps=loss.steps + 1)}) == float("inf")
    assert largest_gap(curves, curves | {"train/loss": loss._replace(values=loss.values + 1)}) == pytest.approx(1)
    holes = np.where(loss.steps == 3, np.float32("nan"), loss.values)
    with_hole = curves | {"train/loss": loss._replace(values=holes)}
    assert largest_gap(with_hole, with_hole) == 0
    assert largest_gap(curves, with_hole) == float("inf")
