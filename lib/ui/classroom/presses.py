"""What a teacher does with a press: remove somebody, let somebody in, pause all and go on.

Each asks the store, which refuses whoever has not the teacher's rights.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from lib.runs.model.room import Member, Room
from lib.runs.model.run import Run, RunOver, Status
from lib.ui.classroom.joining import said
from lib.ui.jobs.actions import press
from lib.ui.shell.services import engine, store

CARDS = "class_cards"
"""The key of the cards, whose presses these are."""


def named(room: Room, name: object) -> Member | None:
    """The member with this nickname; a browser may send anything."""
    return next((member for member in store().classroom.members(room.id) if member.nickname == name), None)


def remove(room: Room) -> Callable[[], None]:
    """What follows a card's press to remove its member."""

    def do() -> None:
        if member := named(room, getattr(st.session_state.get(CARDS), "removed", None)):
            press(said, store().classroom.remove, room.id, room.teacher, member.visitor)

    return do


def admit(room: Room) -> Callable[[], None]:
    """What follows a card's press to let its member in."""

    def do() -> None:
        if member := named(room, getattr(st.session_state.get(CARDS), "admitted", None)):
            press(said, store().classroom.admit, room.id, room.teacher, member.visitor)

    return do


def pause_all(room: Room) -> None:
    """Members start nothing more, and their runs that wait or are under way pause; studies, which cannot, go on."""
    store().classroom.change(room.id, room.teacher, paused=True)
    hold(store().classroom.room(room.id))


def hold(room: Room) -> None:
    """Pauses the members' runs that are open although the room is paused: a pause reaches pages a moment later."""
    if not room.paused:
        return
    jobs = store().classroom.jobs(room.id, only_open=True)
    more = {job.id for job in jobs if isinstance(job, Run) and job.owner != room.teacher} - room.held
    if more:
        store().classroom.change(room.id, room.teacher, held=room.held | more)
    for run_id in more:
        store().pause(run_id)


def go_on(room: Room) -> None:
    """Members may start again, and the runs that the pause has paused go on, in the order of the queue."""
    held = store().classroom.room(room.id).held
    store().classroom.change(room.id, room.teacher, paused=False, held=())
    rested = [job for job in store().classroom.jobs(room.id) if job.id in held and not job.is_over]
    for job in reversed(rested):
        # One whose worker has not heard of the pause does not pause at all.
        if job.status == Status.PAUSED or job.requests.pause_after == 0:
            resume(job.id)
    engine().wake()


def resume(run_id: str) -> None:
    """Resumes the run, unless its owner has stopped it at this moment."""
    with suppress(RunOver):
        store().resume(run_id)
