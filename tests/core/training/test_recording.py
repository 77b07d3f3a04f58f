"""A recorded run is its events' own curve, and the one that ships is the notes'."""

import numpy as np
import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.curve import SINGLE, Curve
from lib.core.training.recording import PER_EPOCH, PER_STEP, from_json, recorded, run_of_the_notes, to_json
from tests.pages.stories import CONFIG, STARTED, STORIES, epochs_of, progress

FINISHED = "finished"


def test_a_recording_holds_the_curve_of_the_events_and_reads_back() -> None:
    run = recorded(CONFIG, STORIES[FINISHED], "2026-01-01T00:00:00+00:00")
    curve = Curve(STARTED.total_steps)
    curve.extend([progress(1, STARTED.total_steps)])
    assert run.lines["loss"].x == curve.lines["loss"].x
    assert run.lines["test_loss"].y == [epoch.test_loss for epoch in epochs_of(FINISHED)]
    assert run.lines["test_accuracy"].x == [epoch.step for epoch in epochs_of(FINISHED)]
    again = from_json(to_json(run))
    assert (again.config, again.started, again.at) == (run.config, run.started, run.at)
    assert set(again.lines) == {*PER_STEP, *PER_EPOCH}
    for name, line in run.lines.items():
        assert again.lines[name].x == line.x
        assert again.lines[name].y == pytest.approx(line.y, rel=1e-3)


def test_the_one_that_ships_is_the_network_of_the_notes_trained_to_the_end() -> None:
    run = run_of_the_notes()
    assert run.config == TrainConfig()
    assert run.started.device
    assert run.started.versions["tensorflow"].startswith("2.")
    assert run.started.total_steps == TrainConfig().epochs * run.started.steps_per_epoch == 5 * 1875
    losses = run.lines["loss"]
    assert losses.x[: 2 * SINGLE : 2] == list(range(1, SINGLE + 1))
    assert losses.x[-1] <= run.started.total_steps
    assert losses.y[0] == pytest.approx(np.log(10), rel=0.1), "it begins by guessing"
    assert len(run.lines["test_accuracy"].y) == TrainConfig().epochs
    assert min(run.lines["test_accuracy"].y) > 0.97
