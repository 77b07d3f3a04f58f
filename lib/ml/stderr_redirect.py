"""TensorFlow's C++ side greets on standard error before any logging setting is in force: kept, but out of the way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core.paths import home


@contextmanager
def stderr_redirected() -> Iterator[None]:
    """While TensorFlow is imported, what is written to standard error goes to `tensorflow.log` in the app's folder."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept = os.dup(2)
    with (home() / "tensorflow.log").open("wb") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
