"""What can be done with the chosen runs: open, rename, pin, delete and bring back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.runs.model.listing import NAME_LENGTH
from lib.runs.model.run import Run
from lib.ui.jobs import actions
from lib.ui.jobs.actions import LINK, NOT_DONE, press
from lib.ui.jobs.ghost import GHOST, choose_ghost, forget_ghost
from lib.ui.runs.choice import forget_chosen
from lib.ui.runs.seeds import offer_seeds
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.shell.visitor import may_control, visitor

DELETED = "runs_deleted"
"""Session-state key: the ids of the runs that were deleted last, which can be brought back."""


def show_presses(chosen: Sequence[Run]) -> None:
    """A row of buttons for the chosen runs, and the way back from a deletion."""
    if why := st.session_state.pop(NOT_DONE, None):
        plain.warning(why)
    offer_undo()
    if not chosen:
        return
    own = [run for run in chosen if may_control(run)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs_presses"):
        if len(chosen) == 1:
            open_link(chosen[0])
        if len(chosen) == 1 and own:
            name_field(own[0])
        if len(chosen) == 1:
            offer_seeds(chosen[0])
            ghost_button(chosen[0])
        if own:
            pin_button(own)
            delete_button(own)
        st.button(
            _("Choose none"), key="runs_none", icon=":material/close:", on_click=forget_chosen, args=(ids_of(chosen),)
        )
    if own:
        st.caption(
            _("A pinned run keeps its weights for good. One under way has to be stopped before it can be deleted.")
        )


def ids_of(runs: Sequence[Run]) -> list[str]:
    """Their ids."""
    return [run.id for run in runs]


def open_link(run: Run) -> None:
    """The way to the run's chart."""
    st.page_link(page_paths.TRAIN, label=_("Open"), icon=":material/show_chart:", query_params={LINK: run.id})


def name_field(run: Run) -> None:
    """A field for the run's name; it is written as soon as the field is left."""
    key = f"runs_name_{run.id}"
    st.text_input(
        _("Name"), value=run.name, key=key, max_chars=NAME_LENGTH, placeholder=_("a name for this run"), width=220,
        on_change=press, args=(lambda: store().rename(run.id, st.session_state[key]),),
    )  # fmt: skip


def ghost_button(run: Run) -> None:
    """Lays the run behind the curves of Train, or takes it away."""
    is_ghost = st.session_state.get(GHOST) == run.id
    label = _("No longer behind Train’s curves") if is_ghost else _("Behind Train’s curves")
    do = forget_ghost if is_ghost else partial(choose_ghost, run.id)
    st.button(label, key="runs_ghost", icon=":material/layers:", on_click=do)


def pin_button(own: Sequence[Run]) -> None:
    """Pins the runs, or takes the pins away if all have one."""
    pinned = all(run.pinned for run in own)
    st.button(
        _("Unpin") if pinned else _("Pin"),
        key="runs_pin",
        icon=":material/keep_off:" if pinned else ":material/keep:",
        on_click=press,
        args=(pin, ids_of(own), not pinned),
    )


def pin(ids: Sequence[str], pinned: bool) -> None:
    """Pins each of the runs, or takes the pins away."""
    for run_id in ids:
        if not actions.pin(run_id, pinned):
            return


def delete_button(own: Sequence[Run]) -> None:
    """Deletes the runs that are not under way."""
    rests = [run for run in own if not run.is_open]
    st.button(
        _("Delete"),
        key="runs_delete",
        icon=":material/delete:",
        disabled=not rests,
        on_click=press,
        args=(delete, rests),
    )


def delete(runs: Sequence[Run]) -> None:
    """Deletes the runs, and remembers them for the way back."""
    ids = ids_of(runs)
    store().delete(visitor(), ids)
    st.session_state[DELETED] = {run.id: run.called for run in runs}
    forget_chosen(ids)
    if st.session_state.get(LINK) in ids:
        del st.session_state[LINK]


def offer_undo() -> None:
    """What was deleted last, with a button that brings it back."""
    deleted: dict[str, str] = st.session_state.get(DELETED, {})
    if not deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="runs_undo"):
        st.markdown(as_text(_("Deleted: {names}").format(names=", ".join(deleted.values()))))
        st.button(_("Undo"), key="runs_undo_press", icon=":material/undo:", on_click=press, args=(undo, list(deleted)))


def undo(ids: Sequence[str]) -> None:
    """Brings the runs back that are not yet gone for good."""
    back = store().undelete(visitor(), ids)
    del st.session_state[DELETED]
    if back < len(ids):
        st.session_state[NOT_DONE] = _("Gone for good, it was deleted too long ago: {count}.").format(
            count=len(ids) - back
        )
