"""What no page sends is dropped: a widget is as if cleared, a message that is none ends the websocket."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates

from lib.ui.shell import widget_values
from lib.ui.shell.widget_values import PROTOCOL_ERROR, WellFormed, drop_nonsense


@pytest.fixture(autouse=True)
def dropping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)
    monkeypatch.setattr(WStates, "call_callback", WStates.call_callback)
    drop_nonsense()


def states(value_type: str, default: Any, **sent: Any) -> WStates:
    """A widget that has been sent this; it reads numbers, and a missing one as `default`."""
    found = WStates()
    metadata: WidgetMetadata[Any] = WidgetMetadata(
        id="one",
        deserializer=lambda value: default if value is None else 1 / value,
        serializer=lambda value: value,
        value_type=value_type,  # type: ignore[arg-type]
    )
    found.set_widget_metadata(metadata)
    found.set_widget_from_proto(WidgetState(id="one", **sent))
    return found


def test_a_value_of_the_right_kind_is_read() -> None:
    assert states("double_value", 7, double_value=4)["one"] == 0.25
    assert states("json_value", 7, json_value="4")["one"] == 0.25


def test_a_whole_number_is_one_of_a_field_that_takes_others_too() -> None:
    """As Chromium sends it."""
    assert states("double_value", 7, int_value=4)["one"] == 0.25


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("double_value", {"string_value": "4"}),
        ("double_value", {"double_value": 0}),
        ("json_value", {"json_value": "{"}),
        ("json_value", {"json_value": '"{"'}),
        ("json_value", {"json_value": "[" * 100_000}),
    ],
)
def test_any_other_counts_as_cleared(kind: str, sent: dict[str, Any]) -> None:
    found = states(kind, 7, **sent)
    assert [found[one] for one in found] == [7]


def test_an_unknown_widget_has_no_value() -> None:
    found = WStates()
    found.set_widget_from_proto(WidgetState(id="one", double_value=1))
    for name in ("one", "two"):
        with pytest.raises(KeyError):
            found[name]


def test_a_press_beside_what_is_gone_does_nothing_and_other_mistakes_show(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(states: WStates, widget_id: str) -> None:
        raise KeyError(widget_id)

    monkeypatch.setattr(widget_values, "_callback_of", fail)
    WStates().call_callback(f'{widget_values.NO_KEY} "step_size"')
    with pytest.raises(KeyError, match="ours"):
        WStates().call_callback("ours")


END: Message = {"type": "websocket.disconnect", "code": 1000}


def received(*messages: Message) -> tuple[list[Message], list[Message]]:
    """What the app gets of these messages of a websocket, and what is sent."""
    waiting, got, sent = [*messages, END], [], []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not got or got[-1]["type"] != END["type"]:
            got.append(await receive())

    with ThreadPoolExecutor(1) as thread:  # a browser of another test may have a loop in this one
        thread.submit(asyncio.run, WellFormed(app)({"type": "websocket"}, receive, send)).result()
    return got, sent


def test_messages_of_a_page_pass() -> None:
    page = BackMsg(stop_script=True).SerializeToString()
    messages = [{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": page}]
    assert received(*messages) == ([*messages, END], [])


def test_nobody_clears_the_cache_of_all() -> None:
    messages = [BackMsg(clear_cache=True), BackMsg(debug_shutdown_runtime=True), BackMsg(load_git_info=True)]
    assert received(*({"type": "websocket.receive", "bytes": one.SerializeToString()} for one in messages)) == (
        [END],
        [],
    )


@pytest.mark.parametrize("odd", [{"bytes": b"\xff\xff\xff"}, {"text": "hello"}, {"bytes": None, "text": ""}])
def test_anything_else_ends_the_websocket(odd: dict[str, Any]) -> None:
    got, sent = received({"type": "websocket.receive", **odd})
    assert got == [{"type": "websocket.disconnect", "code": PROTOCOL_ERROR}]
    assert sent == [{"type": "websocket.close", "code": PROTOCOL_ERROR}]
