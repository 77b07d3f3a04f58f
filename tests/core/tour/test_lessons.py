"""Every lesson is complete: what its page, its file and its link are made of fits together."""

import ast
import io
import re

import numpy as np
import pytest

from lib.core.data.dataset import load_images
from lib.core.i18n import CATALOGUES, translator
from lib.core.studies.configs import LessonConfig, StudyError, UnknownSetting, study_from_dict, study_to_dict
from lib.core.tour.code import ROOT, call, parameters, script
from lib.core.tour.lesson import BLOCK, Lesson
from lib.core.tour.lessons import LESSONS
from tests.core.tour.lessons import every_lesson

HANGUL = re.compile("[가-힣]")
TAKEN = {"lesson", "tour", "lang"}
"""Parameters of the page's link that are no lesson's value."""


@every_lesson
def test_a_lesson_is_listed_by_its_code_and_has_its_files(lesson: Lesson) -> None:
    assert LESSONS[lesson.code] is lesson
    assert re.fullmatch("[a-z][a-z0-9_]*", lesson.code)
    for folder in ("lib/core/tour", "lib/ml/tour"):
        assert (ROOT / folder / f"{lesson.code}.py").is_file()


@every_lesson
def test_one_answer_is_right_and_each_says_why(lesson: Lesson) -> None:
    assert len(lesson.answers) >= 2
    assert [answer.right for answer in lesson.answers].count(True) == 1
    assert all(answer.why for answer in lesson.answers)
    assert len({answer.text for answer in lesson.answers}) == len(lesson.answers)


@every_lesson
def test_its_sentences_have_their_korean(lesson: Lesson) -> None:
    korean = translator("ko")
    whys = [answer.why for answer in lesson.answers]
    explained = [words for lines in lesson.lines.values() for words in lines.values()]
    sentences = [lesson.claim, lesson.about, lesson.question, *whys, *explained]
    assert [text for text in sentences if not HANGUL.search(korean(text))] == []
    settings = [varied.setting for varied in lesson.varied.values()]
    others = [lesson.title, *lesson.functions.values(), *lesson.reading, *(answer.text for answer in lesson.answers)]
    named = [*others, *(setting.label for setting in settings)]
    catalogue = (CATALOGUES / "ko.po").read_text(encoding="utf-8")
    assert [text for text in named if text.replace('"', '\\"') not in catalogue] == []


@every_lesson
def test_its_functions_stand_in_its_file_and_take_only_what_is_varied(lesson: Lesson) -> None:
    assert lesson.functions
    there = parameters(lesson)
    assert lesson.functions.keys() <= there.keys()
    taken = {name for function in lesson.functions for name in there[function]}
    taken |= {BLOCK} if lesson.blocks else set()
    assert taken == lesson.varied.keys(), "each varied value is taken by a function, and nothing else is"
    assert not taken & TAKEN


@every_lesson
def test_what_is_shown_above_a_function_and_explained_stands_in_its_code(lesson: Lesson) -> None:
    assert {*lesson.uses, *lesson.lines} <= lesson.functions.keys()
    text = (ROOT / lesson.file).read_text(encoding="utf-8")
    code = {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for name in lesson.functions:
        shown = "\n".join(code[part] for part in (*lesson.uses.get(name, ()), name))
        assert [line for line in lesson.lines.get(name, ()) if line not in shown] == []


@every_lesson
def test_each_block_has_functions_of_its_own(lesson: Lesson) -> None:
    if not lesson.blocks:
        return
    assert lesson.blocks.keys() == lesson.varied[BLOCK].setting.options.keys()
    assert [name for names in lesson.blocks.values() for name in names] == list(lesson.functions)
    for block, names in lesson.blocks.items():
        assert tuple(lesson.chosen(lesson.values({BLOCK: block}))) == names


@every_lesson
def test_it_imports_nothing_of_this_app(lesson: Lesson) -> None:
    tree = ast.parse((ROOT / lesson.file).read_text(encoding="utf-8"))
    modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert modules
    assert [name for name in modules if name.split(".")[0] in ("lib", "pages", "tests", "")] == []


@every_lesson
def test_its_values_are_within_bounds_and_others_are_refused_by_name(lesson: Lesson) -> None:
    usual = LessonConfig(lesson=lesson.code)
    assert dict(usual.values) == {name: varied.value for name, varied in lesson.varied.items()}
    assert study_from_dict("tour", study_to_dict(usual)) == usual
    for name, varied in lesson.varied.items():
        wrong = "no such option" if varied.setting.options else varied.setting.kind(varied.setting.high + 1)
        with pytest.raises(StudyError, match=f"{name} must be"):
            LessonConfig(lesson=lesson.code, values=((name, wrong),))
    with pytest.raises(UnknownSetting):
        LessonConfig(lesson=lesson.code, values=(("no_such_value", 1),))


@every_lesson
def test_its_reading_is_official_and_safe(lesson: Lesson) -> None:
    assert lesson.reading
    assert [address for address in lesson.reading.values() if not address.startswith("https://")] == []


@every_lesson
def test_its_file_calls_every_function_as_the_page_says(lesson: Lesson) -> None:
    values = lesson.values({})
    text = script(lesson, values)
    body = ast.parse(text).body[-1]
    assert isinstance(body, ast.If)
    calls = [ast.unparse(node) for node in body.body]
    for name, said in zip(lesson.functions, calls, strict=True):
        arguments = call(lesson, name, values).removeprefix(name).strip("()")
        assert said == f"show({', '.join(filter(None, (name, arguments)))})"


def test_a_file_to_take_away_carries_what_it_reads_and_that_is_mnist() -> None:
    """Its images are the first of those that ship."""
    lesson = LESSONS["listing"]
    text = script(lesson, lesson.values({}))
    assert "__file__" not in text
    carried = re.search(r'^MNIST = bytes.fromhex\("([0-9a-f]+)"\)$', text, re.MULTILINE)
    assert carried
    whole = load_images("mnist")
    with np.load(io.BytesIO(bytes.fromhex(carried[1]))) as arrays:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            assert len(arrays[name]) >= 128
            np.testing.assert_array_equal(arrays[name], getattr(whole, name)[: len(arrays[name])])


def test_an_unknown_lesson_is_refused_with_all_names() -> None:
    with pytest.raises(StudyError, match=", ".join(LESSONS)):
        LessonConfig(lesson="nothing")
