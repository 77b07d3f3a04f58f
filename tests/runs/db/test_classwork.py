"""What a class does together, on SQLite and PostgreSQL: hidden guesses, a wall and a board of whoever is inside."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import sqlalchemy as sa

from lib.core.data.dataset import Bytes
from lib.core.mydigits.digit_sets import OwnDigitsError
from lib.core.studies.configs import CompareConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Finished, Stopped
from lib.runs.db import classwork, tables
from lib.runs.db.store import Store
from lib.runs.model.classwork import MOST_ASKED, MOST_OF_ONE, ClassworkError
from lib.runs.model.group import Kind
from lib.runs.model.room import Doors, Room
from lib.runs.model.run import Run, Status
from tests.runs.db.test_history import many
from tests.runs.examples import COMPILED, EVALUATED, STARTED, chunk

CONFIG = TrainConfig(epochs=1)
TEACHER, ANNA, BEN, OUTSIDER = "teacher", "anna", "ben", "outsider"


@pytest.fixture
def room(store: Store) -> Room:
    """A room with two members."""
    room = store.classroom.make_room(TEACHER)
    for visitor in (ANNA, BEN):
        join(store, room, visitor)
    return room


@pytest.fixture
def engine(store: Store, url: str) -> Iterator[sa.Engine]:
    """The same database, bypassing the store."""
    engine = sa.create_engine(tables.address(url))
    yield engine
    engine.dispose()


def join(store: Store, room: Room, visitor: str) -> None:
    store.classroom.join(room.id, visitor, store.classroom.nicknames(room.id)[0])


def image(shade: int) -> Bytes:
    return np.full((28, 28), shade, np.uint8)


def over(store: Store, run_id: str) -> Run:
    """Lets the run begin, be tested and end."""
    store.claim(run_id, "w")
    for event in (STARTED, COMPILED, chunk(1, 1875), EVALUATED, Finished(step=1875, reason="epochs")):
        store.append(run_id, event)
    return store.run(run_id)


def board(room_id: str) -> sa.Select[None]:
    return classwork.board_of(room_id, 100)


def refused(code: str) -> "pytest.RaisesContext[ClassworkError]":
    return pytest.raises(ClassworkError, check=lambda error: error.code == code)


def test_guesses_are_hidden_from_everybody_until_the_run_is_over(store: Store, room: Room) -> None:
    work, run = store.classwork, store.create_run(CONFIG, TEACHER, guess=0.5, pause_after=0)
    assert work.questions(room.id) == [run]
    work.guess(room.id, run.id, ANNA, 0.8)
    work.guess(room.id, run.id, ANNA, 0.95)
    work.guess(room.id, run.id, BEN, 0.7)
    for visitor, mine in ((TEACHER, 0.5), (ANNA, 0.95), (BEN, 0.7), (OUTSIDER, None)):
        guesses = work.guesses(room.id, run.id, visitor)
        assert (guesses.count, guesses.values, guesses.mine) == (3, None, mine)
    assert work.begin(run.id, TEACHER)
    assert not work.begin(run.id, TEACHER), "once"
    assert store.run(run.id).status == Status.WAITING
    store.claim(run.id, "w")
    store.append(run.id, STARTED)
    with refused("late"):
        work.guess(room.id, run.id, BEN, 0.9)
    assert work.guesses(room.id, run.id, TEACHER).values is None
    store.append(run.id, Stopped(step=0))
    assert work.guesses(room.id, run.id, ANNA).values == (0.5, 0.7, 0.95)
    assert [job.id for job in work.questions(room.id)] == [run.id], "its result stays"


def test_a_comparison_waits_for_the_guesses_and_begins_when_its_owner_says_so(store: Store, room: Room) -> None:
    study = store.create_study(CompareConfig(), owner=TEACHER, asks=True)
    assert (study.status, store.open_runs()) == (Status.PAUSED, [])
    store.classwork.guess(room.id, study.id, ANNA, 2.5)
    assert not store.classwork.begin(study.id, ANNA), "not somebody else"
    assert store.classwork.begin(study.id, TEACHER)
    assert [job.id for job in store.open_runs()] == [study.id]
    waiting = store.create_study(CompareConfig(), owner=TEACHER, asks=True)
    store.stop(waiting.id)
    assert store.study(waiting.id).status == Status.STOPPED


def test_a_question_is_the_teachers_and_there_are_not_many_at_a_time(store: Store, room: Room) -> None:
    store.create_run(CONFIG, ANNA, guess=0.9, pause_after=0)
    store.create_run(CONFIG, TEACHER, guess=0.9)
    assert store.classwork.questions(room.id) == []
    for _ in range(MOST_ASKED):
        store.classwork.ask(room.id, TEACHER)
        store.create_run(CONFIG, TEACHER, pause_after=0)
    with refused("asked"):
        store.classwork.ask(room.id, TEACHER)


def test_whoever_is_not_inside_adds_nothing(store: Store, room: Room) -> None:
    run = store.create_run(CONFIG, TEACHER, pause_after=0)
    store.classroom.change(room.id, TEACHER, doors=Doors.KNOCK)
    join(store, room, "waits at the door")
    store.classroom.remove(room.id, TEACHER, BEN)
    for visitor in (OUTSIDER, "waits at the door", BEN, ""):
        with refused("outside"):
            store.classwork.guess(room.id, run.id, visitor, 0.5)
        with refused("outside"):
            store.classwork.show_digit(room.id, visitor, 3, image(1))
        with refused("outside"):
            store.classwork.take_down(room.id, visitor, [1])
    elsewhere = store.create_run(CONFIG, OUTSIDER, pause_after=0)
    with refused("outside"):
        store.classwork.guess(room.id, elsewhere.id, ANNA, 0.5)
    store.classroom.end(room.id, TEACHER)
    with refused("outside"):
        store.classwork.show_digit(room.id, ANNA, 3, image(1))
    assert store.classwork.guesses(room.id, run.id).count == 0
    assert store.classwork.wall(room.id) == []


def test_the_wall_has_each_digit_once_until_it_is_taken_down(store: Store, room: Room) -> None:
    work = store.classwork
    first = work.show_digit(room.id, ANNA, 3, image(1), read=8)
    assert work.show_digit(room.id, ANNA, 3, image(1)) == first
    second = work.show_digit(room.id, BEN, 3, image(1))
    third = work.show_digit(room.id, TEACHER, 7, image(2))
    assert [digit.number for digit in work.wall(room.id)] == [third, second, first]
    digit = work.wall(room.id)[-1]
    assert (digit.visitor, digit.label, digit.read) == (ANNA, 3, 8)
    assert np.array_equal(digit.image, image(1))
    assert work.take_down(room.id, ANNA, [second, 10**30]) == 0, "another's"
    assert work.take_down(room.id, ANNA, [first, first]) == 1
    assert work.take_down(room.id, TEACHER, [second, third]) == 2
    assert work.wall(room.id) == []
    assert work.take_down(room.id, TEACHER, [second], removed=False) == 1
    assert [digit.number for digit in work.wall(room.id)] == [second]
    assert work.show_digit(room.id, ANNA, 3, image(1)) > third, "drawn again"
    with pytest.raises(OwnDigitsError):
        work.show_digit(room.id, ANNA, 10, image(1))


def test_one_person_cannot_fill_the_wall(store: Store, room: Room) -> None:
    for shade in range(MOST_OF_ONE):
        store.classwork.show_digit(room.id, ANNA, 3, image(shade))
    with refused("own_full"):
        store.classwork.show_digit(room.id, ANNA, 3, image(MOST_OF_ONE))
    store.classwork.show_digit(room.id, BEN, 3, image(0))


def test_board_and_wall_leave_out_whoever_is_not_inside(store: Store, room: Room) -> None:
    runs = {owner: store.create_run(CONFIG, owner) for owner in (TEACHER, ANNA, BEN)}
    elsewhere = store.create_run(CONFIG, OUTSIDER)
    for run in (*runs.values(), elsewhere):
        over(store, run.id)
    store.create_run(CONFIG, ANNA)
    for owner in runs:
        store.classwork.show_digit(room.id, owner, 3, image(1))
    assert [run.owner for run in store.classwork.board(room.id)] == [BEN, ANNA, TEACHER]
    store.classroom.remove(room.id, TEACHER, BEN)
    assert [run.owner for run in store.classwork.board(room.id)] == [ANNA, TEACHER]
    assert [digit.visitor for digit in store.classwork.wall(room.id)] == [ANNA, TEACHER]
    store.classroom.admit(room.id, TEACHER, BEN)
    assert len(store.classwork.board(room.id)) == len(store.classwork.wall(room.id)) == 3


def test_the_open_runs_of_a_room_count_together_and_a_group_once(store: Store, room: Room) -> None:
    assert store.classwork.room_of(ANNA) == store.classwork.room_of(TEACHER) == room.id
    assert store.classwork.room_of(OUTSIDER) == ""
    store.create_run(CONFIG, ANNA)
    store.create_study(CompareConfig(), owner=BEN)
    store.create_group(Kind.SEEDS, {}, [(CONFIG, ""), (CONFIG, "")], TEACHER)
    store.create_run(CONFIG, OUTSIDER)
    store.create_run(CONFIG, BEN, pause_after=0)
    assert store.classwork.open_count(room.id) == 3


@pytest.mark.parametrize("query", [classwork.open_count_of, board, classwork.questions_of])
def test_a_rooms_runs_are_found_by_an_index(
    store: Store, engine: sa.Engine, query: Callable[[str], sa.Select[None]]
) -> None:
    many(engine, 3_000)
    with engine.begin() as connection:
        numbered = tables.runs.update().where(tables.runs.c.number < 300)
        connection.execute(numbered.values(room_id=sa.literal("room") + (tables.runs.c.number % 30).cast(sa.String)))
        connection.exec_driver_sql("ANALYZE")
        text = query("room7").compile(engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {text}"))
    assert "ix_runs_room_number" in plan or "ix_runs_status" in plan
