"""The class that this visitor is in: who they are there, and what its teacher has set for everybody.

Every run of a page may ask. The answer comes from the server's memory and is at most FRESH_SECONDS old, so a visitor
costs one small query in that time, and those of a class as much as anybody else.
"""

from __future__ import annotations

import streamlit as st

from lib.runs.model.room import Room, RoomError, Seat
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

FRESH_SECONDS = 1.5
AS_STUDENT = "class_as_student"
"""Session-state key: whether a teacher sees the app as a student does."""
LOCKED, HIDDEN = "locked", "hidden"
"""Parameters of a link: names of settings that it locks or hides, `?locked=epochs,optimizer`."""
MOST_LETTERS = 1000
"""Letters of such a list that are read; the names of all settings have fewer."""


@st.cache_resource(ttl=FRESH_SECONDS, max_entries=5000, show_spinner=False)
def _seat_of(who: str) -> Seat | None:
    return store().classroom.seat_of(who)


def seat() -> Seat | None:
    """This visitor in the room of their class; None outside of one.

    Where the store does not answer, nobody is known to be in a class: the page says that it is away, and shows what
    needs none.
    """
    try:
        return _seat_of(visitor())
    except StoreUnavailable:
        return None


def forget_seat() -> None:
    """Has the seat read anew: this visitor has changed it, or their room."""
    _seat_of.clear(visitor())


def is_as_student() -> bool:
    """Whether the visitor is a teacher who sees the app as a student does."""
    here = seat()
    return bool(here and here.is_teacher and st.session_state.get(AS_STUDENT))


def ruling_room() -> Room | None:
    """The room whose rules hold for this visitor: that of a member, or of a teacher who sees it as a student does."""
    here = seat()
    return here.room if here and (here.is_inside or is_as_student()) else None


def refusal_in_class() -> str | None:
    """Why this visitor can start nothing now, in their language; None if their class does not keep them from it."""
    room = ruling_room()
    return RoomError("paused").sentence(_) if room and room.paused else None


def locked_names() -> frozenset[str]:
    """The names of settings that this visitor cannot change, as the room or a link says; from outside."""
    room = ruling_room()
    return named_by_link(LOCKED) | (room.locked if room else frozenset())


def hidden_names() -> frozenset[str]:
    """The names of settings that this visitor does not see."""
    room = ruling_room()
    return named_by_link(HIDDEN) | (room.hidden if room else frozenset())


def named_by_link(param: str) -> frozenset[str]:
    """The names in this parameter of the link, for as long as the tab is open."""
    kept = f"{param}_by_link"
    given = st.query_params.get(param)
    if given is not None:
        st.session_state[kept] = given[:MOST_LETTERS]
    names = str(st.session_state.get(kept, "")).split(",")
    return frozenset(name.strip() for name in names if name.strip())
