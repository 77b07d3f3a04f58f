"""A database created by the previous version can be opened."""

import json
from datetime import datetime

import numpy as np
import pytest
import sqlalchemy as sa

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.factors import effects
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import Tuning
from lib.core.seeds import SCHEME
from lib.core.studies.configs import CompareConfig, XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Paused
from lib.runs.db import tables
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from tests.core.benchmark.made_comparisons import began, size_events
from tests.runs.examples import COMPILED, STARTED, chunk

SERIAL = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgresql": "SERIAL PRIMARY KEY"}
BINARY = {"sqlite": "BLOB", "postgresql": "BYTEA"}
MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITHOUT TIME ZONE"}


def older_schema(dialect: str) -> list[str]:
    moment, binary = MOMENT[dialect], BINARY[dialect]
    owner = "run_id VARCHAR(32) NOT NULL REFERENCES runs (id) ON DELETE CASCADE"
    return [
        (
            f"CREATE TABLE runs (number {SERIAL[dialect]}, id VARCHAR(32) NOT NULL UNIQUE, config TEXT NOT NULL, "
            "status VARCHAR(16) NOT NULL, step INTEGER NOT NULL, total_steps INTEGER NOT NULL, wish VARCHAR(64), "
            f"engine VARCHAR(128), worker VARCHAR(255), created_at {moment} NOT NULL, claimed_at {moment}, "
            f"ended_at {moment})"
        ),
        (
            f"CREATE TABLE events ({owner}, sequence INTEGER NOT NULL, kind VARCHAR(32) NOT NULL, body TEXT NOT NULL, "
            "PRIMARY KEY (run_id, sequence))"
        ),
        (
            f"CREATE TABLE progress ({owner}, last_step INTEGER NOT NULL, first_step INTEGER NOT NULL, "
            f"losses {binary} NOT NULL, accuracies {binary} NOT NULL, images_per_second FLOAT, "
            "PRIMARY KEY (run_id, last_step))"
        ),
        (
            f"CREATE TABLE checkpoints ({owner}, step INTEGER NOT NULL, path TEXT NOT NULL, "
            "sha256 VARCHAR(64) NOT NULL, PRIMARY KEY (run_id))"
        ),
        *(
            f"INSERT INTO runs (id, config, status, step, total_steps, wish, worker, created_at) "
            f"VALUES ('{run_id}', '{{}}', '{status}', {step}, 0, {wish}, {worker}, '2026-01-0{day} 10:00:00')"
            for day, (run_id, status, step, wish, worker) in enumerate(
                [("over", "finished", 5, "'stop'", "'a'"), ("begun", "running", 25, "NULL", "'b'")], 1
            )
        ),
        (
            "INSERT INTO runs (id, config, status, step, total_steps, created_at) "
            "VALUES ('waits', '{}', 'waiting', 0, 0, '2026-01-03 10:00:00')"
        ),
        "INSERT INTO events VALUES ('over', 7, 'Stopped', '{\"step\": 5}')",
        "INSERT INTO checkpoints VALUES ('begun', 20, '/nowhere/x.npz', '00')",
    ]


@pytest.fixture
def older(url: str) -> str:
    engine = sa.create_engine(tables.address(url))
    with engine.begin() as connection:
        for statement in older_schema(engine.dialect.name):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return url


def test_its_runs_are_there_and_can_do_what_new_ones_can(older: str) -> None:
    store = Store(older)
    over, begun, waits = store.run("over"), store.run("begun"), store.run("waits")
    assert [run.status for run in (over, begun, waits)] == [Status.FINISHED, Status.RUNNING, Status.WAITING]
    for run in (over, begun, waits):
        assert (run.owner, run.guess, run.requests, run.pinned, run.deaths, run.turn) == (
            "",
            None,
            ControlRequests(),
            False,
            0,
            0,
        )
        assert run.queued_at == run.created_at
    assert waits.created_at.replace(tzinfo=None) == datetime(2026, 1, 3, 10)
    assert [run.id for run in store.open_runs()] == ["begun", "waits"]
    assert [run.id for run in store.queue(store.create_run(TrainConfig()))] == ["begun", "waits"]
    store.set_learning_rate("waits", 0.01)
    store.pin("over", True)
    store.close()


