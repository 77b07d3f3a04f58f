"""The process: takes its limits, reads code in UTF-8 to the end of the input, answers with one line of JSON, and ends.

python -m lib.ml.upgrade SECONDS MEGABYTES
"""

from __future__ import annotations

import os
import sys

from lib.core.codec import to_json


def main(seconds: int, megabytes: int) -> None:
    """Answers once. Past its `seconds` of processor time the system ends the process."""
    limit(seconds, megabytes)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the tool prints its report
    from lib.ml.upgrade.tool import answer

    answers.write(to_json(answer(sys.stdin.buffer.read().decode("utf-8"))))
    answers.close()


def limit(seconds: int, megabytes: int) -> None:
    """Limits this process, where the system can: its time, its memory, and that it writes no file."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows; there its owner's patience is the limit
        return
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: megabytes * 2**20,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
