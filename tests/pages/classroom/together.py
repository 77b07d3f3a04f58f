"""A room with a teacher and a member, for tests of what a class does together."""

import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.runs.db.store import Store
from lib.runs.model.room import Room
from lib.ui.shell.visitor import known_by
from tests.pages.visiting import visit

TEACHER, ANNA, BEN = (known_by(name) for name in ("teacher", "anna", "ben"))


def new_room(store: Store) -> Room:
    """A new room with two members."""
    room = store.classroom.make_room(TEACHER)
    for visitor in (ANNA, BEN):
        store.classroom.leave(visitor)
        store.classroom.join(room.id, visitor, store.classroom.nicknames(room.id)[0])
    return room


def at(view: str, known_as: str, lang: str = "en") -> AppTest:
    """The class page of this visitor, with this view chosen; the server reads anew what it had read a moment ago."""
    st.cache_data.clear()
    visitor = visit("class", known_as=known_as, lang=lang)
    assert not visitor.exception
    return visitor.get_by_key("class_view").set_value(view).run()
