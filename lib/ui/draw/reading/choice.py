"""The models that read the drawing: the shipped one, the visitor's runs, and a run from a link."""

from __future__ import annotations

import logging

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.core.studies.configs import SHIPPED
from lib.runs.model.run import UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.draw.reading.models import Model, run_model, shipped_model
from lib.ui.jobs.actions import LINK
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

logger = logging.getLogger(__name__)

CHOICE, LINKED = "draw_models", "draw_linked"
MAX_MODELS = 4
"""Most models side by side: each has its own colour."""
OFFERED = 12
"""Newest runs of the visitor that are offered."""
LOOKED_THROUGH = 100
"""Newest runs of all visitors that are searched for theirs."""


def choose_models(place: DeltaGenerator) -> list[Model]:
    """The chosen models, at least one; the first run among them goes into the link, so it can be shared.

    The choice opens in `place`; what is wrong is said below it.
    """
    try:
        adopt_link()
        runs = own_runs()
    except StoreUnavailable as away:
        logger.exception("no runs to choose from")
        plain.warning(away.sentence(_) + " " + _("The model that comes with the app reads all the same."))
        return [shipped_model()]
    chosen = st.session_state.setdefault(CHOICE, [SHIPPED])
    found = {SHIPPED: shipped_model()} | {
        code: model for code in dict.fromkeys([*chosen, *runs]) if (model := known(code))
    }
    st.session_state[CHOICE] = [code for code in chosen if code in found]
    names = {code: model.name() for code, model in found.items()}
    with place, st.popover(_("Models"), icon=":material/network_intelligence:", key="draw_models_more"):
        st.multiselect(
            _("Models that read the drawing"),
            list(found),
            key=CHOICE,
            format_func=names.__getitem__,
            max_selections=MAX_MODELS,
            placeholder=_("Comes with the app"),
            persist_state="session",
        )
    codes = st.session_state[CHOICE] or [SHIPPED]
    write_link(codes)
    return [found[code] for code in codes]


def known(code: str) -> Model | None:
    """The model with this `code`; None if the run no longer exists."""
    if code == SHIPPED:
        return shipped_model()
    try:
        return run_model(code)
    except UnknownRun:
        return None


def own_runs() -> list[str]:
    """The visitor's newest runs that have weights or may still get some, newest first.

    Those of a group are offered from their first step on: until then there may be many that wait.
    """
    me = visitor()
    runs = [run for run in store().runs(limit=LOOKED_THROUGH) if run.owner == me and (run.step or not run.group)]
    return [run.id for run in runs if not run.is_over or (run.step and store().checkpoint(run.id))][:OFFERED]


def adopt_link() -> None:
    """Chooses the run from the link, once; says so if it does not exist."""
    code = st.query_params.get(LINK)
    if code is None or code == st.session_state.get(LINKED):
        return
    st.session_state[LINKED] = code
    if known(code) is None or code == SHIPPED:
        plain.warning(UnknownRun(code).sentence(_))
        del st.query_params[LINK]
    else:
        st.session_state[CHOICE] = [code]


def write_link(codes: list[str]) -> None:
    """Puts the first chosen run, if any, into the link."""
    code = next((code for code in codes if code != SHIPPED), None)
    st.session_state[LINKED] = code
    if code:
        st.query_params[LINK] = code
    else:
        st.query_params.pop(LINK, None)
