"""Rooms of classes: who may do what, what the code and the secret open, and what belongs to a room."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lib.core.classroom.codes import LENGTH
from lib.core.studies.configs import XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed
from lib.runs.db import rooms, tables
from lib.runs.db.classroom import USED_EVERY
from lib.runs.db.store import Store
from lib.runs.model.group import Kind
from lib.runs.model.room import Doors, Room, RoomError
from lib.runs.model.run import Status

CONFIG = TrainConfig(epochs=1)
OTTER, FOX, OWL = "quiet-otter", "brave-fox", "calm-owl"


@pytest.fixture
def engine(store: Store, url: str) -> Iterator[sa.Engine]:
    """The same database, bypassing the store."""
    engine = sa.create_engine(tables.address(url))
    yield engine
    engine.dispose()


@pytest.fixture
def room(store: Store) -> Room:
    return store.classroom.make_room("teacher")


def set_columns(engine: sa.Engine, room: Room, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(tables.rooms.update().where(tables.rooms.c.id == room.id).values(**values))


def refused(code: str) -> object:
    return pytest.raises(RoomError, check=lambda error: error.code == code)


def test_a_room_is_found_by_its_code_however_it_is_typed(store: Store, room: Room) -> None:
    typed = f" {room.code[:3].lower()}-{room.code[3:].lower()} ".replace("0", "o").replace("1", "l")
    assert store.classroom.room_by_code(typed) == room == store.classroom.room(room.id)
    assert len(room.code) == LENGTH
    for wrong in ("", "ABC", "ABCDEU", "*" * 500, "\x00" * 6):
        with refused("code"):
            store.classroom.room_by_code(wrong)


def test_a_code_expires_and_a_new_one_replaces_it(store: Store, room: Room, engine: sa.Engine) -> None:
    newer = store.classroom.new_code(room.id, "teacher")
    assert newer.code != room.code
    assert store.classroom.room_by_code(newer.code) == newer
    with refused("code"):
        store.classroom.room_by_code(room.code)
    set_columns(engine, room, code_expires_at=datetime.now(UTC))
    with refused("code"):
        store.classroom.room_by_code(newer.code)
    assert store.classroom.taught_by("teacher")


def test_a_room_that_nobody_uses_is_over(store: Store, room: Room, engine: sa.Engine) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    set_columns(engine, room, used_at=datetime.now(UTC) - rooms.UNUSED)
    assert store.classroom.taught_by("teacher") is None
    assert store.classroom.attended_by("ann") is None
    assert store.create_run(CONFIG, owner="ann").room == ""
    with refused("over"):
        store.classroom.join(room.id, "bob", FOX)


def test_members_keep_a_room_in_use(store: Store, room: Room, engine: sa.Engine) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    early = datetime.now(UTC) - 2 * USED_EVERY
    set_columns(engine, room, used_at=early)
    store.classroom.say_where(room.id, "ann", "tour/" + "x" * 500, "abc")
    assert store.classroom.room(room.id).used_at > early + USED_EVERY
    (ann,) = store.classroom.members(room.id)
    assert (ann.where[:6], len(ann.where), ann.doing) == ("tour/x", tables.PLACE_LENGTH, "abc")


def test_a_nickname_is_had_once_and_kept(store: Store, room: Room) -> None:
    ann = store.classroom.join(room.id, "ann", OTTER)
    assert store.classroom.join(room.id, "ann", FOX) == ann
    assert store.classroom.attended_by("ann") == (store.classroom.room(room.id), ann)
    with refused("taken"):
        store.classroom.join(room.id, "bob", OTTER)
    with refused("name"):
        store.classroom.join(room.id, "bob", "Robert'); DROP TABLE rooms;--")
    assert OTTER not in store.classroom.nicknames(room.id)
    assert len(set(store.classroom.nicknames(room.id))) == 3


def test_two_who_choose_the_same_nickname_at_once_do_not_both_get_it(store: Store, room: Room) -> None:
    def join(visitor: str) -> str:
        try:
            return store.classroom.join(room.id, visitor, OTTER).visitor
        except RoomError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(join, "abcdefgh"))
    assert answers.count("taken") == 7
    assert [member.visitor for member in store.classroom.members(room.id)] == [
        answer for answer in answers if answer != "taken"
    ]


def test_a_full_room_takes_nobody_more(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 1)
    store.classroom.join(room.id, "ann", OTTER)
    with refused("full"):
        store.classroom.join(room.id, "bob", FOX)


def test_only_the_teacher_changes_a_room(store: Store, room: Room) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    for request in (
        lambda: store.classroom.change(room.id, "ann", paused=True),
        lambda: store.classroom.new_code(room.id, "ann"),
        lambda: store.classroom.admit(room.id, "ann", "ann"),
        lambda: store.classroom.remove(room.id, "ann", "ann"),
        lambda: store.classroom.teacher_link(room.id, "ann"),
        lambda: store.classroom.end(room.id, "ann"),
    ):
        with refused("teacher"):
            request()
    assert store.classroom.room(room.id).code == room.code


def test_what_the_teacher_sets_is_read_again(store: Store, room: Room) -> None:
    change = store.classroom.change
    changed = change(room.id, "teacher", paused=True, held={"b", "a"}, locked=["epochs"], hidden=["seed"])
    assert (changed.paused, changed.held, changed.locked, changed.hidden) == (True, {"a", "b"}, {"epochs"}, {"seed"})
    assert changed.opened_at is None
    changed = change(room.id, "teacher", paused=False, opened="tour?lesson=tape", names_hidden=True, doors=Doors.KNOCK)
    assert (changed.paused, changed.opened, changed.names_hidden, changed.doors) == (
        False,
        "tour?lesson=tape",
        True,
        Doors.KNOCK,
    )
    assert changed.opened_at
    assert changed.locked == {"epochs"}
    assert change(room.id, "teacher", locked=()).locked == frozenset()
    with pytest.raises(ValueError, match=str(tables.OPENED_LENGTH)):
        change(room.id, "teacher", opened="x" * (tables.OPENED_LENGTH + 1))


def test_whoever_knocks_waits_until_they_are_let_in(store: Store, room: Room) -> None:
    store.classroom.change(room.id, "teacher", doors=Doors.KNOCK)
    assert not store.classroom.join(room.id, "ann", OTTER).is_inside
    assert store.create_run(CONFIG, owner="ann").room == ""
    assert store.classroom.admit(room.id, "teacher", "ann")
    assert store.create_run(CONFIG, owner="ann").room == room.id
    assert not store.classroom.admit(room.id, "teacher", "nobody")
    store.classroom.join(room.id, "bob", FOX)
    store.classroom.change(room.id, "teacher", doors=Doors.OPEN)
    assert [member.is_inside for member in store.classroom.members(room.id)] == [True, True]


def test_who_was_removed_stays_out_until_they_are_let_in(store: Store, room: Room) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    assert store.classroom.remove(room.id, "teacher", "ann")
    store.classroom.leave("ann")
    with refused("removed"):
        store.classroom.join(room.id, "ann", FOX)
    assert store.create_run(CONFIG, owner="ann").room == ""
    store.classroom.admit(room.id, "teacher", "ann")
    attended = store.classroom.attended_by("ann")
    assert attended
    assert attended[1].is_inside


def test_nobody_is_in_two_rooms(store: Store, room: Room) -> None:
    other = store.classroom.make_room("colleague")
    store.classroom.join(room.id, "ann", OTTER)
    store.classroom.join(other.id, "ann", FOX)
    assert store.classroom.members(room.id) == []
    store.classroom.leave("ann")
    assert store.classroom.attended_by("ann") is None
    with refused("yours"):
        store.classroom.join(other.id, "teacher", OWL)
    store.classroom.join(room.id, "bob", FOX)
    theirs = store.classroom.make_room("bob")
    assert store.classroom.attended_by("bob") is None
    assert store.classroom.taught_by("bob") == theirs


def test_a_second_room_ends_the_first(store: Store, room: Room) -> None:
    newer = store.classroom.make_room("teacher")
    assert store.classroom.taught_by("teacher") == newer
    assert store.classroom.room(room.id).ended_at
    with refused("code"):
        store.classroom.room_by_code(room.code)
    with refused("over"):
        store.classroom.change(room.id, "teacher", paused=True)


def test_the_teachers_link_moves_the_rights_once(store: Store, room: Room) -> None:
    void = store.classroom.teacher_link(room.id, "teacher")
    secret = store.classroom.teacher_link(room.id, "teacher")
    store.classroom.join(room.id, "tablet", OTTER)
    assert store.classroom.move_teacher(secret, "tablet").teacher == "tablet"
    assert store.classroom.members(room.id) == []
    assert store.classroom.taught_by("teacher") is None
    for used in (void, secret, ""):
        with refused("secret"):
            store.classroom.move_teacher(used, "thief")
    with refused("teacher"):
        store.classroom.change(room.id, "teacher", paused=True)


def test_a_secret_is_not_kept(store: Store, room: Room, engine: sa.Engine) -> None:
    secret = store.classroom.teacher_link(room.id, "teacher")
    with engine.connect() as connection:
        assert secret not in str(connection.execute(sa.select(tables.rooms)).all())


def test_the_end_of_a_room_is_the_end_for_everybody(store: Store, room: Room) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    run = store.create_run(CONFIG, owner="ann")
    store.classroom.end(room.id, "teacher")
    assert store.classroom.attended_by("ann") is None
    assert store.classroom.taught_by("teacher") is None
    assert store.classroom.jobs(room.id) == [run]


def test_what_members_and_teacher_start_belongs_to_their_room(store: Store, room: Room) -> None:
    store.create_run(CONFIG, owner="stranger")
    store.create_run(CONFIG)
    store.classroom.join(room.id, "ann", OTTER)
    run = store.create_run(CONFIG, owner="ann")
    study = store.create_study(XrayConfig(), owner="ann")
    group = store.create_group(Kind.SEEDS, {}, [(CONFIG, "one"), (CONFIG, "two")], "ann")
    shown = store.create_run(CONFIG, owner="teacher")
    theirs = [shown, *reversed(store.group_runs(group.id)), study, run]
    assert store.classroom.jobs(room.id) == theirs
    assert {job.room for job in theirs} == {room.id}
    assert store.classroom.jobs(room.id, limit=2) == theirs[:2]
    store.stop(run.id)
    assert store.classroom.jobs(room.id, only_open=True) == theirs[:-1]
    store.delete("ann", [run.id])
    assert store.classroom.jobs(room.id) == theirs[:-1]


def test_a_room_that_is_not_there_is_over(store: Store) -> None:
    for request in (
        lambda: store.classroom.room("none"),
        lambda: store.classroom.join("none", "ann", OTTER),
        lambda: store.classroom.end("none", "teacher"),
    ):
        with refused("over"):
            request()


def test_why_its_runs_failed_is_known_of_the_room_alone(store: Store, room: Room) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    failed, fine, elsewhere = (store.create_run(CONFIG, owner=owner).id for owner in ("ann", "ann", "stranger"))
    for run_id in (failed, elsewhere):
        store.claim(run_id, f"server/host:1/{run_id}")
        store.append(run_id, Failed(step=0, reason="not_a_number"))
    assert store.classroom.reasons_of_failures(room.id) == {failed: "not_a_number"}
    assert store.run(fine).status == Status.WAITING


def test_an_old_room_is_forgotten_and_its_runs_stay(store: Store, room: Room, engine: sa.Engine) -> None:
    store.classroom.join(room.id, "ann", OTTER)
    run = store.create_run(CONFIG, owner="ann")
    kept = store.classroom.make_room("colleague")
    set_columns(engine, room, used_at=datetime.now(UTC) - timedelta(days=3))
    assert store.classroom.prune(timedelta(days=4)) == 0
    assert store.classroom.prune(timedelta(days=2)) == 1
    assert store.classroom.members(room.id) == []
    assert store.run(run.id) == run
    assert store.classroom.room(kept.id) == kept
