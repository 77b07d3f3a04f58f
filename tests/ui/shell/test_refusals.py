"""What a visitor cannot start, and why."""

import pytest

from lib.core.training.config import TrainConfig
from lib.runs.model.state import EngineState
from lib.ui.shell import refusals
from lib.ui.shell.refusals import refusal


def test_a_server_without_room_starts_nothing_new_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    state = EngineState(phase="ready")
    monkeypatch.setattr(refusals, "engine_state", lambda: state)
    assert refusal(TrainConfig(), ()) is None
    state = EngineState(phase="ready", trouble="no_room")
    assert "pinned runs are unpinned" in str(refusal(TrainConfig(), ()))
    state = EngineState(phase="ready", trouble="disk_full")
    assert refusal(TrainConfig(), ()) is None, "that is said on the page, and the run waits"
