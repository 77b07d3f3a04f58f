"""The digit wall: shown from Draw with a press, read by a model, taken down with a press, tuned on."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.data.dataset import load_images
from lib.core.i18n import LANGUAGES
from lib.core.training.architectures import weight_shapes
from lib.core.training.events import Checkpoint, Stopped
from lib.runs.db.store import Store
from lib.runs.model.room import Doors, Room
from lib.ui.draw.mydigits.finetune import TOO_FEW
from lib.ui.shell.visitor import known_by
from tests.pages.classroom.together import ANNA, TEACHER, at, new_room
from tests.pages.draw.drawing import SEVEN, draw
from tests.pages.stories import CONFIG, tell
from tests.pages.visiting import english_left, there, visit, words_in, words_on


def hang(store: Store, room: Room, count: int, visitor: str = ANNA) -> None:
    images = load_images("mnist")
    for place in range(count):
        store.classwork.show_digit(room.id, visitor, int(images.y_test[place]), images.x_test[place])


def on_wall(store: Store, room: Room) -> list[int]:
    return [digit.label for digit in store.classwork.wall(room.id)]


def test_a_drawing_is_kept_then_shown_and_taken_back_from_both(store: Store) -> None:
    room = new_room(store)
    visitor = draw(visit("draw", known_as="anna"), SEVEN)
    assert not there(visitor, "own_show_0"), "only what was kept has a label"
    visitor.get_by_key("own_right_0").click().run()
    visitor.get_by_key("own_show_0").click().run()
    (digit,) = store.classwork.wall(room.id)
    assert (digit.visitor, digit.label, digit.read) == (ANNA, 7, 7)
    assert visitor.get_by_key("own_show_0").disabled
    visitor.get_by_key("own_label_0").set_value(1).run()
    assert on_wall(store, room) == [7], "what hangs there stays until it is shown anew"
    visitor.get_by_key("own_show_0").click().run()
    assert on_wall(store, room) == [1]
    visitor.get_by_key("own_undo_0").click().run()
    assert on_wall(store, room) == []
    assert store.own_digits(ANNA) == []


def test_who_is_not_inside_shows_nothing(store: Store) -> None:
    room = new_room(store)
    store.classroom.change(room.id, TEACHER, doors=Doors.KNOCK)
    store.classroom.join(room.id, known_by("knocks"), store.classroom.nicknames(room.id)[0])
    for name in ("knocks", "stranger"):
        visitor = draw(visit("draw", known_as=name), SEVEN)
        visitor.get_by_key("own_right_0").click().run()
        assert not there(visitor, "own_show_0")


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_everybody_sees_both_accuracies_and_nobodys_name(store: Store, lang: str) -> None:
    room = new_room(store)
    assert not there(at("wall", "anna", lang), "class_wall_scores")
    hang(store, room, 20)
    store.classwork.show_digit(room.id, TEACHER, 3, load_images("mnist").x_test[0])
    for name in ("anna", "teacher"):
        visitor = at("wall", name, lang)
        assert not visitor.exception
        said = words_in(visitor, "class_wall_scores")
        assert "99.6" in said
        assert "95.2" in said, "20 of 21"
        assert "3 → 7" in "".join([*words_on(visitor), *options(visitor)])
        assert (english_left(words_on(visitor)) == []) == (lang == "ko")
        nicknames = [member.nickname for member in store.classroom.members(room.id)]
        assert not any(name in words_in(visitor, "class_wall") for name in nicknames)


def options(visitor: AppTest) -> list[str]:
    """What the teacher can press."""
    return list(visitor.get_by_key("class_wall_digits").options) if there(visitor, "class_wall_digits") else []


def test_the_teacher_takes_a_drawing_down_with_one_press_and_puts_it_back(store: Store) -> None:
    room = new_room(store)
    hang(store, room, 3)
    teacher = at("wall", "teacher")
    newest = store.classwork.wall(room.id)[0]
    teacher.get_by_key("class_wall_digits").set_value([newest.number]).run()
    assert len(on_wall(store, room)) == 2
    assert newest.number not in [digit.number for digit in store.classwork.wall(room.id)]
    teacher.get_by_key("class_wall_undo").click().run()
    assert newest.number in [digit.number for digit in store.classwork.wall(room.id)]
    assert not there(at("wall", "anna"), "class_wall_digits"), "members only look"


def test_a_run_of_the_class_is_tuned_on_the_wall(store: Store) -> None:
    room = new_room(store)
    hang(store, room, TOO_FEW - 1)
    teacher = at("wall", "teacher")
    assert not there(teacher, "class_tune"), "there is nothing to tune"
    base = tell(store, "running, third epoch", CONFIG, owner="anna")
    shapes = weight_shapes(CONFIG)
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    store.append(base, Checkpoint(step=store.run(base).step, weights=weights))
    store.append(base, Stopped(step=store.run(base).step))
    teacher = at("wall", "teacher")
    assert not there(teacher, "class_tune"), "some digits are missing"
    hang(store, room, TOO_FEW)
    teacher = at("wall", "teacher")
    teacher.get_by_key("class_tune").click().run()
    tuned = store.runs(limit=1)[0]
    assert (tuned.base, tuned.owner, tuned.room) == (base, TEACHER, room.id)
    tuning = store.tuning(tuned.id)
    assert tuning is not None
    assert len(tuning.digits) == TOO_FEW
    assert "[waiting]" in words_in(at("wall", "anna"), "class_tuning"), "everybody follows it"
