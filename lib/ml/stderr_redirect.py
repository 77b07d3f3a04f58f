"""Sends the greeting of TensorFlow's C++ side, printed before any logging setting applies, to a log file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core.paths import home


@contextmanager
def stderr_redirected() -> Iterator[None]:
    """Redirects standard error to `tensorflow.log` in the app's folder while TensorFlow is imported."""
    sys.stderr.flush()
    kept = os.dup(2)
    with (home() / "tensorflow.log").open("wb") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
