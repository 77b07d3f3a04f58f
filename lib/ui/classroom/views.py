"""What is to be seen in a room, one view at a time, by who sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from lib.core.classroom.codes import read_code
from lib.core.i18n import mark
from lib.runs.model.room import Room, RoomError, Seat
from lib.ui.classroom import attending, joining
from lib.ui.classroom.board import show_board
from lib.ui.classroom.controls import show_controls
from lib.ui.classroom.guesses import show_guesses
from lib.ui.classroom.invitation import show_invitation
from lib.ui.classroom.overview import watch_class
from lib.ui.classroom.wall import show_wall
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.room import is_as_student, seat


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view of a room: its name, and what draws it for this seat. Only the teacher sees one that is `teachers`."""

    name: str
    show: Callable[[Seat], None]
    teachers: bool = False


def show_everybody(here: Seat) -> None:
    """The teacher's view: code and QR code beside everybody's cards."""
    invitation, overview = st.columns([0.25, 0.75], gap="large")
    with invitation:
        show_invitation(here.room)
    with overview:
        watch_class(here.room)


VIEWS: Mapping[str, View] = {
    "everybody": View(name=mark("Everybody"), show=show_everybody, teachers=True),
    "guesses": View(name=mark("Guesses"), show=show_guesses),
    "board": View(name=mark("Board of runs"), show=show_board),
    "wall": View(name=mark("Digit wall"), show=show_wall),
}
"""Every view by its name in links."""
VIEW = "class_view"


def show_class() -> None:
    """Everything of the page below its title."""
    joining.say_not_done()
    here = seat()
    if secret := st.query_params.get(joining.SECRET):
        joining.offer_rights(secret)
    elif here is None or is_for_another(here.room):
        joining.show_doors()
    elif here.member and here.member.removed:
        plain.warning(RoomError("removed").sentence(_))
        joining.show_doors()
    elif here.member and not here.member.admitted:
        attending.show_door(here.room, here.member)
    else:
        show_room(here)


def is_for_another(room: Room) -> bool:
    """Whether the link holds the code of another room than this; the code of this one is taken out of it."""
    code = st.query_params.get(joining.CODE)
    if code is not None and read_code(code) == room.code:
        st.query_params.pop(joining.CODE)
    return joining.CODE in st.query_params


def show_room(here: Seat) -> None:
    """The room, for its teacher or for who is inside."""
    teaches = here.is_teacher and not is_as_student()
    if teaches:
        show_controls(here.room)
    else:
        attending.show_place(here.room, here.member)
    views = {code: view for code, view in VIEWS.items() if teaches or not view.teachers}
    names = {code: _(view.name) for code, view in views.items()}
    chosen = st.segmented_control(
        _("View"),
        list(views),
        key=VIEW,
        default=next(iter(views)),
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    views[chosen].show(here)
