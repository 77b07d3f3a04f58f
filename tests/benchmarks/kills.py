"""100 processes are killed while runs go on: python -m tests.benchmarks.kills [--times 100] [--seed N] [--light]

One of a server's processes, web, engine or worker, gets kill -9 at a random moment, and again, while runs with a small
network are under way and wait. Printed: how many steps were lost or recorded twice, which runs did not end by
themselves, and whose losses are not those of an undisturbed run (`tests.benchmarks.disturbance`). `--light` trains
without TensorFlow on a server without pages, which is quicker: a worker is back at once.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.benchmarks.disturbance import LIGHT, REAL, LightServer, Verdict, disturb, kill_one, light_losses, undisturbed
from tests.benchmarks.reporting import load, machine, table, versions
from tests.browser.serving import Server


def measure(how: Callable[[Server, Random], str], times: int, seed: int, is_light: bool) -> Verdict:
    """Disturbs a server of its own so many times."""
    with tempfile.TemporaryDirectory() as home:
        if is_light:
            with LightServer(Path(home)) as server:
                return disturb(server, LIGHT, light_losses, times, (0.1, 4.0), Random(seed), how, say)
        with Server(Path(home)) as server:
            store = server.store
            expected = undisturbed(store, REAL)
            store.close()
            say("the undisturbed runs are done")
            return disturb(server, REAL, expected, times, (0.5, 15.0), Random(seed), how, say)


def report(name: str, about: str, times: int, how: Callable[[Server, Random], str], given: Sequence[str] | None) -> int:
    """The command: measures, prints, returns 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{name}", description=about)
    parser.add_argument("--times", type=int, default=times)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--light", action="store_true", help="without TensorFlow and without pages")
    options = parser.parse_args(given)
    say(f"{machine()}\n{versions('distributed', 'sqlalchemy', 'tensorflow')}\n{load()}\n--seed {options.seed}")
    began = time.perf_counter()
    judged = measure(how, options.times, options.seed, options.light)
    table(judged.rows())
    say(f"{options.times} times in {time.perf_counter() - began:.0f} s; {load()}")
    return 0 if judged.is_good else 1


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(report("kills", __doc__ or "", 100, kill_one, None))
