"""The class page and what holds on the others: joining, the teacher's view, pausing, opening, locking."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from lib.core.classroom.codes import spaced
from lib.core.classroom.nicknames import shown
from lib.core.i18n import LANGUAGES, translator
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed, Finished
from lib.core.untrusted import beginning
from lib.runs.db.store import Store
from lib.runs.model.room import Doors, Room, RoomError
from lib.runs.model.run import Status
from lib.ui.classroom.overview import overview_of
from lib.ui.classroom.snapshot import snapshot
from lib.ui.shell import room as shell_room
from lib.ui.shell.plain import as_text
from lib.ui.shell.visitor import known_by
from tests.pages.conftest import own_home
from tests.pages.stories import COMPILED, STARTED, epoch
from tests.pages.visiting import charts_on, english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
CONFIG = TrainConfig(epochs=1, train_size=2000, batch_size=50)
OTTER, FOX, OWL = "quiet-otter", "brave-fox", "calm-owl"
TEACHER = known_by("teacher")


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without rooms."""
    with own_home(tmp_path) as folder:
        yield folder


@pytest.fixture
def room(store: Store) -> Room:
    return store.classroom.make_room(TEACHER)


def come(page: str = "class", known_as: str = "teacher", lang: str = "en", **link: str) -> AppTest:
    """A visit of a server that has read nothing of the room yet."""
    shell_room._seat_of.clear()
    return visit(page, known_as=known_as, lang=lang, **link)


def again(visitor: AppTest) -> AppTest:
    """The page's next run, which reads the room anew."""
    shell_room._seat_of.clear()
    return visitor.run()


def press(visitor: AppTest, key: str) -> AppTest:
    visitor.get_by_key(key).click()
    return again(visitor)


def member(store: Store, room: Room, name: str, nickname: str) -> str:
    return store.classroom.join(room.id, known_by(name), nickname).visitor


@both_languages
def test_a_teacher_makes_a_room_and_shows_its_code(lang: str, store: Store) -> None:
    visitor = come(lang=lang)
    visitor = press(visitor, "class_make")
    assert works(visitor)
    made = store.classroom.taught_by(TEACHER)
    assert made
    assert spaced(made.code) in words_in(visitor, "class_invitation")
    assert english_left(words_on(visitor)) == [] or lang == "en"
    newer = press(visitor, "class_new_code")
    assert spaced(made.code) not in words_in(newer, "class_invitation")


@both_languages
def test_the_qr_code_holds_the_address_at_which_the_page_was_opened(lang: str, room: Room) -> None:
    visitor = come(lang=lang)
    assert not [name for name in components(visitor) if name == "picture"], (
        "an address that nobody has told is not made up"
    )
    visitor.context["url"] = "https://school.example/lab/class?lang=ko#top"
    again(visitor)
    link = f"https://school.example/lab/class?code={room.code}"
    assert link in words_in(visitor, "class_invitation")
    assert not there(visitor, "localhost")
    visitor.context["url"] = "http://localhost:8501/class"
    said = words_in(again(visitor), "class_invitation")
    assert f"http://localhost:8501/class?code={room.code}" in said


def components(visitor: AppTest) -> list[str]:
    return [mount.proto.component_name for mount in visitor.get("bidi_component")]


@both_languages
def test_a_code_opens_the_door_and_a_nickname_goes_through(lang: str, store: Store, room: Room) -> None:
    visitor = come(known_as="ann", lang=lang)
    visitor.get_by_key("class_code").set_value(f" {spaced(room.code).lower()} ")
    visitor = press(visitor, "class_join")
    names = [visitor.get_by_key(f"class_name_{number}").label for number in (1, 2, 3)]
    assert len(set(names)) == 3
    assert [visitor.get_by_key(f"class_name_{number}").label for number in (1, 2, 3)] == names, "they stay the same"
    visitor = press(visitor, "class_name_2")
    assert works(visitor)
    (ann,) = store.classroom.members(room.id)
    assert ann.visitor == known_by("ann")
    assert shown(ann.nickname, lang) == names[1]
    assert names[1] in words_in(visitor, "room_bar")
    assert "code" not in visitor.query_params
    assert english_left(words_on(visitor)) == [] or lang == "en"
    press(visitor, "class_leave")
    assert store.classroom.members(room.id) == []
    assert there(visitor, "class_make")


