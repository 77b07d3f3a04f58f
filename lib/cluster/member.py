"""One process of a cluster for a look: python -m lib.cluster.member MODULE [argument …]

Runs the module as `python -m` would, and ends when its stdin does: so it outlives the process that started it by a few
seconds at most, however that one ended.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

PATIENCE_SECONDS = 5.0
"""How long the module may take to end in its own way."""


def end_with_parent() -> None:
    """Returns never: ends this process after stdin has ended."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, name="end-with-parent", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
