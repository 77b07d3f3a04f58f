"""The Tour's page shows what a lesson promises, what came out, and what its link says."""

import itertools
import re
from collections.abc import Iterable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import LessonConfig, StudyError, UnknownSetting
from lib.core.studies.recordings import recording
from lib.core.tour.code import call, parameters
from lib.core.tour.lesson import BLOCK, Lesson
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Listed, Output, Outputs, Printed
from lib.core.training.events import Finished, Stopped
from lib.core.upgrade.examples import EXAMPLES
from lib.runs.db.store import Store
from lib.ui.shell.plain import as_text
from lib.ui.shell.visitor import known_by
from lib.ui.tour.progress import sensible, sensible_place
from tests.core.tour.lessons import every_lesson
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
FIRST = next(iter(LESSONS.values()))
DOTTED = re.compile(r"\b\w+(?:\.\w+)+")
"""A name of the code such as `tf.compat.v1.Session`, which has no language."""
BLOCKS = next(lesson for lesson in LESSONS.values() if lesson.blocks)
VARIED = next(lesson for lesson in LESSONS.values() if lesson.varied)


def ran(store: Store, config: LessonConfig, events: Iterable[Any], by: str = "somebody") -> str:
    """A study of this visitor with these events; returns its id."""
    study_id = store.create_study(config, owner=known_by(by)).id
    store.claim(study_id, "server/host:1/a")
    for event in events:
        store.append(study_id, event)
    return study_id


def finished(store: Store, lesson: Lesson, by: str = "somebody", mark: str = "fresh") -> str:
    """A finished study of the lesson, whose first function printed `mark` last."""
    recorded = recording(lesson.code)
    first = next(each for each in recorded.outputs if isinstance(each, Printed))
    said = Printed(name=first.name, text=f"{first.text}{mark} of this run\n", error=first.error)
    outputs = [said if each is first else each for each in recorded.outputs]
    ending = Finished(step=len(lesson.functions), reason="taught")
    return ran(store, recorded.config, [recorded.began, *outputs, ending], by)


