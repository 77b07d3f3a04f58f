"""Work that takes longer than a page may: done in threads, one task at a time, with its results cached for a while."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import streamlit as st
from cachetools import LRUCache

from lib.ui.shell.store_health import says_when_store_unavailable

logger = logging.getLogger(__name__)

RESULT_POLL_SECONDS = 0.5
"""Seconds between polls whether a task is done."""
ASKER = "background_asker"


class Background:
    """A cache of the last `most` results, by the key of their request. Safe from every visitor's thread."""

    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
    """One thread for all: two tasks at a time would take two processors from the runs."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._known = Futures(most)
        self._asked: LRUCache[str, Hashable] = LRUCache(10 * most)  # some of these visitors have left

    def ask(self, key: Hashable, work: Callable[[], Any], asker: str) -> Future[Any]:
        """The future result of `work`. An earlier request of the same `asker` is cancelled if it has not begun."""
        with self._lock:
            before = self._asked.get(asker)
            if before != key and before in self._known and self._known[before].cancel():
                del self._known[before]
            self._asked[asker] = key
            future = self._known.get(key)
            if future is None or future.cancelled():
                future = self._known[key] = self.executor.submit(logged, work)
            return future


class Futures(LRUCache[Hashable, "Future[Any]"]):
    """A cache of tasks. The least recently requested one is dropped, and cancelled if it has not begun."""

    def popitem(self) -> tuple[Hashable, Future[Any]]:
        key, future = super().popitem()
        future.cancel()
        return key, future


def logged(work: Callable[[], Any]) -> Any:
    """The result of `work`. Errors are also logged, because the caller may have left."""
    try:
        return work()
    except Exception:
        logger.exception("work in the background failed")
        raise


def give_up() -> None:
    """Cancels tasks that have not begun: the ending process would wait for them."""
    Background.executor.shutdown(wait=False, cancel_futures=True)


def asker() -> str:
    """A name for the visitor's current tab."""
    return str(st.session_state.setdefault(ASKER, secrets.token_hex(8)))


def wait_until(is_done: Callable[[], bool]) -> None:
    """Reruns the page once `is_done`, polled every half second."""

    def look() -> None:
        with says_when_store_unavailable():
            if is_done():
                st.rerun()

    st.fragment(look, run_every=RESULT_POLL_SECONDS)()


def say_working(words: str) -> None:
    """A note in place of a result that is still being computed."""
    st.caption(f":material/hourglass_top: {words}")
