"""The lines of docs/backup.md, as they stand there: a restored server has the same runs, curves and weights."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store, open_store
from lib.runs.model.run import Run, Status
from lib.runs.worker import worker
from tests.runs import light
from tests.runs.postgres import new_database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")


def lines(beginning: str) -> list[str]:
    """The two commands after the paragraph that begins so."""
    rest = PAGE[PAGE.index(beginning) :]
    return [line.strip() for line in rest.splitlines() if line.startswith("    ")][:2]


def run_line(line: str, settings: Mapping[str, object]) -> None:
    python = line.replace(".venv/bin/python", '"$PYTHON"')
    given = {name: str(value) for name, value in settings.items()}
    subprocess.run(python, shell=True, check=True, cwd=ROOT, env={**os.environ, "PYTHON": sys.executable, **given})


def content(store: Store, run: Run) -> tuple[Any, ...]:
    """Everything that a restored run must have."""
    curve = [(part.first_step, part.losses.tobytes()) for part in store.progress(run.id)]
    weights = store.weights(run.id)
    arrays = {name: array.tobytes() for name, array in weights.weights.items()} if weights else None
    return store.run(run.id), curve, arrays, store.events(run.id)


def two_runs(store: Store) -> list[Run]:
    """One that is over, and one that was paused."""
    over = store.create_run(TrainConfig(epochs=3, steps_per_call=10), owner="somebody").id
    rests = store.create_run(TrainConfig(epochs=6, steps_per_call=10), pause_after=20).id
    for run_id in (over, rests):
        worker.perform(run_id, 0)
    return [store.run(run_id) for run_id in (over, rests)]


def assert_equal_and_going_on(before: Mapping[str, tuple[Any, ...]], restored: Store, rests: str) -> None:
    for run_id, expected in before.items():
        assert content(restored, restored.run(run_id)) == expected
    restored.resume(rests)
    worker._opened().close()
    worker._opened.cache_clear()
    worker.perform(rests, 1)
    assert restored.run(rests).status == Status.FINISHED
    assert [loss for part in restored.progress(rests) for loss in part.losses] == light.losses_up_to(60)
    restored.close()


def test_sqlite(home: Path, tmp_path: Path, light_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    runs = two_runs(light_store)
    before = {run.id: content(light_store, run) for run in runs}
    for line in lines("**SQLite**"):
        run_line(line, {"TF2LAB_HOME": home, "BACKUP": backup})
    (home / "weights").rename(home / "gone")
    monkeypatch.setenv("TF2LAB_HOME", str(backup))
    assert_equal_and_going_on(before, open_store(), runs[1].id)


def test_postgresql(postgres: str, tmp_path: Path, light_worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "TF2LAB_DATABASE_URL": new_database(postgres, "backed_up"),
        "TF2LAB_ARTIFACTS": tmp_path / "first",
        "NEW_DATABASE_URL": new_database(postgres, "restored"),
        "NEW_ARTIFACTS": tmp_path / "second",
        "BACKUP": tmp_path / "backup",
    }
    for name in ("BACKUP", "NEW_ARTIFACTS"):
        Path(settings[name]).mkdir()
    for name in ("TF2LAB_DATABASE_URL", "TF2LAB_ARTIFACTS"):
        monkeypatch.setenv(name, str(settings[name]))
    store = open_store()
    runs = two_runs(store)
    before = {run.id: content(store, run) for run in runs}
    store.close()
    for line in [*lines("**PostgreSQL**"), *lines("Back into")]:
        run_line(line, settings)
    Path(settings["TF2LAB_ARTIFACTS"]).rename(tmp_path / "gone")
    monkeypatch.setenv("TF2LAB_DATABASE_URL", str(settings["NEW_DATABASE_URL"]))
    monkeypatch.setenv("TF2LAB_ARTIFACTS", str(settings["NEW_ARTIFACTS"]))
    assert_equal_and_going_on(before, open_store(), runs[1].id)
