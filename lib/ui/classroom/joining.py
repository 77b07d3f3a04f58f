"""The way into a room: a code, typed or in the link, and one of three nicknames; or a room of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from lib.core.classroom.codes import spaced
from lib.core.classroom.nicknames import shown
from lib.runs.model.room import Room, RoomError
from lib.ui.jobs.actions import NOT_DONE, or_say_why, press
from lib.ui.shell import plain
from lib.ui.shell.language import _, language
from lib.ui.shell.room import forget_seat
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

CODE, SECRET = "code", "teacher"
"""Parameters of a link: the code of a room, and the secret that moves a teacher's rights."""
OFFERED = "class_offered"
"""Session-state key: the room whose door the visitor stands at, and the nicknames that they are offered there."""


def show_doors() -> None:
    """What a visitor without a room sees: a field for the code, and the way to a room of their own."""
    if (code := st.query_params.get(CODE)) is not None and (room := room_with(code)):
        choose_nickname(room)
        return
    join, make = st.columns(2, gap="large")
    with join:
        st.markdown("##### " + _("Join a class"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                _("Code on the board"),
                key="class_code",
                placeholder="ABC 123",
                width=200,
                on_change=press,
                args=(look,),
            )
            button("class_join", _("Join"), "login", look)
        st.caption(_("No account and no name: you get a nickname of two drawn words."))
    with make:
        st.markdown("##### " + _("Teach one"))
        st.markdown(
            _(
                "A room has a code and a picture of it for phones. You see who is where and how far, open a page for "
                "all, pause all, and lock settings."
            )
        )
        button("class_make", _("Make a room"), "add", make_room)
        st.caption(_("It is over when you close it, or when nobody has used it for 12 hours."))


def button(key: str, label: str, icon: str, do: Callable[..., None], *args: object, main: bool = True) -> None:
    """A button of this page, whose refusals the next run says."""
    kind: Literal["primary", "secondary"] = "primary" if main else "secondary"
    st.button(label, key=key, type=kind, icon=f":material/{icon}:", on_click=press, args=(said, do, *args))


def said(do: Callable[..., None], *args: object) -> None:
    """Does it; what the room refuses is said by the next run. The seat is read anew in either case."""
    or_say_why(do, *args)
    forget_seat()


def say_not_done() -> None:
    """The reason if the last click did nothing."""
    if why := st.session_state.pop(NOT_DONE, None):
        with st.container(key="class_not_done"):
            plain.warning(why)


def look() -> None:
    """Goes to the door of the room whose code was typed; without one nothing happens."""
    typed = str(st.session_state.get("class_code") or "").strip()
    if typed:
        st.query_params[CODE] = typed


def room_with(typed: str) -> Room | None:
    """The room with the code of the link; None, and a message, if there is none."""
    try:
        return store().classroom.room_by_code(typed)
    except RoomError as error:
        plain.warning(error.sentence(_))
        return None


def choose_nickname(room: Room) -> None:
    """Three nicknames to choose from; the same until one is chosen or somebody else has taken one."""
    if st.session_state.get(OFFERED, ("",))[0] != room.id:
        st.session_state[OFFERED] = room.id, store().classroom.nicknames(room.id)
    st.markdown("##### " + _("Room {code}: who do you want to be?").format(code=spaced(room.code)))
    with st.container(horizontal=True, key="class_names"):
        for number, name in enumerate(st.session_state[OFFERED][1], start=1):
            button(f"class_name_{number}", shown(name, language()), "badge", join, room.id, name)
    st.caption(_("The class sees this name beside what you train and draw, unless the teacher hides names."))
    button("class_other", _("Another room"), "arrow_back", forget_door, main=False)


def join(room_id: str, nickname: str) -> None:
    """Joins under this nickname. One that was taken meanwhile is offered no more."""
    st.session_state.pop(OFFERED, None)
    store().classroom.join(room_id, visitor(), nickname)
    st.query_params.pop(CODE, None)


def forget_door() -> None:
    """Back to the field for a code."""
    st.session_state.pop(OFFERED, None)
    st.query_params.pop(CODE, None)


def make_room() -> None:
    """A new room of this visitor."""
    st.query_params.pop(CODE, None)
    store().classroom.make_room(visitor())


def offer_rights(secret: str) -> None:
    """The press that takes over a teacher's rights; opening the link alone does not, since programs open links too."""
    st.markdown(_("This link moves the teacher's rights of a room to this browser. It works once."))
    with st.container(horizontal=True):
        button("class_take_over", _("Take over"), "key", take_over, secret)
        button("class_no_take_over", _("Leave it"), "close", forget_secret, main=False)


def take_over(secret: str) -> None:
    """Moves the rights to this browser."""
    forget_secret()
    store().classroom.move_teacher(secret, visitor())


def forget_secret() -> None:
    """Takes the secret out of the link, which others might read."""
    st.query_params.pop(SECRET, None)
