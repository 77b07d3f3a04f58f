"""Event files, written without the package tensorboard, are what TensorBoard opens."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lib.core.exports.curves import curves_of, largest_gap
from lib.ml.exports.event_files import read_event_files, write_event_files
from tests.core.exports.test_curves import CHUNKS, EPOCHS

CURVES = curves_of(CHUNKS, EPOCHS, 50, datetime(2026, 1, 2, tzinfo=UTC))


def test_tensorboard_finds_every_value_at_its_step_and_moment(tmp_path: Path) -> None:
    write_event_files(CURVES, tmp_path)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["test", "train"]
    for name, curve in CURVES.items():
        part, _, tag = name.partition("/")
        opened = EventAccumulator(str(tmp_path / part), size_guidance={"scalars": 0})
        opened.Reload()
        assert sorted(opened.Tags()["scalars"]) == ["accuracy", "loss"]
        scalars = opened.Scalars(tag)
        assert [scalar.step for scalar in scalars] == curve.steps.tolist()
        assert np.array_equal(np.array([scalar.value for scalar in scalars], np.float32), curve.values)
        assert [scalar.wall_time for scalar in scalars] == pytest.approx(curve.moments.tolist(), abs=1e-6)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_event_files(CURVES, tmp_path)
    assert largest_gap(CURVES, read_event_files(tmp_path)) == 0
