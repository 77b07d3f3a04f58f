"""Keeps processors busy while a command runs, to find out whether a test depends on an idle machine.

    python -m tests.busy 2 -- python -m pytest tests/browser
    python -m tests.busy 2 --times 20 -- python -m pytest tests/browser/test_breakdowns.py

The given number of processes compute without pause until the last repetition of the command has ended, or this process
is gone. The exit status is 1 if any repetition failed.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SPIN = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    sum(range(1_000_000))
"""


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """While the block runs, this many processes take processor time from all others."""
    command = [sys.executable, "-c", SPIN, str(os.getpid())]
    spinning = [subprocess.Popen(command) for _ in range(processes)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


def main() -> None:
    reading = argparse.ArgumentParser(
        prog="python -m tests.busy",
        usage="%(prog)s PROCESSES [--times N] -- COMMAND …",
        description="Runs a command on a busy machine.",
    )
    reading.add_argument("processes", type=int, help="how many processes keep the machine busy")
    reading.add_argument("--times", type=int, default=1, help="how often the command is run")
    border = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    given, command = reading.parse_args(sys.argv[1:border]), sys.argv[border + 1 :]
    if not command:
        reading.error("the command to run is missing: it comes after --")
    with busy(given.processes):
        failed = sum(subprocess.run(command, check=False).returncode != 0 for _ in range(given.times))
    sys.stdout.write(f"Beside {given.processes} busy processes: run {given.times} times, failed {failed} times.\n")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
