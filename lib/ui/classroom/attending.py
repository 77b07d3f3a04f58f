"""What a member of a class sees of it: who they are, what the teacher has opened, and the way out."""

from __future__ import annotations

from urllib.parse import parse_qsl

import streamlit as st

from lib.core.classroom.codes import spaced
from lib.core.classroom.nicknames import shown
from lib.runs.model.room import Member, Room
from lib.ui.classroom.controls import opened_words
from lib.ui.classroom.joining import button
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _, language
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor


def show_place(room: Room, member: Member | None) -> None:
    """The member's nickname and the room; without `member` it is a teacher who looks as a student does."""
    if member:
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _("You are **{name}** in room {code}.")
            name = shown(member.nickname, language())
            st.markdown(said.format(name=name, code=spaced(room.code)), width="content")
            button("class_leave", _("Leave"), "logout", leave, main=False)
    if words := opened_words(room):
        page, _sign, query = room.opened.partition("?")
        label = _("Your teacher has opened: {page}").format(page=words)
        where = page_paths.BY_NAME[page]
        st.page_link(where, label=label, icon=":material/open_in_new:", query_params=dict(parse_qsl(query)))


def show_door(room: Room, member: Member) -> None:
    """What somebody sees who waits to be let in."""
    name = shown(member.nickname, language())
    plain.info(
        _("You are {name}, at the door of room {code}: your teacher lets you in. Until then nobody sees you.").format(
            name=name, code=spaced(room.code)
        )
    )
    button("class_leave", _("Leave"), "logout", leave, main=False)


def leave() -> None:
    """Takes the visitor out of the room."""
    store().classroom.leave(visitor())
