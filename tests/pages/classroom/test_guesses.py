"""The guesses of all: asked by the teacher, hidden until the end, then one histogram for everybody."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES
from lib.core.studies.configs import CompareConfig
from lib.core.training.events import Finished, Stopped
from lib.runs.db.store import Store
from lib.runs.model.classwork import MOST_ASKED
from lib.runs.model.run import Status
from tests.core.benchmark.made_comparisons import began, size_events
from tests.pages.classroom.together import ANNA, BEN, TEACHER, at, new_room
from tests.pages.stories import BEGUN, CONFIG, STEPS, epoch
from tests.pages.visiting import english_left, there, visit, words_in, words_on


def guess(visitor: AppTest, key: str, value: float) -> AppTest:
    visitor.get_by_key(key).set_value(value)
    return visitor.get_by_key("class_guess").click().run()


def state(visitor: AppTest) -> str:
    return words_in(visitor, "class_guesses_state")


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_class_guesses_about_a_run_and_sees_all_guesses_at_its_end(store: Store, lang: str) -> None:
    room = new_room(store)
    teacher = visit("train", known_as="teacher", lang=lang, epochs="1")
    teacher.get_by_key("train_ask").click().run()
    (run,) = store.classwork.questions(room.id)
    assert (run.status, run.owner, run.step) == (Status.PAUSED, TEACHER, 0)
    anna, ben = at("guesses", "anna", lang), at("guesses", "ben", lang)
    guess(anna, "class_guess_accuracy", 97)
    guess(ben, "class_guess_accuracy", 104)
    assert "104" in words_in(ben, "class_not_done")
    guess(ben, "class_guess_accuracy", 88.5)
    for visitor in (anna.run(), ben, at("guesses", "teacher", lang)):
        assert "2" in state(visitor)
        assert not there(visitor, "class_histogram")
        assert (english_left(words_on(visitor)) == []) == (lang == "ko")
    assert "88.5" not in "".join(words_on(anna.run()))
    assert not there(anna, "class_begin"), "only the teacher lets it begin"
    at("guesses", "teacher", lang).get_by_key("class_begin").click().run()
    assert store.run(run.id).status == Status.WAITING
    store.claim(run.id, "server/host:1/a")
    for event in (*BEGUN, *epoch(1, 9650)):
        store.append(run.id, event)
    assert not there(at("guesses", "teacher", lang), "class_histogram"), "it is under way"
    assert not there(anna.run(), "class_guess"), "it takes no more guesses"
    store.append(run.id, Finished(step=STEPS, reason="epochs"))
    for visitor in (anna.run(), at("guesses", "teacher", lang)):
        assert not visitor.exception
        assert there(visitor, "class_histogram")
        assert all(part in state(visitor) for part in ("88.5", "97", "96.5"))
        assert (english_left(words_on(visitor)) == []) == (lang == "ko")


def test_the_class_guesses_about_a_comparison(store: Store) -> None:
    room = new_room(store)
    visit("compare", known_as="teacher").get_by_key("compare_ask").click().run()
    (study,) = store.classwork.questions(room.id)
    guess(at("guesses", "anna"), "class_guess_factor", 3)
    store.classwork.guess(room.id, study.id, BEN, 0.5)
    waits = visit("compare", known_as="teacher", compare=study.id)
    assert "[paused]" in words_in(waits, "compare_status")
    at("guesses", "teacher").get_by_key("class_begin").click().run()
    store.claim(study.id, "server/host:1/a")
    assert isinstance(study.config, CompareConfig)
    for event in (
        began(),
        *size_events(study.config.sizes[0], {"eager": 8.0, "graph": 4.0, "xla": 2.0, "session": 5.0}),
    ):
        store.append(study.id, event)
    store.append(study.id, Finished(step=1, reason="rounds"))
    anna = at("guesses", "anna")
    assert there(anna, "class_histogram")
    assert "0.5 times" in state(anna)


def test_a_question_that_is_taken_back_ends_and_keeps_its_guesses(store: Store) -> None:
    room = new_room(store)
    run = store.create_run(CONFIG, TEACHER, pause_after=0)
    store.classwork.guess(room.id, run.id, ANNA, 0.9)
    at("guesses", "teacher").get_by_key("class_drop").click().run()
    assert store.run(run.id).status == Status.STOPPED
    assert [event for _, event in store.events(run.id)] == [Stopped(step=0)]
    assert there(at("guesses", "anna"), "class_histogram")


def test_the_teacher_reads_how_to_ask_and_is_told_when_it_is_too_much(store: Store) -> None:
    new_room(store)
    assert "Ask the class first" in "".join(words_on(at("guesses", "teacher")))
    assert "Ask the class first" not in "".join(words_on(at("guesses", "anna")))
    assert not there(visit("train", known_as="anna"), "train_ask")
    for _ in range(MOST_ASKED):
        store.create_run(CONFIG, TEACHER, pause_after=0)
    teacher = visit("compare", known_as="teacher")
    teacher.get_by_key("compare_ask").click().run()
    assert str(MOST_ASKED) in words_in(teacher, "compare_not_started")
