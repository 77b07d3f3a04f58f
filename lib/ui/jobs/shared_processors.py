"""A badge for pages that time things: it says, only while it is so, that others use this machine's processors."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from lib.core.numbers import percent
from lib.ui.hosting.processors import disturbance
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text

VARIABLE = "TF2LAB_BADGE"
"""With 0, pages say nothing: everybody in a room may know that its machine is shared."""


def shared_words() -> str | None:
    """What others took of the processors in the last minute, in the visitor's language; None while it is little."""
    found = disturbance()
    if found is None or not found.disturbed or os.environ.get(VARIABLE) == "0":
        return None
    taken = []
    if found.others >= 0.01:
        taken.append(_("Other programs on this machine took {share}.").format(share=percent(found.others, 0)))
    if found.stolen >= 0.01:
        share = percent(found.stolen, 0)
        taken.append(_("Other virtual machines on the same hardware took {share}.").format(share=share))
    return " ".join([_("In the last minute, of this machine’s processor time:"), *taken])


def show_shared_processors(more: Callable[[], None] | None = None) -> None:
    """The badge with its numbers, if others use the processors; `more` is drawn below them."""
    words = shared_words()
    if words is None:
        return
    with st.popover(_("Shared processors"), icon=":material/groups:", key="shared_processors"):
        st.markdown(as_text(words))
        st.markdown(as_text(_("So times measured here scatter more, and are longer than on a machine of one’s own.")))
        if more:
            more()