@both_languages
@pytest.mark.parametrize("code", ["nowhere", "한글한글한글", "<b>", "x" * 500, "**", "' OR 1=1 --", "\x00\x00"])
def test_a_code_that_opens_nothing_is_named(code: str, lang: str, room: Room) -> None:
    visitor = come(known_as="ann", lang=lang, code=code)
    assert works(visitor)
    (warning,) = visitor.warning
    assert re.search(r"six|여섯", warning.value)
    assert as_text(beginning(code, 20)) in warning.value
    assert there(visitor, "class_code")


def test_a_nickname_that_was_taken_meanwhile_is_refused_and_others_are_offered(store: Store, room: Room) -> None:
    visitor = come(known_as="ann", code=room.code)
    first = visitor.session_state["class_offered"][1][0]
    member(store, room, "bob", first)
    visitor = press(visitor, "class_name_1")
    assert RoomError("taken").sentence() in words_in(visitor, "class_not_done")
    assert first not in visitor.session_state["class_offered"][1]


def test_whoever_knocks_is_let_in_by_the_teacher(store: Store, room: Room) -> None:
    teacher = press(come(), "class_doors")
    assert store.classroom.room(room.id).doors == Doors.KNOCK
    member(store, room, "ann", OTTER)
    visitor = come("train", "ann")
    assert "at the door" in words_in(visitor, "room_bar")
    (card,) = cards_on(again(teacher))
    assert card["state"] == "state_door"
    press(teacher, "class_doors")
    assert cards_on(again(teacher))[0]["state"] == "state_here"
    assert "door" not in words_in(again(visitor), "room_bar")


def cards_on(visitor: AppTest) -> list[dict[str, object]]:
    """What the cards show."""
    import json

    (mount,) = [one.proto for one in visitor.get("bidi_component") if one.proto.component_name == "class_cards"]
    return list(json.loads(mount.json)["cards"])


@both_languages
def test_the_teacher_sees_who_is_where_and_how_far(lang: str, store: Store, room: Room) -> None:
    ann, bob, cem = (member(store, room, name, nick) for name, nick in (("ann", OTTER), ("bob", FOX), ("cem", OWL)))
    store.classroom.say_where(room.id, ann, "tour/tape")
    running = store.create_run(CONFIG, owner=ann).id
    store.claim(running, "server/host:1/a")
    for event in (STARTED, COMPILED, *epoch(1, 9000)):
        store.append(running, event)
    failed = store.create_run(TrainConfig(learning_rate=5.0), owner=bob).id
    store.claim(failed, "server/host:1/b")
    store.append(failed, Failed(step=0, reason="not_a_number"))
    for right in (1000, 9900):  # the second one has learned
        finished = store.create_run(CONFIG, owner=cem).id
        store.claim(finished, "server/host:1/c")
        for event in (STARTED, COMPILED, *epoch(1, right), Finished(step=40, reason="epochs")):
            store.append(finished, event)
    visitor = come(lang=lang)
    assert works(visitor)
    cards = cards_on(visitor)
    assert [card["state"] for card in cards] == ["state_running", "state_error", "state_done"]
    assert [card["called"] for card in cards] == [shown(name, lang) for name in (OTTER, FOX, OWL)]
    _ = translator(lang)
    assert cards[0]["where"] == f"{_('Tour')} · {_('Tracks gradients')}" or str(cards[0]["where"]).startswith(_("Tour"))
    assert "90" in str(cards[0]["said"])
    assert english_left(words_on(visitor)) == [] or lang == "en"
    told = " ".join(words_on(visitor))
    assert told.count("1×") == 2, "one has exploded, one has learned nothing"
    press(visitor, "class_hide_names")
    hidden = cards_on(again(visitor))
    assert [card["called"] for card in hidden] == [_("No. {number}").format(number=number) for number in (1, 2, 3)]


def test_what_the_overview_asks_does_not_grow_with_the_class(store: Store, room: Room) -> None:
    def asked(members: int) -> int:
        for number in range(members):
            name = f"m{number}"
            who = member(store, room, name, store.classroom.nicknames(room.id)[0])
            store.create_run(CONFIG, owner=who)
        statements: list[str] = []
        listener = lambda *about: statements.append(about[2])  # noqa: E731
        sa.event.listen(store._pool, "before_cursor_execute", listener)
        come()
        sa.event.remove(store._pool, "before_cursor_execute", listener)
        return len(statements)

    few = asked(2)
    assert asked(30) == few


