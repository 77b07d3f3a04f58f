"""A visitor without a browser: speaks Streamlit's websocket with its own messages, well-formed or not."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 120.0
"""Seconds that a page on a busy machine may take."""
LARGEST = 2**26
EVENT = re.compile(rb"data: ([^\n]*)\n\n")


class RawVisitor:
    """One tab. `widgets` has the id of every widget that a page has shown, `session` the tab's own name."""

    def __init__(self, socket: ClientConnection, patience: float) -> None:
        self.socket, self.patience = socket, patience
        self.widgets: set[str] = set()
        self.session = ""
        self.failures: list[str] = []
        self.rhythms: dict[str, float] = {}
        self.hash, self.in_part = "", False

    def ask(self, query: str, page: str = "", widgets: tuple[WidgetState, ...] = (), fragment: str = "") -> None:
        """Has the page's script run with this address and these widgets; returns when it has ended."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.fragment_id = query, page, fragment
        state.widget_states.widgets.extend(widgets)
        self.in_part = False
        self.send(message.SerializeToString())
        self.wait()

    def send(self, data: bytes | str) -> None:
        self.socket.send(data)

    def wait(self) -> bool:
        """Reads until a script has ended; False if the server has ended the connection. Raises TimeoutError."""
        try:
            while True:
                message = ForwardMsg()
                message.ParseFromString(self.socket.recv(self.patience))
                self.note(message)
                if message.WhichOneof("type") == "script_finished":
                    return True
        except ConnectionClosed:
            return False

    def watch(self, query: str, seconds: float) -> int:
        """Stays on the page, and asks for its parts anew as often as a browser does; how many messages came.

        Raises ConnectionClosed.
        """
        end, messages = time.monotonic() + seconds, 0
        due = {fragment: time.monotonic() + every for fragment, every in self.rhythms.items()}
        while (now := time.monotonic()) < end:
            for fragment in [one for one, moment in due.items() if moment <= now]:
                again = BackMsg()
                again.rerun_script.query_string, again.rerun_script.fragment_id = query, fragment
                again.rerun_script.page_script_hash, again.rerun_script.is_auto_rerun = self.hash, True
                self.in_part = True
                self.send(again.SerializeToString())
            due = {one: due[one] if due.get(one, 0) > now else now + every for one, every in self.rhythms.items()}
            with suppress(TimeoutError):
                message = ForwardMsg()
                message.ParseFromString(self.socket.recv(max(0.01, min([end, *due.values()]) - now)))
                self.note(message)
                messages += 1
        return messages

    def note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            self.hash = message.new_session.page_script_hash
            if not self.in_part:
                self.rhythms.clear()
        if kind == "auto_rerun":
            self.rhythms[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        name = element.WhichOneof("type")
        shown: Any = getattr(element, name) if name else None
        if name == "exception":
            self.failures.append(f"{shown.type}: {shown.message}")
        if getattr(shown, "id", ""):
            self.widgets.add(shown.id)

    def widget(self, key: str) -> str:
        """The id of the widget with this key; Streamlit ends ids with it."""
        return next(iter(sorted(one for one in self.widgets if one.endswith(f"-{key}"))), f"$$ID-{'0' * 32}-{key}")


def connected(url: str, cookie: str, session: str = "", patience: float = PATIENCE) -> ClientConnection:
    """The websocket of a tab, at the server's address, of the browser with this cookie; to be closed."""
    at = urlsplit(url)
    return connect(
        f"ws://{at.netloc}{at.path}/_stcore/stream",
        subprotocols=[Subprotocol(word) for word in ("streamlit", "PLACEHOLDER", session) if word],
        additional_headers={"Cookie": f"tf2lab_visitor={cookie}"},
        origin=Origin(f"{at.scheme}://{at.netloc}"),
        max_size=LARGEST,
        open_timeout=patience,
        close_timeout=1.0,
        compression=None,
    )


@contextmanager
def raw_visitor(url: str, cookie: str, session: str = "", patience: float = PATIENCE) -> Iterator[RawVisitor]:
    """A tab of the browser with this cookie, at the server's address."""
    with connected(url, cookie, session) as socket:
        yield RawVisitor(socket, patience)


@contextmanager
def event_stream(url: str, run_id: str) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """A run's event stream, in English: the data of what has come since one last asked; nothing without a run."""
    if not run_id:
        yield list
        return
    at = urlsplit(url)
    with socket.create_connection((at.hostname or "", at.port or 80), PATIENCE) as line:
        line.sendall(f"GET {at.path}/live/{run_id}?lang=en HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
        line.setblocking(False)
        rest = b""

        def came() -> list[dict[str, Any]]:
            nonlocal rest
            with suppress(BlockingIOError):
                while data := line.recv(2**16):
                    rest += data
            *_, end = (0, *(found.end() for found in EVENT.finditer(rest)))
            found, rest = EVENT.findall(rest[:end]), rest[end:]
            return [json.loads(one) for one in found]

        yield came
