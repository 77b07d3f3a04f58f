"""A worker computes the gradient, once per drawing and only when free; until then pixels are covered."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import SHIPPED, CompareConfig, SaliencyConfig
from lib.core.studies.events import Salient
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed, Finished
from lib.runs.db.store import Store
from lib.runs.model.run import Study
from lib.runs.model.state import EngineState, WorkerState
from lib.ui.draw.explain import gradient
from lib.ui.shell import services
from lib.ui.shell.quotas import limits
from lib.ui.shell.visitor import known_by
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, draw
from tests.pages.draw.test_models import CONFIG, RUNNING, always, keep
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works
from tests.runs.light import began

READY = EngineState(phase="ready", workers=(WorkerState(pid=1, host="here", threads=2, loaded=True),))
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def ready(store: Store) -> None:
    """The engine's worker has loaded TensorFlow and is free; submitted jobs are never executed."""
    services.engine()._state = READY
    for job in store.open_runs():
        store.stop(job.id)
    store.prune_studies("saliency", keep=0)
    assert store.open_runs() == asked(store) == []


def look(visitor: AppTest) -> AppTest:
    visitor.get_by_key("draw_view").set_value("saliency").run()
    assert works(visitor)
    return visitor


def asked(store: Store) -> list[Study]:
    return store.studies("saliency")


def answered(store: Store, study: Study, strength: float = 0.5) -> None:
    """Records what a worker would."""
    gradient = np.zeros((28, 28), np.float32)
    gradient[4, 9], gradient[5, 9] = strength, -0.25
    config = study.config
    assert isinstance(config, SaliencyConfig)
    for event in (began(0), Salient(digit=config.digit, step=0, gradient=gradient), Finished(step=1, reason="x")):
        store.append(study.id, event)


@both_languages
def test_a_worker_is_asked_once_a_drawing_and_its_answer_shown(store: Store, lang: str) -> None:
    visitor = look(draw(visit("draw", lang=lang), SEVEN))
    (study,) = asked(store)
    assert isinstance(study.config, SaliencyConfig)
    assert (study.config.model, study.config.digit) == (SHIPPED, 7)
    assert "hourglass" in words_in(visitor, "draw_inside")
    visitor.run()
    assert asked(store) == [study]
    answered(store, study)
    visitor.run()
    assert works(visitor)
    said = words_in(visitor, "draw_gradient")
    assert "+0.500" in said
    assert "−0.250" in said
    assert "tf.GradientTape" in " ".join(code.value for code in visitor.code)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    assert draw(visitor, ONE)
    assert len(asked(store)) == 2
    draw(visitor, SEVEN)
    assert len(asked(store)) == 2, "what was answered before is not asked again"
    assert "+0.500" in words_in(visitor, "draw_gradient")


def test_others_with_the_same_drawing_have_the_same_answer(store: Store) -> None:
    look(draw(visit("draw", known_as="one"), SEVEN))
    (study,) = asked(store)
    answered(store, study)
    visitor = look(draw(visit("draw", known_as="two"), SEVEN))
    assert "+0.500" in words_in(visitor, "draw_gradient")
    assert [other.id for other in asked(store)] == [study.id]


def test_who_draws_quickly_is_asked_about_what_they_have_drawn_in_the_end(store: Store) -> None:
    visitor = look(draw(visit("draw"), SEVEN))
    (first,) = asked(store)
    for strokes in (ONE, FOUR):
        draw(visitor, strokes)
        assert works(visitor)
        assert "hourglass" in words_in(visitor, "draw_inside")
    assert asked(store) == [first]
    answered(store, first)
    visitor.run()
    assert [study.config.digit for study in asked(store)] == [4, 7]


@both_languages
@pytest.mark.parametrize("what", ["run", "comparison", "loading"])
def test_where_no_worker_is_free_nothing_is_asked_and_covering_is_shown(store: Store, what: str, lang: str) -> None:
    if what == "loading":
        services.engine()._state = EngineState(phase="loading")
    elif what == "run":
        store.create_run(TrainConfig())
    else:
        store.create_study(CompareConfig())
    visitor = look(draw(visit("draw", lang=lang), SEVEN))
    said = words_in(visitor, "draw_inside")
    why = gradient.LOADING if what == "loading" else gradient.BUSY
    assert translator(lang)(why) in said
    assert translator(lang)(gradient.MEANWHILE) in said
    assert "5 × 5" in said
    assert asked(store) == []
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_with_two_workers_one_of_which_is_free_it_is_asked(store: Store) -> None:
    worker = READY.workers[0]
    services.engine()._state = EngineState(phase="ready", workers=(worker, worker))
    store.create_run(TrainConfig())
    look(draw(visit("draw"), SEVEN))
    assert len(asked(store)) == 1