@both_languages
def test_while_the_class_is_paused_members_start_nothing_and_their_runs_rest(
    lang: str, store: Store, room: Room
) -> None:
    ann = member(store, room, "ann", OTTER)
    under_way, own_pause = store.create_run(CONFIG, owner=ann).id, store.create_run(CONFIG, owner=ann).id
    store.pause(own_pause)
    mine = store.create_run(CONFIG, owner=TEACHER).id
    teacher = press(come(), "class_pause")
    assert store.run(under_way).status == Status.PAUSED
    assert store.run(mine).status == Status.WAITING, "the teacher shows something on the projector"
    member(store, room, "bob", FOX)
    visitor = press(come("train", "bob", lang=lang), "train_start")
    assert RoomError("paused").sentence(translator(lang)) in words_in(visitor, "not_done")
    assert len(store.open_runs()) == 1
    assert english_left(words_on(visitor)) == [] or lang == "en"
    assert there(teacher, "class_go_on")


def test_what_the_pause_has_paused_goes_on_and_nothing_else(store: Store, room: Room) -> None:
    ann = member(store, room, "ann", OTTER)
    under_way, own_pause, stopped = (store.create_run(CONFIG, owner=ann).id for _number in range(3))
    store.pause(own_pause)
    teacher = press(come(), "class_pause")
    store.stop(stopped)
    late = store.create_run(CONFIG, owner=ann).id
    again(teacher)
    assert store.run(late).status == Status.PAUSED, "a page that had not heard of the pause yet"
    press(teacher, "class_go_on")
    states = [store.run(run_id).status for run_id in (under_way, late, own_pause, stopped)]
    assert states == [Status.WAITING, Status.WAITING, Status.PAUSED, Status.STOPPED]
    assert not store.classroom.room(room.id).held


@both_languages
def test_a_room_locks_and_hides_settings_of_its_members(lang: str, store: Store, room: Room) -> None:
    member(store, room, "ann", OTTER)
    visitor = come("train", "ann", lang=lang, batch_size="64", seed="7")
    store.classroom.change(room.id, TEACHER, locked=["epochs", "optimizer"], hidden=["seed", "batch_size"])
    again(visitor)
    assert visitor.get_by_key("epochs").disabled
    assert visitor.get_by_key("optimizer").disabled
    assert not visitor.get_by_key("learning_rate").disabled
    assert not there(visitor, "seed")
    assert english_left(words_on(visitor)) == [] or lang == "en"
    press(visitor, "train_start")
    (run,) = store.runs()
    assert (run.config.batch_size, run.config.seed) == (64, 7), "what is not seen keeps its value"
    store.classroom.change(room.id, TEACHER, locked=(), hidden=())
    again(visitor)
    assert visitor.get_by_key("seed").value == 7
    assert not visitor.get_by_key("epochs").disabled


@both_languages
def test_a_link_locks_and_hides_settings_without_a_room(lang: str) -> None:
    visitor = come("train", "ann", lang=lang, locked="epochs, optimizer", hidden="seed", epochs="2")
    assert works(visitor)
    assert (visitor.get_by_key("epochs").value, visitor.get_by_key("epochs").disabled) == (2, True)
    assert not there(visitor, "seed")
    assert list(visitor.warning) == []
    assert (visitor.query_params["locked"], visitor.query_params["hidden"]) == ("epochs, optimizer", "seed")
    visitor.switch_page("../../../pages/draw.py").run()
    visitor.switch_page("../../../pages/train.py").run()
    assert visitor.get_by_key("epochs").disabled


@both_languages
@pytest.mark.parametrize("names", ["colour", "<b>", "x" * 5000, "epochs,colour", ",,,", "\x00"])
def test_a_link_that_locks_what_is_not_there_says_so(names: str, lang: str) -> None:
    visitor = come("train", "ann", lang=lang, locked=names)
    assert works(visitor)
    assert len(visitor.warning) == (names != ",,,")
    assert all("learning_rate" in warning.value for warning in visitor.warning)


