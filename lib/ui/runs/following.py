"""The page follows the visitor's runs while some of them wait or are under way."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor

POLL_SECONDS = 3.0


def follow(show: Callable[[], None]) -> None:
    """Draws the page, and again every POLL_SECONDS while the visitor has an open run; a tick redraws only this part."""
    was_open = any_open()

    def look() -> None:
        with says_when_store_unavailable():
            show()
            if any_open() != was_open:
                st.rerun()

    st.fragment(look, run_every=POLL_SECONDS if was_open else None)()


def any_open() -> bool:
    """Whether a run or study of this visitor waits for a worker or has one."""
    return bool(store().open_runs_of(visitor()))
