"""Studies in the store: beside the training runs, in one queue with them, and always restarted from the beginning."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from lib.core.studies.configs import CompareConfig, RetraceConfig, StudyConfig, XrayConfig, study_kind
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed, Finished, Stopped
from lib.runs.db import tables
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.runs.model.run import Run, RunLost, RunOver, Status, Study, UnknownRun
from tests.runs.examples import STARTED
from tests.runs.study_examples import BEGAN, COMPARISON, MEASURED, OF_A_SIZE, STUDIES, XRAYED, called, sampled

WORKER = "/somewhere:1/a"


@pytest.mark.parametrize("config", STUDIES)
def test_a_new_study_waits(store: Store, config: StudyConfig) -> None:
    study = store.create_study(config, owner="me", guess=1.5)
    assert isinstance(study, Study)
    assert (study.kind, study.config, study.status) == (study_kind(config), config, Status.WAITING)
    assert (study.owner, study.guess, study.step, study.total_steps) == ("me", 1.5, 0, 0)
    assert study.is_open
    assert study == store.study(study.id) == store.job(study.id)


def test_a_study_is_no_run_and_a_run_no_study(store: Store) -> None:
    run, study = store.create_run(TrainConfig()), store.create_study(COMPARISON)
    assert isinstance(store.job(run.id), Run)
    for ask, job in ((store.run, study), (store.study, run), (store.study, None), (store.job, None)):
        with pytest.raises(UnknownRun):
            ask(job.id if job else "nobody")


def test_a_study_does_not_rest_and_has_no_weights_to_keep(store: Store) -> None:
    study = store.create_study(COMPARISON)
    for ask in (store.pause, store.resume, store.pin, lambda study_id: store.set_learning_rate(study_id, 0.1)):
        with pytest.raises(UnknownRun):
            ask(study.id)
    assert store.study(study.id) == study
    assert store.resume_point(study.id) is store.weights(study.id) is None
    assert store.progress(study.id) == []
    assert store.prune(0) == 0


def test_runs_and_studies_wait_in_one_queue_and_are_listed_apart(store: Store) -> None:
    first = store.create_run(TrainConfig(), owner="me")
    mine = store.create_study(COMPARISON, owner="me")
    theirs = store.create_study(CompareConfig())
    xray = store.create_study(XrayConfig(), owner="me")
    last = store.create_run(TrainConfig())
    assert store.open_runs() == [first, theirs, last, mine, xray], "in fair turns"
    assert store.open_runs_of("me") == [first, mine, xray]
    assert store.queue(xray) == (first, theirs, last, mine)
    assert len(store.queue(last)) == 2
    assert store.runs() == [last, first]
    assert store.studies("compare") == [theirs, mine]
    assert store.studies("compare", limit=1) == [theirs]
    assert store.studies("compare", limit=1, owner="me") == [mine]
    assert store.studies("retrace") == []


def test_of_a_comparison_every_round_of_every_size_is_a_step(store: Store) -> None:
    study_id = store.create_study(COMPARISON).id
    store.claim(study_id, WORKER)
    assert store.study(study_id).status == Status.STARTING
    seen = []
    events: list[AnyEvent] = [BEGAN, *OF_A_SIZE, sampled(4, 3), sampled(16, 1), MEASURED, Finished(step=4, reason="x")]
    for event in events:
        store.append(study_id, event, WORKER)
        study = store.study(study_id)
        seen.append((study.status, study.step, study.total_steps))
    running = [("running", step, 6) for step in (0, 0, 0, 0, 1, 2, 2, 3, 4, 4)]
    assert seen == [*running, ("finished", 4, 6)]
    assert study.ended_at is not None


def test_of_the_others_every_call_and_the_one_xray(store: Store) -> None:
    retrace, xray = store.create_study(RetraceConfig(calls=4)).id, store.create_study(XrayConfig()).id
    for study_id, events in ((retrace, [BEGAN, called(1), called(2)]), (xray, [BEGAN, XRAYED])):
        for event in events:
            store.append(study_id, event)
    assert (store.study(retrace).step, store.study(retrace).total_steps) == (2, 4)
    assert (store.study(xray).step, store.study(xray).total_steps) == (1, 1)


def test_its_events_come_back_as_they_were_and_from_where_one_was(store: Store) -> None:
    study_id = store.create_study(COMPARISON).id
    events: tuple[AnyEvent, ...] = (BEGAN, *OF_A_SIZE, MEASURED, XRAYED, called(1))
    for event in events:
        store.append(study_id, event)
    # As text, for a NaN is not equal to itself.
    assert repr([event for _, event in store.events(study_id)]) == repr(list(events))
    assert [sequence for sequence, _ in store.events(study_id, after=3)] == list(range(4, len(events) + 1))


@pytest.mark.parametrize("end", [Stopped(step=1), Failed(step=1, reason="error"), Finished(step=1, reason="x")])
def test_nothing_is_added_to_a_study_that_is_over(store: Store, end: Stopped | Failed | Finished) -> None:
    study_id = store.create_study(COMPARISON).id
    for event in (BEGAN, sampled(4, 1), end):
        store.append(study_id, event)
    with pytest.raises(RunOver):
        store.append(study_id, sampled(4, 2))
    assert (store.study(study_id).status, store.study(study_id).step) == (type(end).__name__.lower(), 1)


def test_stop_ends_a_waiting_study_at_once_and_is_wished_of_one_under_way(store: Store) -> None:
    waiting, begun = store.create_study(COMPARISON).id, store.create_study(XrayConfig()).id
    store.claim(begun, WORKER)
    store.stop(waiting)
    store.stop(begun)
    assert store.study(waiting).status == Status.STOPPED
    assert store.events(waiting) == [(1, Stopped(step=0))]
    assert store.claim(waiting, WORKER).worker is None
    assert store.study(begun).status == Status.STARTING
    assert store.append(begun, BEGAN, WORKER).stop
    assert store.requests(begun).stop


def test_of_many_workers_one_gets_the_study(store: Store) -> None:
    study_id = store.create_study(XrayConfig()).id
    names = [f"/host:{number}/a" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda name: store.claim(study_id, name).worker, names))
    assert len(set(claims)) == 1


def test_a_study_taken_over_begins_anew_with_numbers_never_given_before(store: Store) -> None:
    study_id = store.create_study(COMPARISON).id
    store.claim(study_id, WORKER)
    for event in (BEGAN, sampled(4, 1), sampled(4, 2)):
        store.append(study_id, event, WORKER)
    taken = store.take_over(study_id, "/elsewhere:2/b", earlier=WORKER, died=True)
    assert (taken.status, taken.step, taken.deaths, taken.worker) == ("starting", 0, 1, "/elsewhere:2/b")
    assert store.events(study_id) == []
    with pytest.raises(RunLost):
        store.append(study_id, sampled(4, 3), WORKER)
    store.append(study_id, BEGAN, "/elsewhere:2/b")
    store.append(study_id, sampled(4, 1), "/elsewhere:2/b")
    # Who had read up to 3 sees that it began anew.
    assert store.events(study_id, after=3) == [(4, BEGAN), (5, sampled(4, 1))]
    assert store.study(study_id).step == 1


def change(url: str, **values: object) -> None:
    engine = tables.connect(url)
    with tables.writing(engine).begin() as connection:
        connection.execute(tables.runs.update().where(tables.runs.c.kind != tables.TRAIN).values(**values))
    engine.dispose()


@pytest.mark.parametrize(
    "values", [{"config": '{"work": "poetry"}'}, {"kind": "astrology"}, {"config": '{"sizes": [0]}'}]
)
def test_a_study_of_another_version_is_left_alone_and_can_be_stopped(
    url: str, store: Store, values: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    study, run = store.create_study(COMPARISON, owner="me"), store.create_run(TrainConfig())
    change(url, **values)
    with caplog.at_level(logging.WARNING):
        assert store.open_runs() == store.runs() == [run]
        assert store.open_runs() == [run]
    assert caplog.text.count("is left alone") == 1
    assert store.open_runs_of("me") == store.studies("compare") == []
    assert store.queue(run) == ()
    with pytest.raises(UnknownRun):
        store.study(study.id)
    store.stop(study.id)
    assert store.events(study.id) == [(1, Stopped(step=0))]


def test_what_another_version_asks_for_besides_is_left_out(url: str, store: Store) -> None:
    study = store.create_study(XrayConfig(example="loop"))
    change(url, config='{"example": "loop", "depth_of_field": 2}')
    assert store.study(study.id) == study


def test_a_training_is_told_from_a_study_in_the_database(url: str, store: Store) -> None:
    store.create_run(TrainConfig())
    for config in STUDIES:
        store.create_study(config)
    engine = tables.connect(url)
    with engine.connect() as connection:
        kinds = connection.execute(sa.select(tables.runs.c.kind).order_by(tables.runs.c.number)).scalars().all()
    engine.dispose()
    assert kinds == ["train", "compare", "retrace", "xray"]


def test_events_of_a_training_are_read_as_before(store: Store) -> None:
    run_id = store.create_run(TrainConfig()).id
    store.append(run_id, STARTED)
    assert store.run(run_id).total_steps == STARTED.total_steps
