"""The picture of the ecosystem leads to what there is."""

from lib.core.tour.lesson import BLOCK
from lib.core.tour.lessons import LESSONS
from lib.ui.tour.ecosystem.diagram import BOXES, CODE


def test_every_box_opens_a_lesson_or_a_block_and_every_block_has_one() -> None:
    assert {box.lesson for box in BOXES.values()} <= LESSONS.keys()
    assert {box.block for box in BOXES.values() if box.block} == LESSONS[CODE].blocks.keys()
    assert all(bool(box.block) == (box.lesson == CODE) for box in BOXES.values())
    titles = LESSONS[CODE].varied[BLOCK].setting.options
    assert {box.block: box.title for box in BOXES.values() if box.block} == dict(titles)