def english_on(visitor: AppTest) -> list[tuple[str, str]]:
    """English that is left on the page, except names of the lessons' code: of parameters, and of what it returns."""
    parameters = {name for lesson in LESSONS.values() for name in lesson.varied}
    returned = {getattr(each, "key", "") for code in LESSONS for each in recording(code).outputs}
    package = {text for each in recording("keras").outputs for text in texts_listed(each)}
    theirs = package | {text for _name, text in EXAMPLES.values()}
    words = [DOTTED.sub("", word) for word in words_on(visitor) if word not in theirs]
    for key in sorted(returned, key=len, reverse=True):
        words = [re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", "", word) if key else word for word in words]
    return [(text, line) for text, line in english_left(words) if text not in parameters]


def texts_listed(output: Output) -> Iterable[str]:
    """The texts of a table that a function returned, which are TensorFlow's own."""
    return itertools.chain(*output.columns.values()) if isinstance(output, Listed) else ()


def code_on(visitor: AppTest) -> str:
    return "\n".join(block.value for block in visitor.code)


def other_value(lesson: Lesson) -> tuple[str, Any]:
    """A value that differs from the lesson's own, with its name."""
    name, varied = next(iter(lesson.varied.items()))
    every = list(varied.setting.options) or [varied.setting.kind(varied.setting.low), varied.setting.allowed[-1]]
    return name, next(value for value in every if value != varied.value)


@every_lesson
@both_languages
def test_before_run_a_lesson_shows_its_recording(lesson: Lesson, lang: str) -> None:
    _ = translator(lang)
    visitor = visit("tour", lang=lang, lesson=lesson.code)
    assert works(visitor)
    words, code, recorded = "\n".join(words_on(visitor)), code_on(visitor), recording(lesson.code)
    functions = lesson.chosen(lesson.values({}))
    for text in (lesson.title, lesson.claim, lesson.about, lesson.question, *functions.values()):
        assert _(text) in words
    for answer in lesson.answers:
        assert _(answer.text) in words
        assert _(answer.why) not in words
    assert recorded.began.versions["tensorflow"] in words_in(visitor, "tour_recorded")
    for name in functions:
        assert f"def {name}(" in code
        assert call(lesson, name, lesson.values({})) in code
    for output in Outputs(recorded.outputs).only(functions).all:
        if isinstance(output, Printed):
            assert output.text.rstrip("\n") in code
            assert output.error in code
    assert words_in(visitor, "tour_truth").endswith(lesson.truth(Outputs(recorded.outputs).only(functions), _))
    assert not visitor.get_by_key("tour_start").disabled
    assert there(visitor, "tour_script")
    if lang == "ko":
        assert english_on(visitor) == []


@pytest.mark.parametrize("block", list(BLOCKS.blocks))
def test_a_block_shows_its_functions_what_they_take_and_its_own_truth(store: Store, block: str) -> None:
    """A result of another block does not stand in for what was recorded of this one."""
    other = next(each for each in BLOCKS.blocks if each != block)
    config = LessonConfig(lesson=BLOCKS.code, values=((BLOCK, other),))
    recorded = Outputs(recording(BLOCKS.code).outputs)
    study_id = ran(store, config, [recording(BLOCKS.code).began, *recorded.only(BLOCKS.blocks[other]).all])
    visitor = visit("tour", lesson=BLOCKS.code, tour=study_id, block=block)
    assert works(visitor)
    functions = BLOCKS.blocks[block]
    assert [name for name in BLOCKS.functions if f"def {name}(" in code_on(visitor)] == list(functions)
    taken = {BLOCK}.union(*(parameters(BLOCKS)[name] for name in functions))
    assert {name for name in BLOCKS.varied if there(visitor, f"tour_{BLOCKS.code}_{name}")} == taken
    assert there(visitor, "tour_recorded")
    assert words_in(visitor, "tour_truth").endswith(BLOCKS.truth(recorded.only(functions), str))


def test_what_a_browser_says_it_kept_is_checked() -> None:
    """It may be of another version, or made up."""
    last = len(FIRST.answers) - 1
    assert sensible({FIRST.code: last, "gone": 0}) == {FIRST.code: last}
    for nonsense in (None, [], "x", 3, {FIRST.code: last + 1}, {FIRST.code: -1}, {FIRST.code: True}, {FIRST.code: "0"}):
        assert sensible(nonsense) == {}
        assert sensible_place(nonsense) is None
    assert sensible_place({"place": FIRST.code}) == FIRST.code
    assert [sensible_place({"place": wrong}) for wrong in ("gone", 1, [FIRST.code])] == [None] * 3


@every_lesson
def test_an_answer_explains_every_choice_and_is_ticked(lesson: Lesson) -> None:
    visitor = visit("tour", lesson=lesson.code)
    right = next(number for number, answer in enumerate(lesson.answers) if answer.right)
    wrong = (right + 1) % len(lesson.answers)
    visitor.get_by_key(f"tour_{lesson.code}_answer_{wrong}").click().run()
    assert works(visitor)
    assert "Right." not in words_in(visitor, "tour_verdict")
    words = words_in(visitor, "tour_question")
    assert [answer.why for answer in lesson.answers if answer.why not in words] == []
    visitor.get_by_key(f"tour_{lesson.code}_answer_{right}").click().run()
    assert "Right." in words_in(visitor, "tour_verdict")
    assert "(answered)" in visitor.get_by_key(f"tour_to_{lesson.code}").label


@every_lesson
def test_run_starts_a_lesson_with_its_own_values(store: Store, lesson: Lesson) -> None:
    visitor = visit("tour", known_as=f"runner of {lesson.code}", lesson=lesson.code)
    visitor.get_by_key("tour_start").click().run()
    assert works(visitor)
    (study,) = store.studies("tour", owner=known_by(f"runner of {lesson.code}"))
    assert study.config == LessonConfig(lesson=lesson.code)


def test_run_starts_the_lesson_with_the_chosen_values(store: Store) -> None:
    name, value = other_value(VARIED)
    visitor = visit("tour", known_as="runner", lesson=VARIED.code)
    visitor.get_by_key(f"tour_{VARIED.code}_{name}").set_value(value).run()
    visitor.get_by_key("tour_start").click().run()
    assert works(visitor)
    (study,) = store.studies("tour", owner=known_by("runner"))
    assert study.config == LessonConfig(lesson=VARIED.code, values=((name, value),))
    assert visitor.query_params["tour"] == study.id
    assert visitor.query_params[name] == str(value)
    assert there(visitor, "tour_recorded"), "until something comes out, the recording stays"
    assert there(visitor, "tour_stop")


@both_languages
def test_whoever_opens_the_link_sees_what_came_out(store: Store, lang: str) -> None:
    study_id = finished(store, FIRST, by="teacher")
    visitor = visit("tour", known_as="pupil", lang=lang, tour=study_id)
    assert works(visitor)
    assert "fresh of this run" in code_on(visitor)
    assert not there(visitor, "tour_recorded")
    assert there(visitor, "tour_truth")
    assert visitor.query_params["lesson"] == FIRST.code
    assert lang == "en" or english_on(visitor) == []


def test_ones_own_newest_result_is_shown_without_a_link(store: Store) -> None:
    finished(store, FIRST, by="returning", mark="older")
    newest = finished(store, FIRST, by="returning", mark="newer")
    visitor = visit("tour", known_as="returning", lesson=FIRST.code)
    assert "newer of this run" in code_on(visitor)
    assert visitor.query_params["tour"] == newest


def parts(lesson: Lesson) -> list[tuple[LessonConfig, tuple[Output, ...]]]:
    """What a run of the lesson's own values brings; of a lesson with blocks, one run of each."""
    recorded = Outputs(recording(lesson.code).outputs)
    if not lesson.blocks:
        return [(LessonConfig(lesson=lesson.code), recorded.all)]
    return [
        (LessonConfig(lesson=lesson.code, values=((BLOCK, block),)), recorded.only(names).all)
        for block, names in lesson.blocks.items()
    ]


@every_lesson
def test_a_lesson_at_work_is_seen_after_everything_that_comes_out(store: Store, lesson: Lesson) -> None:
    """What a function returns comes one thing after the other, and the page may be drawn between any two."""
    for config, outputs in parts(lesson):
        study_id = ran(store, config, [recording(lesson.code).began])
        visitor = visit("tour", tour=study_id)
        for output in outputs:
            store.append(study_id, output)
            assert works(visitor.run()), f"after {type(output).__name__} of {output.name}"
        assert there(visitor, "tour_truth")
        store.append(study_id, Finished(step=len(outputs), reason="taught"))


@every_lesson
def test_an_error_in_any_function_is_shown_in_place_of_what_it_would_return(store: Store, lesson: Lesson) -> None:
    for config, outputs in parts(lesson):
        for name in dict.fromkeys(output.name for output in outputs):
            failed = Printed(name=name, text="", error="ResourceExhaustedError: no memory")
            others = [output for output in outputs if output.name != name]
            study_id = ran(
                store, config, [recording(lesson.code).began, *others, failed, Finished(step=1, reason="taught")]
            )
            visitor = visit("tour", tour=study_id)
            assert works(visitor), name
            assert failed.error in code_on(visitor)


def test_a_stopped_lesson_shows_what_came_out_and_no_truth(store: Store) -> None:
    recorded = recording(FIRST.code)
    study_id = ran(store, recorded.config, [recorded.began, recorded.outputs[0], Stopped(step=1)])
    visitor = visit("tour", tour=study_id)
    assert works(visitor)
    assert "Nothing has come out yet." in words_in(visitor, f"tour_output_{list(FIRST.functions)[-1]}")
    assert not there(visitor, "tour_truth")


def test_another_value_says_that_the_output_is_still_of_the_old_one() -> None:
    name, value = other_value(VARIED)
    visitor = visit("tour", lesson=VARIED.code, **{name: str(value)})
    assert works(visitor)
    assert visitor.get_by_key(f"tour_{VARIED.code}_{name}").value == value
    for function in VARIED.functions:
        usual = call(VARIED, function, VARIED.values({}))
        wanted = call(VARIED, function, VARIED.values({name: value}))
        assert wanted in code_on(visitor)
        assert (f"Still of `{usual}`" in words_in(visitor, f"tour_output_{function}")) == (usual != wanted)


@both_languages
def test_refused_values_are_named_and_the_good_ones_apply(lang: str) -> None:
    name = next(iter(VARIED.varied))
    setting = VARIED.varied[name].setting
    visitor = visit("tour", lang=lang, lesson=VARIED.code, **{name: "huge", "colour": "red"})
    assert works(visitor)
    said = words_in(visitor, f"tour_{VARIED.code}_refused")
    for error in (StudyError(name, "huge", setting.allowed), UnknownSetting("colour")):
        assert error.sentence(translator(lang)) in said
    assert visitor.get_by_key(f"tour_{VARIED.code}_{name}").value == VARIED.varied[name].value
    assert not visitor.get_by_key("tour_start").disabled
    assert "colour" not in visitor.query_params


@both_languages
@pytest.mark.parametrize("code", ["nothing", "한글", "<b>", "**", "x" * 200])
def test_an_unknown_lesson_is_named_and_a_lesson_opens_all_the_same(code: str, lang: str) -> None:
    visitor = visit("tour", lang=lang, lesson=code)
    assert works(visitor)
    (warning,) = visitor.warning
    assert f"“{as_text(code[:60])}" in warning.value
    assert FIRST.code in warning.value
    assert visitor.query_params["lesson"] == FIRST.code
    assert there(visitor, "tour_start")


def test_an_unknown_result_is_named_and_the_lesson_opens(store: Store) -> None:
    visitor = visit("tour", lesson=FIRST.code, tour="nowhere")
    assert works(visitor)
    (warning,) = visitor.warning
    assert "nowhere" in warning.value
    assert there(visitor, "tour_recorded")


def test_the_way_leads_through_every_lesson_and_back() -> None:
    """Each step leaves nothing of the lesson before in the link."""
    codes = list(LESSONS)
    visitor = visit("tour", lesson=codes[0], lang="en")
    assert not there(visitor, "tour_back")
    for code in codes[1:]:
        visitor.get_by_key("tour_next").click().run()
        assert works(visitor)
        assert list(visitor.warning) == []
        assert visitor.query_params == {"lesson": code, "lang": "en"}
    assert not there(visitor, "tour_next")
    for code in reversed(codes[:-1]):
        visitor.get_by_key("tour_back").click().run()
        assert works(visitor)
        assert visitor.query_params["lesson"] == code
    for code in codes:
        if not visitor.get_by_key(f"tour_to_{code}").disabled:
            visitor.get_by_key(f"tour_to_{code}").click().run()
        assert visitor.query_params["lesson"] == code


def test_home_leads_into_the_tour() -> None:
    visitor = visit("home")
    visitor.get_by_key("go_tour").click().run()
    assert works(visitor)
    assert [title.value for title in visitor.title] == ["Tour"]
