"""One press into each page, in the order for a newcomer, and one back to where they were."""

from __future__ import annotations

import streamlit as st

from lib.core.tour.lessons import LESSONS
from lib.ui.shell import page_paths
from lib.ui.shell.language import _
from lib.ui.tour.progress import forget_left_at, left_at, place, recall


def show_ways_in() -> None:
    """The presses into the Tour, Train, Compare and Draw."""
    with st.container(horizontal=True, key="ways_in"):
        if st.button(
            _("1 · The Tour of the notes"), key="go_tour", width="stretch", type="primary", icon=":material/school:"
        ):
            st.switch_page(page_paths.TOUR)
        if st.button(
            _("2 · Train the network of the notes"), key="go_train", width="stretch", icon=":material/play_arrow:"
        ):
            choose_the_notes()
            st.switch_page(page_paths.TRAIN)
        if st.button(
            _("3 · Time eager, graph, XLA, Session"), key="go_compare", width="stretch", icon=":material/speed:"
        ):
            st.switch_page(page_paths.COMPARE)
        if st.button(_("4 · Write digits by hand"), key="go_draw", width="stretch", icon=":material/draw:"):
            st.switch_page(page_paths.DRAW)


def choose_the_notes() -> None:
    """Puts exactly the notes' settings into Train's form, whatever was set there before."""
    from lib.ui.train.settings_form import FORM

    FORM.adopt_given({})


def offer_to_go_on() -> None:
    """A press to the lesson that the visitor saw last, in this session or an earlier one."""
    recall()
    if (last := place() or left_at()) and st.button(
        _("Go on where you were: {title}").format(title=_(LESSONS[last].title)), key="go_on", icon=":material/resume:"
    ):
        forget_left_at()
        st.switch_page(page_paths.TOUR, query_params={"lesson": last})