def test_a_page_that_is_opened_for_all_is_gone_to(store: Store, room: Room) -> None:
    member(store, room, "ann", OTTER)
    visitor = come("train", "ann")
    store.classroom.change(room.id, TEACHER, opened="tour?lesson=tape")
    again(visitor)
    assert works(visitor)
    assert visitor.title[0].value == "Tour"
    assert visitor.query_params["lesson"] == "tape"
    visitor.switch_page("../../../pages/draw.py").run()
    assert again(visitor).title[0].value == "Draw", "whoever goes on afterwards is not fetched back"
    store.classroom.change(room.id, TEACHER, opened="train?epochs=7")
    again(visitor)
    assert visitor.get_by_key("epochs").value == 7
    store.classroom.change(room.id, TEACHER, opened="train?epochs=8")
    assert again(visitor).get_by_key("epochs").value == 8
    store.classroom.change(room.id, TEACHER, opened="shop?x=1")
    assert works(again(visitor)), "a page of a later version"
    newcomer = come("draw", "ann")
    assert newcomer.title[0].value == "Draw", "a new tab is where its address says"


def test_a_page_is_opened_with_what_the_teacher_has_set(store: Store, room: Room) -> None:
    teacher = come("train", epochs="3")
    teacher.switch_page("../../../pages/class.py").run()
    teacher.get_by_key("class_page").set_value("train?epochs=3")
    press(teacher, "class_open")
    assert store.classroom.room(room.id).opened == "train?epochs=3"


@both_languages
def test_a_teacher_sees_the_app_as_a_student_does(lang: str, store: Store, room: Room) -> None:
    store.classroom.change(room.id, TEACHER, locked=["epochs"], paused=True)
    visitor = come(lang=lang)
    visitor = press(visitor, "class_see_as_student")
    assert works(visitor)
    assert not there(visitor, "class_pause")
    assert english_left(words_on(visitor)) == [] or lang == "en"
    visitor.switch_page("../../../pages/train.py").run()
    assert visitor.get_by_key("epochs").disabled
    press(visitor, "class_as_teacher")
    assert not visitor.get_by_key("epochs").disabled
    visitor.switch_page("../../../pages/class.py").run()
    assert there(visitor, "class_go_on")


@both_languages
def test_the_teachers_link_moves_the_rights_with_a_press(lang: str, store: Store, room: Room) -> None:
    secret = store.classroom.teacher_link(room.id, TEACHER)
    visitor = come(known_as="tablet", lang=lang, teacher=secret)
    assert works(visitor)
    assert store.classroom.taught_by(TEACHER), "opening it alone moves nothing"
    assert english_left(words_on(visitor)) == [] or lang == "en"
    press(visitor, "class_take_over")
    assert there(visitor, "class_pause")
    assert "teacher" not in visitor.query_params
    assert there(come(), "class_make")
    thief = come(known_as="thief", teacher=secret)
    press(thief, "class_take_over")
    assert RoomError("secret").sentence() in words_in(thief, "class_not_done")


def test_a_room_that_was_closed_lets_everybody_go(store: Store, room: Room) -> None:
    member(store, room, "ann", OTTER)
    visitor = come("train", "ann")
    teacher = press(come(), "class_end")
    assert there(teacher, "class_make")
    assert not there(again(visitor), "room_bar")


def test_who_was_removed_is_told_so(store: Store, room: Room) -> None:
    ann = member(store, room, "ann", OTTER)
    visitor = come("train", "ann")
    store.classroom.remove(room.id, TEACHER, ann)
    assert "removed" in words_in(again(visitor), "room_bar")
    visitor.switch_page("../../../pages/class.py").run()
    assert RoomError("removed").sentence() in [warning.value for warning in visitor.warning]
    assert charts_on(visitor) == []


def test_a_snapshot_holds_names_as_text_and_no_code(store: Store, room: Room) -> None:
    ann = member(store, room, "ann", OTTER)
    store.create_run(CONFIG, owner=ann)
    come()
    page = snapshot(overview_of(room))
    assert "Quiet Otter" in page
    assert room.code not in page
    assert ann not in page


def test_a_class_costs_a_page_one_small_query(store: Store, room: Room) -> None:
    member(store, room, "ann", OTTER)
    visitor = come("home", "ann")
    statements: list[str] = []
    listener = lambda *about: statements.append(about[2])  # noqa: E731
    sa.event.listen(store._pool, "before_cursor_execute", listener)
    again(visitor)
    sa.event.remove(store._pool, "before_cursor_execute", listener)
    # A run that takes longer than the answer stays fresh asks again.
    assert 1 <= len([sql for sql in statements if "FROM rooms" in sql]) <= 3
