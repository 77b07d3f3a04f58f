"""`perform` on a study, in this process and without TensorFlow."""

import threading

import pytest

from lib.core.studies.configs import CompareConfig, RetraceConfig, StudyConfig, XrayConfig
from lib.core.studies.events import Began, Called, Measured, Sampled, Xrayed
from lib.core.training.events import REASONS, Failed, Finished, Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import Status, Study
from lib.runs.worker import worker
from lib.runs.worker.attempt import MOST_DEATHS
from tests.runs import light
from tests.runs.study_examples import BEGAN, sampled
from tests.waiting import ended, until

SHORT = CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(1, 2))
LONG = CompareConfig(work="matmul", sizes=(10,), depth="thorough")
ROUNDS = light.ROUNDS["quick"]


@pytest.fixture(autouse=True)
def workers(url: str, light_worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_DATABASE_URL", url)


def rounds(store: Store, study_id: str) -> list[tuple[int, int]]:
    """The recorded rounds, as sizes and numbers; there must be one beginning, before all of them."""
    events = [event for _, event in store.events(study_id)]
    assert [type(event) for event in events].index(Began) == 0
    assert sum(isinstance(event, Began) for event in events) == 1
    return [(event.size, event.round) for event in events if isinstance(event, Sampled)]


def performed(store: Store, config: StudyConfig) -> Study:
    study_id = store.create_study(config).id
    worker.perform(study_id, 0)
    return store.study(study_id)


def test_a_comparison_is_taken_to_its_end(store: Store) -> None:
    study = performed(store, SHORT)
    assert (study.status, study.step, study.total_steps) == (Status.FINISHED, 2 * ROUNDS, 2 * ROUNDS)
    assert rounds(store, study.id) == [(size, number) for size in (1, 2) for number in range(1, ROUNDS + 1)]
    assert [type(event) for _, event in store.events(study.id)][-2:] == [Measured, Finished]
    assert study.created_at <= (study.claimed_at or study.created_at) <= (study.ended_at or study.created_at)


@pytest.mark.parametrize(("config", "kind", "count"), [(RetraceConfig(calls=4), Called, 4), (XrayConfig(), Xrayed, 1)])
def test_the_other_studies_are_taken_to_their_end(store: Store, config: StudyConfig, kind: type, count: int) -> None:
    study = performed(store, config)
    assert (study.status, study.step, study.total_steps) == (Status.FINISHED, count, count)
    assert [type(event) for _, event in store.events(study.id)] == [Began, *[kind] * count, Finished]


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [(light.ERROR, "error", "deliberately broken"), (light.NO_MEMORY, "out_of_memory_study", "deliberately full")],
)
def test_whatever_goes_wrong_ends_the_study_and_what_was_measured_is_kept(
    store: Store, fault: int, reason: str, detail: str
) -> None:
    config = CompareConfig(work="matmul", sizes=(1,), seed=fault)
    study = performed(store, config)
    end = store.events(study.id)[-1][1]
    assert isinstance(end, Failed)
    assert (study.status, end.reason, end.step) == (Status.FAILED, reason, 1)
    assert detail in end.detail
    assert reason in REASONS
    assert rounds(store, study.id) == [(1, 1)]
    assert not light.mark_of(config).exists()


def test_without_what_it_takes_the_study_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_TRAINING", "tests.runs.light:broken")
    end = store.events(performed(store, SHORT).id)[-1][1]
    assert isinstance(end, Failed)
    assert "no tensorflow here" in end.detail


def test_stop_reaches_a_study_under_way(store: Store) -> None:
    study_id = store.create_study(LONG).id
    thread = threading.Thread(target=worker.perform, args=[study_id, 0])
    thread.start()
    until(lambda: store.study(study_id).step > 0)
    store.stop(study_id)
    ended(thread)
    study = store.study(study_id)
    assert study.status == Status.STOPPED
    assert store.events(study_id)[-1][1] == Stopped(step=study.step)
    assert len(rounds(store, study_id)) == study.step < light.ROUNDS["thorough"]
    assert not light.mark_of(LONG).exists()


def left_behind(store: Store, attempt: str) -> str:
    """A comparison whose worker is gone, in the middle of its second size."""
    study_id = store.create_study(SHORT).id
    store.claim(study_id, attempt)
    for event in (BEGAN, sampled(1, 1), sampled(1, 2), sampled(1, 3), sampled(2, 1)):
        store.append(study_id, event, attempt)
    return study_id


@pytest.mark.parametrize(("server", "deaths"), [("here", 1), ("there", 0)])
def test_a_study_whose_worker_is_gone_begins_anew(
    store: Store, server: str, deaths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF2LAB_SERVER", "here")
    study_id = left_behind(store, f"{server}/host:1/abc")
    read = store.events(study_id)[-1][0]
    worker.perform(study_id, 0)
    study = store.study(study_id)
    assert (study.status, study.deaths, study.step, study.total_steps) == (
        Status.FINISHED,
        deaths,
        2 * ROUNDS,
        2 * ROUNDS,
    )
    assert rounds(store, study_id) == [(size, number) for size in (1, 2) for number in range(1, ROUNDS + 1)]
    assert isinstance(store.events(study_id, after=read)[0][1], Began), "who watches notices that it began anew"


def test_the_third_death_is_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    study_id = left_behind(store, "/host:1/abc")
    for _ in range(MOST_DEATHS - 1):
        store.count_death(study_id, "/host:1/abc")
    monkeypatch.setenv("TF2LAB_TRAINING", "nothing:needed")  # to give a study up takes no TensorFlow
    worker.perform(study_id, 0)
    study, end = store.study(study_id), store.events(study_id)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step, study.deaths, len(rounds(store, study_id))) == ("worker_died", 4, MOST_DEATHS, 4)


def test_a_worker_believed_dead_gives_its_study_up_and_closes_it(store: Store) -> None:
    study_id = store.create_study(LONG).id
    thread = threading.Thread(target=worker.perform, args=[study_id, 0])
    thread.start()
    name = until(lambda: store.study(study_id).worker if store.study(study_id).step > 0 else None)
    assert light.mark_of(LONG).exists()
    store.take_over(study_id, "/elsewhere:1/b", earlier=name)
    ended(thread)
    assert not light.mark_of(LONG).exists()
    study = store.study(study_id)
    assert (study.worker, study.step, store.events(study_id)) == ("/elsewhere:1/b", 0, [])


def test_a_study_that_is_over_is_left_alone(store: Store) -> None:
    study_id = store.create_study(XrayConfig()).id
    store.stop(study_id)
    worker.perform(study_id, 0)
    assert store.events(study_id) == [(1, Stopped(step=0))]
