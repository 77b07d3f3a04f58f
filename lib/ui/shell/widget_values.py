"""What arrives by the websocket and no browser sends: it is dropped here, instead of ending in a traceback.

Streamlit trusts its own page. A message of another make can hold bytes that are no message, or for a slider a text: the
first ends the connection, the second counts as a cleared widget.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.state.session_state import Serialized, Value, WStates
from streamlit.runtime.uploaded_file_manager import DeletedFile

logger = logging.getLogger(__name__)

PROTOCOL_ERROR = 1002
"""RFC 6455, section 7.4.1."""

FOR_DEVELOPERS = frozenset(
    {"clear_cache", "set_run_on_save", "load_git_info", "debug_disconnect_websocket", "debug_shutdown_runtime"}
)
"""Kinds of messages that Streamlit's menu for developers sends."""

OF_COMPONENTS = frozenset({"json_value", "bytes_value", "arrow_value"})
"""The kinds of values that a component may choose from."""

OF_NUMBERS = frozenset({"int_value", "double_value"})
"""The kinds of values of a number: a browser sends whole ones as such, wherever a field takes others as well."""

NONSENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a value of the wrong kind or shape ends in."""

_value_of, _callback_of = WStates.__getitem__, WStates.call_callback
NO_KEY = "st.session_state has no key"
"""How Streamlit begins the KeyError of a missing value."""


def drop_nonsense() -> None:
    """Makes a widget whose value cannot be read count as cleared, and a press on a page that is gone do nothing.

    For the whole server; it may be called again.
    """
    WStates.__getitem__ = _read_present  # type: ignore[method-assign]
    WStates.call_callback = _press  # type: ignore[method-assign, assignment]


def _press(states: WStates, widget_id: str) -> None:
    """What the widget does when it changes. It may need others that stood beside it and are not there any more."""
    try:
        _callback_of(states, widget_id)
    except KeyError as error:
        if NO_KEY not in str(error):
            raise
        logger.warning("a press came from a page that is no longer there: %.200s", error)


def _read_present(states: WStates, widget_id: str) -> Any:
    """The widget's value; a file that is no longer there, or never was, is none."""
    value = _read(states, widget_id)
    return None if isinstance(value, DeletedFile) else value


def _read(states: WStates, widget_id: str) -> Any:
    """The widget's value. Raises KeyError if there is none."""
    state, metadata = states.states.get(widget_id), states.widget_metadata.get(widget_id)
    if not isinstance(state, Serialized) or metadata is None:
        return _value_of(states, widget_id)
    sent = state.value.WhichOneof("value")
    try:
        kinds = {sent, metadata.value_type}
        is_fitting = sent in (None, metadata.value_type) or kinds <= OF_COMPONENTS or kinds <= OF_NUMBERS
        # A JSON text would be read as JSON once more, which may fail; our components send objects.
        if is_fitting and not (sent == "json_value" and isinstance(json.loads(state.value.json_value), str)):
            return _value_of(states, widget_id)
        logger.warning("a widget with %s was sent %s", metadata.value_type, sent)
    except NONSENSE as error:
        logger.warning("a widget's value cannot be read: %s: %.200r", type(error).__name__, error)
    # As if the visitor had cleared it: every widget has a value for that.
    states.states[widget_id] = Value(metadata.deserializer(None))
    return _value_of(states, widget_id)


class WellFormed:
    """ASGI middleware that ends a websocket by which something else comes than Streamlit's messages.

    Messages for developers are not passed on: Streamlit obeys some of them whoever sends them, and to clear its cache
    would start another engine beside the one that there is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def receive_messages() -> Message:
            while (message := await receive())["type"] == "websocket.receive":
                kind = kind_of(message.get("bytes"))
                if kind is None:
                    logger.warning("a websocket was ended: it sent no message of a page")
                    await send({"type": "websocket.close", "code": PROTOCOL_ERROR})
                    return {"type": "websocket.disconnect", "code": PROTOCOL_ERROR}
                if kind not in FOR_DEVELOPERS:
                    break
                logger.warning("a visitor's %s was not passed on", kind)
            return message

        await self.app(scope, receive_messages, send)


def kind_of(data: bytes | None) -> str | None:
    """The kind of a message of Streamlit's page, '' for an empty one; None if these bytes are none."""
    if data is None:  # text, which the page never sends
        return None
    try:
        return BackMsg.FromString(data).WhichOneof("type") or ""
    except DecodeError:
        return None
