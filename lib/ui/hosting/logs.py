"""The web process's logs: JSON lines where the server wants them, Streamlit's own among them."""

from __future__ import annotations

import logging

from streamlit import logger as streamlit_logger

from lib.core.logs import is_structured, set_up_logs


def begin_logs() -> None:
    """Sets up the logs of this process. Raises ValueError for a wrong TF2LAB_LOG."""
    set_up_logs("web")
    if is_structured():
        # Streamlit gives each of its loggers, whenever it first needs one, a handler of its own.
        streamlit_logger.setup_formatter = make_way


def make_way(logger: logging.Logger) -> None:
    """Lets what Streamlit says go to our handler."""
    logger.propagate = True
