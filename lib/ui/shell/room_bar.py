"""What a member of a class has on every page: their nickname, what the teacher wants of all, and the way to follow it.

The bar polls, for members only. It says where they are, at most every few seconds, and opens the page that the teacher
opens for all.
"""

from __future__ import annotations

import time
from urllib.parse import parse_qsl

import streamlit as st

from lib.core.classroom.nicknames import shown
from lib.runs.model.room import Room, Seat
from lib.ui.shell import page_paths
from lib.ui.shell.history import OPENED
from lib.ui.shell.language import _, language
from lib.ui.shell.room import AS_STUDENT, is_as_student, ruling_room, seat
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor

POLL_SECONDS = 4.0
SAID_EVERY = 20.0
"""Seconds after which a member who stays where they are says so again: see `lib.ui.classroom.cards.AWAY`."""
FOLLOWED, SAID = "class_followed", "class_said"
"""Session-state keys: the room, and when the page was opened in it to which this tab has gone; and where it has said
to be.
"""
PARTS = ("lesson", "show")
"""Parameters of a link that name a part of a page."""
JOBS = ("run", "compare", "tour")
"""Parameters of a link that name a run or study."""


def show_room_bar(page: str) -> None:
    """The bar, drawn last because it lies over the page; nothing for who is in no class. `page` is the address's name.

    A tab that begins does not go to a page that was opened earlier: the visitor has just chosen where to be.
    """
    drawn = seat()
    if drawn is None or (drawn.is_teacher and not is_as_student()):
        return
    if st.session_state.get(FOLLOWED, ("",))[0] != drawn.room.id:
        st.session_state[FOLLOWED] = drawn.room.id, drawn.room.opened_at

    def look() -> None:
        with says_when_store_unavailable():
            here = seat()
            if rules(here) != rules(drawn) or here is None:
                st.rerun()
            follow(here.room)
            if here.is_inside:
                say_where(here.room, page)
            show(here)

    st.fragment(look, run_every=POLL_SECONDS)()


def rules(here: Seat | None) -> tuple[object, ...]:
    """What a page is drawn by: where it differs, the page is drawn again."""
    if here is None:
        return ()
    return here.room.id, here.room.paused, here.room.locked, here.room.hidden, here.is_inside, here.is_teacher


def follow(room: Room) -> None:
    """Goes to the page that the teacher has opened for all since this tab was last sent somewhere."""
    now = room.id, room.opened_at
    if ruling_room() is None or now == st.session_state[FOLLOWED]:
        return
    st.session_state[FOLLOWED] = now
    name, _sign, query = room.opened.partition("?")
    if name in page_paths.BY_NAME:
        st.session_state[OPENED] = True
        st.switch_page(page_paths.BY_NAME[name], query_params=dict(parse_qsl(query)))


def say_where(room: Room, page: str) -> None:
    """Notes where this member is, if they have moved, or after a while."""
    params = st.query_params
    part = next((params[name] for name in PARTS if name in params), "")
    doing = next((params[name] for name in JOBS if name in params), "")
    place = (f"{page}/{part}".rstrip("/"), doing)
    said, when = st.session_state.get(SAID, (None, 0.0))
    if place == said and time.monotonic() - when < SAID_EVERY:
        return
    store().classroom.say_where(room.id, visitor(), *place)
    st.session_state[SAID] = place, time.monotonic()


def show(here: Seat) -> None:
    """The bar itself."""
    with st.container(key="room_bar", horizontal=True, vertical_alignment="center", width="content"):
        if here.member is None:
            st.markdown(":material/visibility: " + _("As a student sees it"))
            st.button(_("Back to the teacher's view"), key="class_as_teacher", on_click=see_as_teacher)
        elif here.member.removed:
            st.markdown(":material/door_open: " + _("The teacher has removed you from the class."))
        else:
            name = shown(here.member.nickname, language())
            st.page_link(page_paths.CLASS, label=name, icon=":material/school:")
            if not here.member.admitted:
                st.markdown(":material/door_front: " + _("You are at the door: your teacher lets you in."))
        if here.room.paused and ruling_room():
            st.markdown(":material/pause_circle: " + _("Your teacher has paused the class."))


def see_as_teacher() -> None:
    """Ends the student's view."""
    st.session_state[AS_STUDENT] = False
