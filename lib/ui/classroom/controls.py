"""What a teacher sets for all: pause, a page opened, settings locked or hidden, names hidden; and the room's end."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

import streamlit as st

from lib.core.tour.lessons import LESSONS
from lib.core.training.config import SETTINGS
from lib.runs.model.room import Room
from lib.ui.classroom.cards import PAGES, place_words
from lib.ui.classroom.invitation import page_address
from lib.ui.classroom.joining import SECRET, button
from lib.ui.classroom.presses import go_on, pause_all
from lib.ui.classroom.snapshot import offer_snapshot
from lib.ui.shell.language import _
from lib.ui.shell.room import AS_STUDENT, HIDDEN, LOCKED
from lib.ui.shell.services import store
from lib.ui.train.settings_form import FORM

NEW_LINK = "class_new_link"
"""Session-state key: the teacher's link that was just made, shown once."""


def show_controls(room: Room) -> None:
    """The row of presses above the overview."""
    with st.container(horizontal=True, key="class_controls"):
        if room.paused:
            button("class_go_on", _("Go on"), "play_arrow", go_on, room)
        else:
            button("class_pause", _("Pause all"), "pause", pause_all, room)
        with st.popover(_("Open for all"), icon=":material/send:", key="class_open_for_all"):
            choose_page(room)
        with st.popover(_("Lock settings"), icon=":material/lock:", key="class_lock"):
            choose_locks(room)
        hidden = room.names_hidden
        label, icon = (_("Show names"), "visibility") if hidden else (_("Hide names"), "visibility_off")
        button("class_hide_names", label, icon, set_names_hidden, room, not hidden, main=False)
        button("class_see_as_student", _("As a student"), "face", see_as_student, main=False)
        offer_snapshot(room)
        with st.popover(_("Room"), icon=":material/settings:", key="class_room"):
            offer_link(room)
            st.divider()
            button("class_end", _("Close the room for everybody"), "logout", end, room, main=False)


def choose_page(room: Room) -> None:
    """The page, or the lesson, to which every member's browser goes."""
    targets = ["draw", "train", "compare", "class", *(f"tour?{urlencode({'lesson': code})}" for code in LESSONS)]
    settings = FORM.chosen_if_allowed() if FORM.key("epochs") in st.session_state else None
    if settings and (changes := FORM.link(settings)):
        targets.insert(2, f"train?{urlencode(changes)}")
    labels = {target: target_words(target) for target in targets}
    chosen = st.selectbox(_("Page"), targets, key="class_page", format_func=labels.__getitem__)
    button("class_open", _("Open it for all"), "send", open_for_all, room)
    st.caption(_("Browsers of the class go there within some seconds. For others there is the link:"))
    if (address := page_address()) and chosen:
        st.code(address.removesuffix("class") + chosen, language=None, wrap_lines=True)


def target_words(target: str) -> str:
    """A page as the list shows it."""
    page, _sign, query = target.partition("?")
    if page == "train" and query:
        return _("Train, with the settings that you have there")
    return place_words(f"{page}/{query.removeprefix('lesson=')}")


def open_for_all(room: Room) -> None:
    """Has every member's browser go to the page that is chosen at the press."""
    store().classroom.change(room.id, room.teacher, opened=st.session_state["class_page"])


def choose_locks(room: Room) -> None:
    """The settings of Train that members cannot change, and those that they do not see."""
    for key, names in {"class_locked": room.locked, "class_hidden": room.hidden}.items():
        st.session_state.setdefault(key, [name for name in SETTINGS if name in names])
    label_of = {name: setting.title(_) for name, setting in SETTINGS.items()}.__getitem__
    locked = st.multiselect(_("Shown, but not to be changed"), list(SETTINGS), key="class_locked", format_func=label_of)
    hidden = st.multiselect(_("Not shown"), list(SETTINGS), key="class_hidden", format_func=label_of)
    with st.container(horizontal=True):
        button("class_set_locks", _("Set for the class"), "lock", set_locks, room)
        others = [name for name in SETTINGS if name != "learning_rate"]
        st.button(_("All but the learning rate"), key="class_lock_others", on_click=choose_locked, args=(others,))
    if not (locked or hidden):
        st.caption(_("A link can do the same without a room."))
    elif address := page_address():
        st.caption(_("This link does the same without a room:"))
        params = {LOCKED: ",".join(locked), HIDDEN: ",".join(hidden)}
        query = urlencode({name: value for name, value in params.items() if value}, safe=",")
        st.code(f"{address.removesuffix('class')}train?{query}", language=None, wrap_lines=True)


def choose_locked(names: Iterable[str]) -> None:
    """Fills the field."""
    st.session_state["class_locked"] = list(names)


def set_locks(room: Room) -> None:
    """Locks and hides what the fields hold now."""
    locked, hidden = st.session_state["class_locked"], st.session_state["class_hidden"]
    store().classroom.change(room.id, room.teacher, locked=locked, hidden=hidden)


def set_names_hidden(room: Room, hidden: bool) -> None:
    """Numbers in place of nicknames, for everybody."""
    store().classroom.change(room.id, room.teacher, names_hidden=hidden)


def see_as_student() -> None:
    """The app as a student sees it, until the bar's press ends it."""
    st.session_state[AS_STUDENT] = True


def offer_link(room: Room) -> None:
    """The secret link that moves the teacher's rights to another browser, shown once."""
    st.caption(
        _("To go on in another browser, open a secret link there. It works once; this browser then has no rights.")
    )
    button("class_teacher_link", _("Make the link"), "key", make_link, room, main=False)
    secret = st.session_state.pop(NEW_LINK, None)
    if secret and (address := page_address()):
        st.code(f"{address}?{SECRET}={secret}", language=None, wrap_lines=True)


def make_link(room: Room) -> None:
    """A new secret; earlier links are void."""
    st.session_state[NEW_LINK] = store().classroom.teacher_link(room.id, room.teacher)


def end(room: Room) -> None:
    """Closes the room."""
    st.session_state[AS_STUDENT] = False
    store().classroom.end(room.id, room.teacher)


def opened_words(room: Room) -> str:
    """The page that was opened for all, in words; '' if none was."""
    return target_words(room.opened) if room.opened.partition("?")[0] in PAGES else ""
