"""What presses do to a visitor's own digits: keep, take back, label anew, delete, bring. And what is said of it."""

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
"""The fragments that a press can change: the answer to a drawing (lib.ui.draw.answer), and the own digits below it."""
KEPT = "own_kept"
"""Where the session keeps which drawings are kept: by their fingerprint the digit's number and its label."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of the last press: `done` or refused, in the visitor's language."""

    text: str
    done: bool


def pressed(where: str, do: Callable[..., str], *args: object, scope: str = "") -> None:
    """Does what a button of the place `where` is for; the place then says what came of it, or why nothing did.

    Meant as a widget's callback: only what concerns own digits is drawn anew, with scope "app" the whole page.
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
    """Has the place `where` say this the next time it is drawn."""
    if text:
        st.session_state[_said(where)] = Said(text, done)


def show_said(where: str) -> None:
    """What came of the last press in the place `where`, once."""
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
    """Keeps the digit, uint8 (28, 28), as a `label`; where this drawing is kept already, it is labelled anew."""
    kept, me = st.session_state.setdefault(KEPT, {}), visitor()
    if drawing in kept and store().relabel_digit(me, kept[drawing][0], label):
        kept[drawing] = (kept[drawing][0], label)
        return ""
    store().keep_digits(me, Digits(images=image[None], labels=np.array([label], np.uint8)))
    # The newest that is this one: another tab may have kept something meanwhile.
    kept[drawing] = (next(one.id for one in store().own_digits(me) if same(one, image, label)), label)
    return ""


def same(one: OwnDigit, image: Bytes, label: int) -> bool:
    """Whether the digit kept is this picture with this label."""
    return one.label == label and np.array_equal(one.image, image)


def take_back(drawing: str) -> str:
    """Deletes the digit that was kept of this drawing. Raises OwnDigitsError where it was deleted meanwhile."""
    number, _label = st.session_state.get(KEPT, {}).get(drawing, (0, 0))
    forget([number])
    return ""


def relabel(numbers: Collection[int], label: int) -> str:
    """Gives the digits with these numbers another label. Raises OwnDigitsError where none of them is there any more."""
    me = visitor()
    changed = [number for number in numbers if store().relabel_digit(me, number, label)]
    kept = st.session_state.get(KEPT, {})
    kept.update({drawing: (number, label) for drawing, (number, _old) in kept.items() if number in changed})
    return done_to(len(changed), len(numbers), _("Labelled {label} now: {count}."), label=label)


def forget(numbers: Collection[int]) -> str:
    """Deletes the digits with these numbers; a drawing on the page that was one of them is not kept any more.

    Raises OwnDigitsError where none of them is there any more.
    """
    count = store().forget_digits(visitor(), numbers)
    kept = st.session_state.get(KEPT, {})
    st.session_state[KEPT] = {drawing: one for drawing, one in kept.items() if one[0] not in set(numbers)}
    return done_to(count, len(numbers), _("Deleted: {count}."))


def done_to(count: int, wanted: int, said: str, **about: object) -> str:
    """What was done to `count` digits, and to how many of those `wanted` it was not: another tab has deleted them.

    Raises OwnDigitsError where that is all of them.
    """
    if not count:
        raise OwnDigitsError("gone")
    done = said.format(count=f"{count:,}", **about)
    if count == wanted:
        return done
    gone = _("Not there any more, perhaps deleted in another tab: {count}.")
    return f"{done} {gone.format(count=f'{wanted - count:,}')}"


def bring(digits: Digits) -> str:
    """Keeps those of the digits that are not there yet, beside what is there. Raises OwnDigitsError where too many."""
    me = visitor()
    there = {(one.label, one.image.tobytes()) for one in store().own_digits(me)}
    new: list[int] = []
    for place, one in enumerate(digits.known_by()):
        if one not in there:
            there.add(one)
            new.append(place)
    count = store().keep_digits(me, digits.some(np.array(new, np.int64))) if new else 0
    said = _("Added: {count}.").format(count=f"{count:,}")
    if count < len(digits):
        said += " " + _("There already: {count}.").format(count=f"{len(digits) - count:,}")
    return said
