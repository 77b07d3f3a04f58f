"""A web process without web pages: an engine on $TF2LAB_HOME that executes the store's jobs until stdin ends.

`python -m tests.runs.server` writes "up" when its engine is ready.
"""

import sys

from lib.runs.db.store import open_store
from lib.runs.engine.engine import Engine
from tests.waiting import until

if __name__ == "__main__":
    engine = Engine.start(open_store(), training="tests.runs.light:load")
    until(lambda: engine.state().phase == "ready")
    sys.stdout.write("up\n")
    sys.stdout.flush()
    sys.stdin.read()