def lanes(*short: WorkerState) -> EngineState:
    """A worker for long work, and these for short work."""
    long = replace(READY.workers[0], lanes=frozenset({Lane.LONG}))
    return EngineState(phase="ready", workers=(long, *short), lanes=frozenset(Lane))


SHORT = replace(READY.workers[0], pid=2, lanes=frozenset({Lane.SHORT}))


def test_with_a_worker_for_short_work_it_is_asked_beside_a_run(store: Store) -> None:
    services.engine()._state = lanes(SHORT)
    store.create_run(TrainConfig())
    visitor = look(draw(visit("draw"), SEVEN))
    (study,) = asked(store)
    assert "hourglass" in words_in(visitor, "draw_inside")
    answered(store, study)
    visitor.run()
    assert "+0.500" in words_in(visitor, "draw_gradient")


@both_languages
@pytest.mark.parametrize("loading", [(), (replace(SHORT, loaded=False),)])
def test_while_that_worker_starts_covering_is_shown(store: Store, loading: tuple[WorkerState, ...], lang: str) -> None:
    services.engine()._state = lanes(*loading)
    store.create_run(TrainConfig())
    visitor = look(draw(visit("draw", lang=lang), SEVEN))
    assert len(asked(store)) == 1
    said = words_in(visitor, "draw_inside")
    assert translator(lang)(gradient.LOADING) in said
    assert translator(lang)(gradient.MEANWHILE) in said
    assert "5 × 5" in said


@both_languages
def test_beside_a_comparison_that_is_measured_nothing_is_asked(store: Store, lang: str) -> None:
    services.engine()._state = lanes(SHORT)
    comparison = store.create_study(CompareConfig())
    store.claim(comparison.id, "server/here:1/a")
    visitor = look(draw(visit("draw", lang=lang), SEVEN))
    assert asked(store) == []
    said = words_in(visitor, "draw_inside")
    assert translator(lang)(gradient.MEASURING) in said
    assert translator(lang)(gradient.MEANWHILE) in said
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    store.append(comparison.id, Finished(step=0, reason="done"))
    visitor.run()
    assert len(asked(store)) == 1


def test_it_comes_by_itself_once_a_worker_is_free(store: Store) -> None:
    run = store.create_run(TrainConfig())
    visitor = look(draw(visit("draw"), SEVEN))
    store.stop(run.id)
    visitor.run()
    assert len(asked(store)) == 1


@both_languages
def test_weights_that_are_gone_are_said_to_be_and_asked_for_once(store: Store, lang: str) -> None:
    run_id = tell(store, RUNNING, CONFIG)
    keep(store, run_id, always(3, 10))
    store.append(run_id, Finished(step=25, reason="epochs"))
    visitor = look(draw(visit("draw", lang=lang, run=run_id), SEVEN))
    (study,) = asked(store)
    assert study.config == SaliencyConfig(model=run_id, image=study.config.image, digit=3)
    store.append(study.id, Failed(step=0, reason="weights_lost_study"))
    visitor.run()
    visitor.run()
    said = words_in(visitor, "draw_inside")
    assert translator(lang)("The weights of that run are not kept any more.") in said
    assert translator(lang)(gradient.INSTEAD) in said
    assert asked(store)[1:] == []
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_a_study_that_is_no_longer_kept_is_asked_again(store: Store) -> None:
    visitor = look(draw(visit("draw"), SEVEN))
    (study,) = asked(store)
    answered(store, study)
    store.prune_studies("saliency", keep=0)
    visitor.run()
    assert works(visitor)
    assert [other.id != study.id for other in asked(store)] == [True]


def test_it_counts_among_what_one_visitor_may_have_open(store: Store) -> None:
    worker = READY.workers[0]
    services.engine()._state = EngineState(phase="ready", workers=(worker,) * 9)
    visitor = draw(visit("draw", known_as="one"), SEVEN)
    for _ in range(limits().runs_per_visitor):
        store.create_run(TrainConfig(), owner=known_by("one"))
    look(visitor)
    said = words_in(visitor, "draw_inside")
    assert "This server allows" in said
    assert "5 × 5" in said
    assert asked(store) == []


def test_it_is_in_no_history_of_comparisons(store: Store) -> None:
    runs, comparisons = store.runs(), store.studies("compare")
    look(draw(visit("draw", known_as="one"), SEVEN))
    (study,) = asked(store)
    answered(store, study)
    assert (store.runs(), store.studies("compare")) == (runs, comparisons)
    assert study.id not in "".join(words_on(visit("compare", known_as="one")))
