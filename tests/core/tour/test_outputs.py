"""What came out is looked up by its function; what did not come out is said."""

import numpy as np
import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.recordings import KINDS, from_json, path_of, recording, to_json
from lib.core.tour.lesson import Lesson
from lib.core.tour.outputs import Listed, NoOutput, Numbers, Outputs, Printed, Timed
from tests.core.tour.lessons import every_lesson

LEFT = (
    Numbers(name="a", key="x", values=np.float32([1, 2])),
    Printed(name="a", text="one\n"),
    Printed(name="b", text="", error="ValueError: no"),
    Listed(name="c", columns={"old": ("x", "y"), "new": ("", "z")}),
    Printed(name="c", text=""),
    Timed(name="c", key="eager", times=(3_000_000, 1_000_000, 2_000_000)),
)


def test_each_output_is_found_by_name_and_key() -> None:
    outputs = Outputs([object(), *LEFT])
    assert outputs.text("a") == "one\n"
    assert outputs.error("a") == ""
    assert outputs.error("b") == "ValueError: no"
    assert outputs.array("a", "x").tolist() == [1, 2]
    assert outputs.times("c", "eager") == (3_000_000, 1_000_000, 2_000_000)
    assert outputs.seconds("c", "eager") == 0.002
    assert outputs.column("c", "new") == ("", "z")
    assert outputs.of("a") == LEFT[:2]
    assert outputs.only(["a"]).all == LEFT[:2]


def test_what_a_function_returns_is_there_as_a_whole_or_not_at_all() -> None:
    """The printed text comes after it. After an error there is only that, and what was printed before."""
    half = Outputs(LEFT[:1])
    assert not half.has_ended("a")
    failed = Outputs([Printed(name="a", text="one\n", error="ValueError: no")])
    assert failed.has_ended("a")
    assert failed.printed("a").text == "one\n"
    for outputs in (half, failed):
        assert not outputs.has_returned("a")
        for look in (outputs.text, outputs.numbers, lambda name, of=outputs: of.array(name, "x")):
            with pytest.raises(NoOutput):
                look("a")


def test_what_did_not_come_out_is_said() -> None:
    outputs = Outputs(LEFT)
    for look in (
        lambda: outputs.text("d"),
        lambda: outputs.text("b"),
        lambda: outputs.array("a", "y"),
        lambda: outputs.array("b", "eager"),
        lambda: outputs.times("a", "x"),
        lambda: outputs.column("c", "y"),
        lambda: outputs.column("a", "old"),
    ):
        with pytest.raises(NoOutput):
            look()
    assert outputs.of("d") == ()


@every_lesson
def test_a_recording_has_every_function_and_comes_back_from_its_file(lesson: Lesson) -> None:
    recorded = recording(lesson.code)
    assert recorded.config.lesson == lesson.code
    assert dict(recorded.config.values) == lesson.values({})
    assert [each.name for each in recorded.outputs if isinstance(each, Printed)] == list(lesson.functions)
    assert recorded.began.machine
    assert recorded.began.versions["tensorflow"]
    assert to_json(from_json(to_json(recorded))) == path_of(lesson.code).read_text(encoding="utf-8")


@every_lesson
@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_its_truth_is_told_from_what_was_recorded(lesson: Lesson, lang: str) -> None:
    recorded = Outputs(recording(lesson.code).outputs)
    for names in lesson.blocks.values() or [tuple(lesson.functions)]:
        words = lesson.truth(recorded.only(names), translator(lang))
        assert words.strip()
        assert "{" not in words.replace("{{", "")
    with pytest.raises(NoOutput):
        lesson.truth(Outputs(()), translator(lang))


def test_every_output_can_be_stored_in_a_file() -> None:
    assert set(map(type, LEFT)) <= set(KINDS.values())
