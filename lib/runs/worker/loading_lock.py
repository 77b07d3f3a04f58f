"""A comparison does not begin while another process of this home imports TensorFlow, which keeps a processor busy."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock

from lib.core.paths import home

logger = logging.getLogger(__name__)


@contextmanager
def marked_as_loading() -> Iterator[None]:
    """While the block runs, `wait_for_loading` waits, and other processes do not begin to load."""
    lock = FileLock(home() / "loading.lock")
    try:
        lock.acquire()
    except OSError as error:  # a folder in which nothing can be written is reported by those who must write there
        logger.warning("nobody hears that this process is loading: %s", error)
    try:
        yield
    finally:
        lock.release()


def wait_for_loading() -> None:
    """Returns when no process of this home is loading; also if one of them has died."""
    with marked_as_loading():
        pass
