"""What a waiting study or run says where short work has a worker of its own."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import AaConfig, CompareConfig, RetraceConfig, StudyConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Stopped
from lib.runs.db.store import Store
from lib.runs.model.state import EngineState, WorkerState
from lib.ui.jobs.status import waiting_words
from lib.ui.shell import services
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works

LONG = WorkerState(pid=1, host="here", threads=2, loaded=True, lanes=frozenset({Lane.LONG}))
SHORT = WorkerState(pid=2, host="here", threads=2, loaded=True, lanes=frozenset({Lane.SHORT}))
BOTH = EngineState(phase="ready", workers=(LONG, SHORT), lanes=frozenset(Lane))
SHARED = EngineState(phase="ready", workers=(WorkerState(pid=1, host="here", threads=2, loaded=True),))
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def empty(store: Store) -> None:
    services.engine()._state = BOTH
    for job in store.open_runs():
        ended(store, job.id)
    assert store.open_runs() == []


def under_way(store: Store, config: StudyConfig | TrainConfig, host: str = "here") -> str:
    """A job that a worker on this host has, until the test ends."""
    job = store.create_run(config) if isinstance(config, TrainConfig) else store.create_study(config)
    store.claim(job.id, f"server/{host}:1/{job.id}")
    return job.id


def asked(lang: str = "en") -> AppTest:
    """A visitor who has asked for a retrace case."""
    visitor = visit("compare", lang=lang, show="retraces")
    visitor.get_by_key("retrace_start").click().run()
    assert works(visitor)
    return visitor


def ended(store: Store, job_id: str) -> None:
    store.append(job_id, Stopped(step=0))


@both_languages
@pytest.mark.parametrize("config", [CompareConfig(), AaConfig()])
def test_short_work_says_that_it_waits_for_a_comparison(store: Store, config: StudyConfig, lang: str) -> None:
    comparison, _waiting = under_way(store, config), tell(store, "waiting")
    visitor = asked(lang)
    said = words_in(visitor, "retrace_status")
    sentence = "It waits for a comparison that is being measured, so as not to disturb it, and then starts by itself."
    assert f"`[waiting]` {translator(lang)(sentence)}" in said
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    ended(store, comparison)
    visitor.run()
    assert translator(lang)("Starting …") in words_in(visitor, "retrace_status")


def test_a_comparison_on_another_machine_hinders_nobody(store: Store) -> None:
    under_way(store, CompareConfig(), host="elsewhere")
    assert "Starting …" in words_in(asked(), "retrace_status")


@both_languages
def test_a_comparison_says_that_it_waits_for_short_work(store: Store, lang: str) -> None:
    under_way(store, RetraceConfig())
    first = store.create_study(CompareConfig())
    visitor = visit("compare", lang=lang)
    visitor.get_by_key("compare_start").click().run()
    sentence = "It waits for a short measurement under way, which would disturb it, and then starts by itself."
    assert waiting_words(first) == sentence
    assert f"`[waiting]` {translator(lang)(sentence)}" in words_in(visitor, "compare_status")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_places_count_the_own_lane_only(store: Store) -> None:
    under_way(store, TrainConfig())
    others = [store.create_study(RetraceConfig()) for _ in range(2)]
    run, study = store.create_run(TrainConfig()), store.create_study(RetraceConfig())
    assert "Number 2 in the queue; before this one: 1." in waiting_words(run)
    assert "Number 3 in the queue; before this one: 2." in waiting_words(study)
    assert waiting_words(others[0]) == "Starting …"
    services.engine()._state = SHARED
    assert "before this one: 3." in waiting_words(run)
    assert "before this one: 4." in waiting_words(study)


def test_a_worker_that_has_to_be_started_is_said_to_load(store: Store) -> None:
    run_id, study = under_way(store, TrainConfig()), store.create_study(RetraceConfig())
    for workers in ((LONG,), (LONG, WorkerState(pid=2, host="here", threads=2, loaded=False, lanes=SHORT.lanes))):
        services.engine()._state = EngineState(phase="ready", workers=workers, lanes=frozenset(Lane))
        assert "TensorFlow is being loaded" in waiting_words(study)
    ended(store, run_id)
    assert waiting_words(study) == "Starting …", "the first worker is idle and takes it"


def test_what_the_machine_is_stands_there_once(store: Store) -> None:
    versions = {"tensorflow": "2.99.1"}
    workers = tuple(
        WorkerState(pid=1, host="here", threads=2, loaded=True, lanes=frozenset({lane}), versions=versions)
        for lane in Lane
    )
    services.engine()._state = EngineState(phase="ready", workers=workers, lanes=frozenset(Lane))
    assert words_in(visit("home"), "machine").count("2.99.1") == 1
