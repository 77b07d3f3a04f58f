"""A small class at once on a real server: everybody joins, trains, draws and leaves, and nobody meets an error.

`python -m tests.benchmarks.classroom` is the same with forty for twenty minutes, and prints the waits and the memory.
"""

import time
from pathlib import Path

from lib.runs.model.run import Status
from tests.benchmarks.classroom import Lesson, hold
from tests.browser.serving import Server

MEMBERS = 5


def test_everybody_of_a_class_trains_draws_and_leaves(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        room = server.store.classroom.make_room("teacher")
        lesson = Lesson(server, server.store, room.code, room.id, until=time.monotonic(), thinks=(0, 0))
        hold(lesson, MEMBERS)
        assert lesson.errors == []
        runs = lesson.store.classroom.jobs(room.id)
        assert [run.status for run in runs] == [Status.FINISHED] * MEMBERS
        assert len({run.owner for run in runs}) == MEMBERS
        assert len(lesson.waits) == MEMBERS
        assert all(wait.said.startswith("`[") for wait in lesson.waits), "each has read what they wait for"
        assert lesson.shown > 0
        assert lesson.store.classroom.members(room.id) == [], "they have left, and are forgotten"
        # One after the other, in the order in which they asked: nobody had a turn before.
        begun = [run.claimed_at for run in reversed(runs)]
        assert begun == sorted(moment for moment in begun if moment)
