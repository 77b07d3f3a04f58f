"""The gallery of own digits: browse by label, choose, relabel, delete."""

from __future__ import annotations

import base64
import functools
import io
from collections import Counter
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from lib.core.data.dataset import CLASSES, SIDE
from lib.runs.model.run import OwnDigit
from lib.ui.draw.mydigits.presses import forget, pressed, relabel, show_said
from lib.ui.shell import plain
from lib.ui.shell.language import _

ON_A_PAGE = 48
"""Digits per page: four rows on a desktop, and as quick with 2,000 digits as with 50."""
FILTER, PAGE, CHOSEN, RELABEL, SURE = "own_filter", "own_page", "own_chosen", "own_relabel", "own_sure"


def show_gallery(digits: Sequence[OwnDigit]) -> None:
    """The digits, newest first, of one label or all, some dozens per page."""
    show_said("gallery")
    if not digits:
        plain.info(_("There is none yet: draw a digit above, and say what it is."))
        return
    shown = filtered(digits)
    page = page_of(shown)
    chosen = choose(page)
    show_presses(shown, chosen)


def filtered(digits: Sequence[OwnDigit]) -> list[OwnDigit]:
    """The digits with the chosen label; the choice shows the count of each label."""
    counts = Counter(one.label for one in digits)
    label = st.pills(
        _("By label: how many there are of each. Press one to see only those."),
        range(CLASSES),
        key=FILTER,
        format_func=lambda label: f"{label} · {counts[label]:,}",
        persist_state="session",
    )
    return [one for one in digits if label is None or one.label == label]


def page_of(shown: Sequence[OwnDigit]) -> Sequence[OwnDigit]:
    """One page of the digits; the visitor chooses it if there are several."""
    pages = -(-len(shown) // ON_A_PAGE)
    if pages < 2:
        return shown
    st.session_state[PAGE] = min(st.session_state.get(PAGE, 1), pages)
    start = (st.pagination(pages, key=PAGE) - 1) * ON_A_PAGE
    return shown[start : start + ON_A_PAGE]


def choose(page: Sequence[OwnDigit]) -> list[int]:
    """The numbers of the chosen digits on the page."""
    if not page:
        st.caption(_("There is none with this label."))
        return []
    by_number = {one.id: one for one in page}
    st.session_state[CHOSEN] = [number for number in st.session_state.get(CHOSEN, []) if number in by_number]
    # The number tells two look-alikes apart: Streamlit identifies an option by its text.
    return st.pills(
        _("Press digits to choose them."),
        list(by_number),
        key=CHOSEN,
        selection_mode="multi",
        format_func=lambda number: (
            f"![{number}]({picture(by_number[number].image.tobytes())}) {by_number[number].label}"
        ),
    )


@functools.lru_cache(maxsize=4096)
def picture(pixels: bytes) -> str:
    """The 28 × 28 pixels as a data URL."""
    file = io.BytesIO()
    Image.frombytes("L", (SIDE, SIDE), pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def show_presses(shown: Sequence[OwnDigit], chosen: list[int]) -> None:
    """Buttons for the chosen digits, and for all digits shown."""
    if chosen:
        show_relabelling(chosen)
    with st.container(horizontal=True):
        if chosen:
            st.button(
                _("Delete the chosen: {count}").format(count=len(chosen)),
                key="own_delete",
                icon=":material/delete:",
                on_click=pressed,
                args=("gallery", forget, chosen),
            )
        show_deleting_all(shown)


def show_relabelling(chosen: list[int]) -> None:
    """Buttons that relabel the chosen digits with one click."""
    st.session_state[RELABEL] = None

    def pick() -> None:
        label = st.session_state[RELABEL]
        if label is not None:
            pressed("gallery", relabel, chosen, label)

    label = _("Chosen: {count}. What each of them really is:").format(count=len(chosen))
    st.pills(label, range(CLASSES), key=RELABEL, on_change=pick)


def show_deleting_all(shown: Sequence[OwnDigit]) -> None:
    """Deletes all digits shown, on every page, after a second click."""
    numbers = [one.id for one in shown]
    if not numbers:
        return
    asked = st.session_state.get(SURE) == numbers

    def ask(about: list[int] | None) -> None:
        st.session_state[SURE] = about

    count = f"{len(numbers):,}"
    if not asked:
        st.button(
            _("Delete all shown: {count}").format(count=count),
            key="own_delete_all",
            icon=":material/delete_sweep:",
            on_click=ask,
            args=(numbers,),
        )
        return
    st.button(
        _("Yes, delete {count} for good").format(count=count),
        key="own_delete_sure",
        type="primary",
        icon=":material/delete_forever:",
        on_click=pressed,
        args=("gallery", forget, numbers),
    )
    st.button(_("No, keep them"), key="own_delete_not", on_click=ask, args=(None,))
