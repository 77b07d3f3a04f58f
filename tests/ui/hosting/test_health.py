"""The server lives, and is ready once store and engine are; else it says which of them is not."""

from __future__ import annotations

import json
import time

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from lib.runs.model.state import EngineState, Phase
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.hosting import health
from lib.ui.hosting.routes import hosting_routes
from tests.ui.hosting.asking import answer, scope_of


class Asked:
    """A store that answers, or does not, and counts how often it was asked."""

    def __init__(self, error: Exception | None = None, seconds: float = 0.0) -> None:
        self.error, self.seconds, self.times = error, seconds, 0

    def beats(self) -> dict[str, int]:
        self.times += 1
        time.sleep(self.seconds)
        if self.error:
            raise self.error
        return {}


def ready(
    monkeypatch: pytest.MonkeyPatch, store: Asked, phase: Phase | None = "ready", trouble: str | None = None
) -> tuple[int, dict[str, object]]:
    state = EngineState(phase=phase, trouble=trouble) if phase else None
    monkeypatch.setattr(health, "store", lambda: store)
    monkeypatch.setattr(health, "engine_state", lambda: state)
    status, _headers, body = answer(Starlette(routes=hosting_routes()), scope_of("/readyz"))
    return status, json.loads(body)


@pytest.mark.parametrize("phase", ["ready", "loading", "resting"])
def test_it_is_ready_when_runs_can_be_started(monkeypatch: pytest.MonkeyPatch, phase: Phase) -> None:
    assert ready(monkeypatch, Asked(), phase) == (200, {"ready": True})


@pytest.mark.parametrize(
    ("phase", "trouble", "reason"),
    [
        (None, None, "engine_starting"),
        ("starting", None, "engine_starting"),
        ("unreachable", None, "engine_unreachable"),
        ("ready", "weights_unreachable", "weights_unreachable"),
    ],
)
def test_else_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, phase: Phase | None, trouble: str | None, reason: str
) -> None:
    assert ready(monkeypatch, Asked(), phase, trouble) == (503, {"ready": False, "reason": reason})


def test_a_server_without_room_still_shows_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ready(monkeypatch, Asked(), trouble="no_room")[0] == 200


def test_a_store_that_is_away_or_slow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Asked(StoreUnavailable("database_locked", "by somebody"))
    assert ready(monkeypatch, away) == (503, {"ready": False, "reason": "database_locked"})
    monkeypatch.setattr(health, "STORE_SECONDS", 0.01)
    assert ready(monkeypatch, Asked(seconds=0.2))[1]["reason"] == "database_slow"


def test_it_lives_whatever_the_store_does(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Asked(StoreUnavailable("database", "gone"))
    monkeypatch.setattr(health, "store", lambda: store)
    assert answer(Starlette(routes=hosting_routes("a/b")), scope_of("/a/b/healthz"))[::2] == (200, "ok\n")
    assert store.times == 0


def test_whoever_asks_often_asks_the_store_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    store, readiness = Asked(), health.Readiness()
    monkeypatch.setattr(health, "KEPT_SECONDS", 1e6)
    monkeypatch.setattr(health, "store", lambda: store)
    monkeypatch.setattr(health, "engine_state", lambda: EngineState(phase="ready"))
    readiness._asked = -1e7
    app = Starlette(routes=[Route("/readyz", readiness.answer)])
    assert [answer(app, scope_of("/readyz"))[0] for _ in range(3)] == [200] * 3
    assert store.times == 1
