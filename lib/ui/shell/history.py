"""Back and Forward, and pages that a teacher opens: the page then shows what the address says, not what the visitor
last chose.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

OPENED = "class_opened"
"""Session-state key: whether a teacher has opened this page for all, until it is drawn."""


def came_by_history() -> bool:
    """Whether the browser's Back or Forward, or a teacher, has brought the visitor to this address.

    Only Streamlit knows the former. An address that merely differs from the page's last one may also be an old one,
    from a press that was made before the browser had heard of the new one.
    """
    context = get_script_run_ctx()
    return bool(st.session_state.get(OPENED)) or (context is not None and context.is_history_navigation)
