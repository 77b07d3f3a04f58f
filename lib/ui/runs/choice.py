"""Which runs the page lists, and which of them are chosen for what stands below the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.core.untrusted import printable
from lib.runs.model.listing import ON_A_PAGE, ORDERS, STATES, Which
from lib.runs.model.run import Run, UnknownRun
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose_from_list

CHOSEN = "runs_chosen"
"""Session-state key: the ids of the chosen runs, in the order of choice."""
OVERRULED = "runs_overruled"
"""Session-state key: see `times_overruled`."""
MOST = 6
"""Most runs that can be told apart in one chart."""


def choose_which() -> Which:
    """The widgets above the table: words to look for, part, order, whose."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs_which"):
        words = st.text_input(
            _("Search"),
            key="runs_words",
            placeholder=_("name, setting, such as lenet"),
            max_chars=80,
            width=356,
            persist_state="session",
        )
        state = choose_from_list(_("Which"), texts_of(STATES), "runs_state", 150)
        order = choose_from_list(_("Order"), texts_of(ORDERS), "runs_order", 190)
        mine = st.toggle(_("Only mine"), value=True, key="runs_mine", persist_state="session")
    return Which(owner=visitor() if mine else None, words=printable(words), state=state, order=order)


def texts_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The same codes with their texts in the visitor's language."""
    return {code: _(text) for code, text in texts.items()}


def choose_page(total: int, which: Which) -> int:
    """Which page of the list is shown, counted from 1; each list begins at its first page."""
    pages = -(-total // ON_A_PAGE)
    if pages < 2:
        return 1
    return st.pagination(pages, key=f"runs_page_{hash(which)}")


def chosen_ids() -> list[str]:
    """The ids of the chosen runs."""
    ids: list[str] = st.session_state.setdefault(CHOSEN, [])
    return ids


def choose_on_page(there: Sequence[str], ticked: Sequence[str]) -> None:
    """Of the runs `there` on the page exactly the `ticked` ones are chosen; those on other pages stay so."""
    kept = [one for one in chosen_ids() if one not in there or one in ticked]
    st.session_state[CHOSEN] = [*kept, *(one for one in ticked if one not in kept)]


def choose_only(ids: Sequence[str]) -> None:
    """From now on these are the chosen runs, whatever is ticked in the table."""
    st.session_state[CHOSEN] = list(ids)
    st.session_state[OVERRULED] = times_overruled() + 1


def times_overruled() -> int:
    """How often the choice was not made in the table: as often it has to be drawn anew, with the new ticks."""
    times: int = st.session_state.get(OVERRULED, 0)
    return times


def forget_chosen(ids: Sequence[str]) -> None:
    """These runs are no longer chosen."""
    choose_only([one for one in chosen_ids() if one not in ids])


def chosen_runs() -> list[Run]:
    """The chosen runs as they are now; one that is gone is no longer chosen."""
    found = []
    for run_id in chosen_ids():
        try:
            found.append(store().run(run_id))
        except UnknownRun:
            forget_chosen([run_id])
    return found
