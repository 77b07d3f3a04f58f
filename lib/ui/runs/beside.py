"""What else a visitor has here: their comparisons, and their own digits."""

from __future__ import annotations

import streamlit as st

from lib.ui.shell import page_paths
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.text import moment

COMPARE = "compare"
"""The kind of a comparison, and its parameter in a link."""
SHOWN = 5
"""The newest comparisons have a link."""


def show_beside() -> None:
    """A link to each of the newest comparisons, and to the own digits; nothing without any."""
    studies = store().studies(COMPARE, limit=SHOWN, owner=visitor())
    digits = store().own_digit_count(visitor())
    if not studies and not digits:
        return
    st.subheader(_("Also yours"))
    with st.container(horizontal=True, key="runs_beside"):
        if digits:
            label = _("Own digits: {count}").format(count=f"{digits:,}")
            st.page_link(page_paths.DRAW, label=label, icon=":material/draw:")
        for study in studies:
            label = _("Comparison of {when}").format(when=moment(study.created_at))
            st.page_link(page_paths.COMPARE, label=label, icon=":material/speed:", query_params={COMPARE: study.id})
