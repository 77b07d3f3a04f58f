"""A visitor without a browser: Streamlit's websocket messages, sent and read as a browser sends and reads them.

It costs the machine next to nothing, so forty of them leave it to the server. What pages poll, it polls.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from lib.ui.shell.visitor import known_by
from tests import waiting
from tests.benchmarks.raw_visitor import connected

KEYED = re.compile(r"^\$\$ID-[0-9a-f]+-(.*)$", re.DOTALL)
"""The id of a widget or container with a key of our own."""
TEXTS = ("markdown", "alert", "text", "heading")
LINE = "live_line"
"""The component of a line of words (`lib.ui.widgets.live`)."""
PATIENCE = 600.0
"""Seconds. How long a page takes is no error here, even on a machine that has much else to do."""

LOOK_SECONDS = 0.1

Path = tuple[int, ...]


def until(ask: Callable[[], object]) -> None:
    """Waits for a true answer. Forty visitors who ask without a pause would take the time that the server needs."""

    def look() -> object:
        answer = ask()
        if not answer:
            time.sleep(LOOK_SECONDS)
        return answer

    waiting.until(look, PATIENCE)


class Page:
    """One open tab: what the server has drawn so far, by key and by place."""

    def __init__(self, url: str, cookie: str, name: str, query: str) -> None:
        self.ids: dict[str, str] = {}
        self.disabled: dict[str, bool] = {}
        self.errors: list[str] = []
        self._places: dict[str, Path] = {}
        self._texts: dict[Path, str] = {}
        self._kept: dict[str, Any] = {}
        self._polls: dict[str, tuple[float, float]] = {}
        self._runs = 0
        self._name, self._query = name, query
        self._open = ExitStack()
        self._socket = self._open.enter_context(connected(url, cookie, patience=PATIENCE))
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._send()

    def close(self) -> None:
        """Closes the tab."""
        self._closing.set()
        self._open.close()
        self._thread.join(PATIENCE)

    def has(self, *keys: str) -> bool:
        """Whether one of these is on the page."""
        return any(key in self.ids for key in keys)

    def wait(self, key: str) -> None:
        """Until this is on the page and can be pressed."""
        until(lambda: key in self.ids and not self.disabled.get(key))

    def press(self, key: str) -> None:
        """Presses a button, and waits until the page was drawn again."""
        self.wait(key)
        before = self._runs
        self._send(trigger=self.ids[key])
        until(lambda: self._runs > before)

    def enter(self, key: str, value: object) -> None:
        """Gives a component this value, and waits until the page was drawn again."""
        self.wait(key)
        before = self._runs
        self._kept[self.ids[key]] = json.dumps(value)
        self._send()
        until(lambda: self._runs > before)

    def text(self, key: str) -> str:
        """The text inside the container with this key."""
        place = self._places.get(key)
        if place is None:
            return ""
        inside = [(path, text) for path, text in list(self._texts.items()) if path[: len(place)] == place]
        return "\n".join(text for _path, text in sorted(inside))

    def _send(self, trigger: str = "", fragment: str = "") -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name = self._query, self._name
        run.fragment_id, run.is_auto_rerun = fragment, bool(fragment)
        for widget, value in self._kept.items():
            run.widget_states.widgets.add(id=widget, json_value=value)
        if not fragment:
            self._polls.clear()  # the page says anew which of its parts poll
        if trigger:
            run.widget_states.widgets.add(id=trigger, trigger_value=True)
        self._socket.send(message.SerializeToString())

    def _listen(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    self._take(self._socket.recv(timeout=self._poll()))
                except TimeoutError:
                    continue
        except ConnectionClosed as error:
            if not self._closing.is_set():
                self.errors.append(f"{self._name}: the connection was lost ({error})")

    def _poll(self) -> float:
        """Asks for the parts of the page that are due again; returns the seconds until the next one is."""
        now = time.monotonic()
        for fragment, (every, due) in list(self._polls.items()):
            if due <= now:
                self._polls[fragment] = every, now + every
                self._send(fragment=fragment)
        return max(0.05, min((due - now for _every, due in self._polls.values()), default=1.0))

    def _take(self, data: bytes | str) -> None:
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        match message.WhichOneof("type"):
            case "delta":
                self._draw(tuple(message.metadata.delta_path), message.delta)
            case "auto_rerun":
                every = message.auto_rerun.interval
                self._polls[message.auto_rerun.fragment_id] = every, time.monotonic() + every
            case "stop_auto_rerun":
                self._polls.pop(message.stop_auto_rerun.fragment_id, None)
            case "script_finished":
                self._runs += 1

    def _draw(self, path: Path, delta: Any) -> None:
        if delta.WhichOneof("type") == "add_block":
            if found := KEYED.match(getattr(delta.add_block, "id", "")):
                self._places[found[1]] = path
            return
        kind = delta.new_element.WhichOneof("type")
        element: Message | Any = getattr(delta.new_element, kind) if kind else None
        if kind == "exception":
            self.errors.append(f"{self._name}: {element.type}: {element.message}")
        if kind in TEXTS:
            self._texts[path] = str(element.body)
        elif kind == "bidi_component" and element.component_name == LINE:
            self._texts[path] = json.loads(element.json)["line"]
        else:
            self._texts.pop(path, None)
        if found := KEYED.match(getattr(element, "id", "")):
            self.ids[found[1]] = element.id
            self.disabled[found[1]] = bool(getattr(element, "disabled", False))


class Classmate:
    """One visitor with a cookie, who opens one tab at a time."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        request = urllib.request.Request(self.url + "/", headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            self.cookie = str(answer.headers["Set-Cookie"]).split(";")[0].partition("=")[2]
        self.visitor = known_by(self.cookie)
        self.errors: list[str] = []
        self.page: Page | None = None

    def open(self, name: str, query: str = "") -> Page:
        """Opens this page, in place of the one before."""
        self.close()
        self.page = Page(self.url, self.cookie, name, query)
        return self.page

    def close(self) -> None:
        """Closes the tab."""
        if self.page:
            self.page.close()
            self.errors += self.page.errors
            self.page = None

    def join(self, code: str, shown: Callable[[], bool]) -> None:
        """Joins the room with this code under one of the nicknames, until `shown`: somebody may be faster."""
        page = self.open("class", f"code={code}")
        while not shown():
            page.wait("class_name_1")
            page.press("class_name_1")
