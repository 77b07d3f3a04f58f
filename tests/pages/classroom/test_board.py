"""The board of runs: a point for each tested run of those inside, with its settings, and names only where they show."""

import pytest

from lib.core.classroom.nicknames import shown
from lib.core.i18n import LANGUAGES
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from tests.pages.classroom.together import ANNA, TEACHER, at, new_room
from tests.pages.stories import tell
from tests.pages.visiting import charts_on, english_left, words_in, words_on


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_tested_run_is_a_point_with_what_differs(store: Store, lang: str) -> None:
    room = new_room(store)
    (anna,) = [member for member in store.classroom.members(room.id) if member.visitor == ANNA]
    tell(store, "finished", TrainConfig(epochs=3, execution="graph"), owner="anna")
    tell(store, "finished, target", TrainConfig(epochs=3, execution="xla"), owner="teacher")
    tell(store, "waiting", owner="ben")
    tell(store, "finished", owner="somebody in no room")
    board = at("board", "anna", lang)
    assert not board.exception
    (chart,) = charts_on(board)
    traces = {trace["name"]: trace for trace in chart["spec"]["traces"]}
    assert sorted(y for trace in traces.values() for y in trace["y"]) == [0.9741, 0.9833]
    texts = [text for trace in traces.values() for text in trace["text"]]
    name = shown(anna.nickname, lang)
    assert sum(name in text for text in texts) == 1
    rings = [width for trace in traces.values() for width in trace["marker"]["line"]["width"]]
    assert sorted(width > 0 for width in rings) == [False, True], "one's own"
    assert (english_left(words_on(board)) == []) == (lang == "ko")
    store.classroom.change(room.id, TEACHER, names_hidden=True)
    hidden = at("board", "ben", lang)
    assert name not in words_in(hidden, "class_board")


def test_an_empty_board_says_what_will_come(store: Store) -> None:
    new_room(store)
    assert "first epoch" in words_in(at("board", "ben"), "class_board")
