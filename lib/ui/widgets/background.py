"""Work that takes longer than a page may: done in threads, one task at a time, with its results cached for a while."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

import streamlit as st

from lib.ui.shell.store_health import says_when_store_unavailable

logger = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between polls whether a task is done."""
ASKER = "background_asker"


class Background:
    """A cache of the last `most` results, by the key of their request. Safe from every visitor's thread."""

    turn = threading.Lock()
    """Two tasks at a time would take two processors from the runs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._asked: dict[str, Hashable] = {}

    def ask(self, key: Hashable, work: Callable[[], Any], asker: str) -> Future[Any]:
        """The future result of `work`. An earlier request of the same `asker` is cancelled if it has not begun."""
        with self._lock:
            before = self._asked.get(asker)
            if before != key and before in self._known and self._known[before].cancel():
                del self._known[before]
            self._asked[asker] = key
            future = self._known.get(key)
            if future is None or future.cancelled():
                future = self._known[key] = Future()
                threading.Thread(target=self._do, args=[future, work], name="background", daemon=True).start()
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)[1].cancel()
            while len(self._asked) > 10 * self._most:  # visitors who have left
                del self._asked[next(iter(self._asked))]
            return future

    def _do(self, future: Future[Any], work: Callable[[], Any]) -> None:
        with self.turn:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work())
            except Exception as error:  # the caller gets it from the future
                logger.exception("work in the background failed")
                future.set_exception(error)


def asker() -> str:
    """A name for the visitor's current tab."""
    return str(st.session_state.setdefault(ASKER, secrets.token_hex(8)))


def wait_until(is_done: Callable[[], bool]) -> None:
    """Reruns the page once `is_done`, polled every half second."""

    def look() -> None:
        with says_when_store_unavailable():
            if is_done():
                st.rerun()

    st.fragment(look, run_every=EVERY)()


def say_working(words: str) -> None:
    """A note in place of a result that is still being computed."""
    st.caption(f":material/hourglass_top: {words}")
