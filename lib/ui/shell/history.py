"""Back and Forward: the page then shows what the address says, not what the visitor last chose."""

from __future__ import annotations

from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx


def came_by_history() -> bool:
    """Whether the browser's Back or Forward has brought the visitor to this address.

    Only Streamlit knows. An address that merely differs from the page's last one may also be an old one, from a press
    that was made before the browser had heard of the new one.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
