"""Callbacks of the buttons for own digits (keep, undo, relabel, delete, import), and their messages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.errors import Refusal
from lib.core.mydigits.digit_sets import Digits, OwnDigitsError
from lib.runs.model.run import OwnDigit
from lib.ui.jobs.actions import NOT_DONE, press
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

ANSWER, OWN = "draw", "own"
"""The fragments that a click can change: the answer to a drawing (lib.ui.draw.answer), and the own digits below it."""
KEPT = "own_kept"
"""Session-state key: drawings that are kept, as fingerprint → number and label of the digit."""
SHOWN = "own_shown"
"""Session-state key: drawings that were shown to the class, as fingerprint → label and number on its wall."""


@dataclass(frozen=True, slots=True)
class Said:
    """The result of the last click: `done` or refused, in the visitor's language."""

    text: str
    done: bool


def pressed(where: str, do: Callable[..., str], *args: object, scope: str = "") -> None:
    """Does the work of a button at the place `where`, which then shows the result, or why there is none.

    Meant as a widget's callback: only the parts with own digits rerun, with scope "app" the whole page.
    """

    def doing() -> None:
        try:
            say(where, do(*args), done=True)
        except Refusal as error:
            say(where, error.sentence(_), done=False)

    press(doing)
    if why := st.session_state.pop(NOT_DONE, None):
        say(where, why, done=False)
    st.rerun(scope or [ANSWER, OWN])


def say(where: str, text: str, done: bool) -> None:
    """Stores the message that the place `where` shows when it is next drawn."""
    if text:
        st.session_state[_said(where)] = Said(text, done)


def show_said(where: str) -> None:
    """Shows the result of the last click at the place `where`, once."""
    said: Said | None = st.session_state.pop(_said(where), None)
    if said is None:
        return
    with st.container(key=_said(where)):
        if said.done:
            plain.success(said.text)
        else:
            plain.warning(said.text)


def _said(where: str) -> str:
    return f"own_{where}_said"


def keep(drawing: str, image: Bytes, label: int) -> str:
    """Keeps the digit, uint8 (28, 28), with `label`; a drawing that is kept already is relabelled."""
    kept, me = st.session_state.setdefault(KEPT, {}), visitor()
    if drawing in kept and store().relabel_digit(me, kept[drawing][0], label):
        kept[drawing] = (kept[drawing][0], label)
        return ""
    store().keep_digits(me, Digits(images=image[None], labels=np.array([label], np.uint8)))
    # The newest that matches: another tab may have kept something meanwhile.
    kept[drawing] = (next(one.id for one in store().own_digits(me) if same(one, image, label)), label)
    return ""


def same(one: OwnDigit, image: Bytes, label: int) -> bool:
    """Whether the kept digit has this picture and this label."""
    return one.label == label and np.array_equal(one.image, image)


def take_back(drawing: str) -> str:
    """Deletes the digit kept from this drawing, and takes it off the class's wall.

    Raises OwnDigitsError if it was already deleted.
    """
    take_down(drawing)
    number, _label = st.session_state.get(KEPT, {}).get(drawing, (0, 0))
    forget([number])
    return ""


def show_to_class(drawing: str, image: Bytes, label: int, read: int | None) -> str:
    """Hangs the digit, uint8 (28, 28), on the wall of the visitor's class; under another label than before it hangs
    there once. Raises ClassworkError.
    """
    take_down(drawing)
    work, me = store().classwork, visitor()
    number = work.show_digit(work.room_of(me), me, label, image, None if read is None else int(read))
    st.session_state.setdefault(SHOWN, {})[drawing] = (label, number)
    return _("It hangs on the wall of your class.")


def take_down(drawing: str) -> None:
    """Takes the drawing off the class's wall, if it hangs there and the visitor is still in the room."""
    _label, number = st.session_state.get(SHOWN, {}).pop(drawing, (0, None))
    work, me = store().classwork, visitor()
    if number is not None and (room := work.room_of(me)):
        work.take_down(room, me, [number])


def relabel(numbers: Collection[int], label: int) -> str:
    """Gives the digits with these numbers another label. Raises OwnDigitsError if none of them exists any more."""
    me = visitor()
    changed = [number for number in numbers if store().relabel_digit(me, number, label)]
    kept = st.session_state.get(KEPT, {})
    kept.update({drawing: (number, label) for drawing, (number, _old) in kept.items() if number in changed})
    return done_to(len(changed), len(numbers), _("Labelled {label} now: {count}."), label=label)


def forget(numbers: Collection[int]) -> str:
    """Deletes the digits with these numbers; a drawing on the page that was one of them counts as not kept.

    Raises OwnDigitsError if none of them exists any more.
    """
    count = store().forget_digits(visitor(), numbers)
    kept = st.session_state.get(KEPT, {})
    st.session_state[KEPT] = {drawing: one for drawing, one in kept.items() if one[0] not in set(numbers)}
    return done_to(count, len(numbers), _("Deleted: {count}."))


def done_to(count: int, wanted: int, said: str, **about: object) -> str:
    """The message about `count` changed digits, and about the rest of those `wanted`, which another tab has deleted.

    Raises OwnDigitsError if none was changed.
    """
    if not count:
        raise OwnDigitsError("gone")
    done = said.format(count=f"{count:,}", **about)
    if count == wanted:
        return done
    gone = _("Not there any more, perhaps deleted in another tab: {count}.")
    return f"{done} {gone.format(count=f'{wanted - count:,}')}"
