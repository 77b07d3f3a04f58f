"""A server is restarted while runs go on: python -m tests.benchmarks.restarts [--times 20] [--seed N] [--light]

It is told to end, as by a service or by Ctrl-C, and started anew. Printed is the same as by `tests.benchmarks.kills`.
"""

from __future__ import annotations

import sys

from tests.benchmarks.disturbance import restart
from tests.benchmarks.kills import report

if __name__ == "__main__":
    sys.exit(report("restarts", __doc__ or "", 20, restart, None))