def test_its_runs_were_drawn_by_the_first_scheme_but_for_those_that_begin_only_now(older: str) -> None:
    store = Store(older)
    assert [store.run(run_id).scheme for run_id in ("over", "begun", "waits")] == [1, 1, SCHEME]
    store.take_over("begun", "v", earlier="b")  # it has no state, so that its weights are drawn anew
    store.append("begun", STARTED, "v")
    assert store.run("begun").scheme == SCHEME
    store.close()


def test_its_runs_are_trainings_and_studies_may_join_them(older: str) -> None:
    store = Store(older)
    study = store.create_study(XrayConfig())
    assert [run.id for run in store.runs()] == ["waits", "begun", "over"]
    assert store.studies("xray") == [study]
    assert [job.id for job in store.open_runs()] == ["begun", "waits", study.id]
    store.close()


def test_its_runs_can_be_tuned_with_own_digits(older: str) -> None:
    store = Store(older)
    digits = Digits(images=np.ones((2, 28, 28), np.uint8), labels=np.array([3, 4], np.uint8))
    assert store.own_digits("ann") == []
    assert store.keep_digits("ann", digits) == 2
    run = store.create_run(TrainConfig(), owner="ann", tuning=Tuning(base="over", digits=digits))
    assert [found.base for found in store.runs()] == ["over", "", "", ""]
    tuning = store.tuning(run.id)
    assert tuning is not None
    assert tuning.digits.labels.tolist() == [3, 4]
    assert store.tuning("over") is None
    store.close()


def test_a_run_that_was_under_way_begins_anew_for_it_has_no_state(older: str) -> None:
    store = Store(older)
    assert store.resume_point("begun") is None
    assert store.take_over("begun", "v", earlier="b").step == 0
    for event in (STARTED, COMPILED, chunk(1, 25), Paused(step=25)):
        store.append("begun", event, None if isinstance(event, Paused) else "v")
    store.resume("begun")
    assert [run.id for run in store.open_runs()] == ["waits", "begun"]
    store.append("waits", Finished(step=0, reason="epochs"))
    assert store.events("over")[0][0] == 7
    store.close()


def test_an_older_version_may_go_on_writing_to_it(older: str, url: str) -> None:
    store = Store(older)
    engine = sa.create_engine(tables.address(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(older_schema(engine.dialect.name)[-3].replace("waits", "later"))
    engine.dispose()
    assert store.run("later").queued_at == store.run("later").created_at
    assert store.claim("later", "w").worker == "w"
    store.close()


def test_it_is_brought_up_to_date_once(older: str) -> None:
    for _ in range(2):
        store = Store(older)
        assert store.create_run(TrainConfig()).status == Status.WAITING
        store.close()


def test_its_comparisons_are_read_as_what_they_were(older: str) -> None:
    """In that version `graph` had Keras' Adam and `loop` had not; its rows keep the names that it gave them."""
    times = {"eager": 30, "graph": 15, "session": 10, "loop": 10}
    config = {"work": "train_step", "modes": list(times), "sizes": [32], "depth": "quick", "seed": 42}
    store = Store(older)
    study_id = store.create_study(CompareConfig(modes=tuple(times))).id
    for event in (began(), *size_events(32, times)):
        store.append(study_id, event)
    store.close()
    engine = sa.create_engine(tables.address(older))
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE runs SET config = :c WHERE id = :i"), {"c": json.dumps(config), "i": study_id}
        )
    engine.dispose()

    store = Store(older)
    study = store.study(study_id)
    assert isinstance(study.config, CompareConfig)
    comparison = comparison_of(study.config, [event for _, event in store.events(study_id)])
    assert [timing.mode for timing in comparison.at(32)] == ["eager_keras", "graph_keras", "session", "loop"]
    assert [(effect.mode, effect.other) for effect in effects(comparison, 32)] == [("graph_keras", "eager_keras")]
    assert [one.id for one in store.studies("compare")] == [study_id]
    store.close()
