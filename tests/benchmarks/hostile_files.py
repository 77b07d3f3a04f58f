"""What becomes of damaged and hostile files: python -m tests.benchmarks.hostile_files [--files 10000] [--seed 1]

Archives, settings and digits, changed at random (`tests.core.exports.hostile`), are given to what the page of runs
gives a file to. A run that is taken goes into a store (SQLite), is read as Train reads it, and leaves as an archive,
which is brought in and has to leave as the same. Printed: how many were refused, with which sentences, how many were
taken, how many ended in anything else, the memory and the seconds. The counts are the same on any machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lib.core.errors import AppError, Refusal
from lib.core.exports.archive import RunArchive, write_archive
from lib.core.exports.archive_reading import read_archive
from lib.runs.db.store import Store
from lib.ui.jobs.run_feed import feed_of_run
from tests.benchmarks.reporting import load, machine, versions
from tests.core.exports.hostile import hostile_files, read

OWNER = "visitor"


def take(store: Store, run: RunArchive) -> None:
    """The run comes in, is looked at, leaves and comes in again."""
    back = store.import_run(run, OWNER, most=10**9)
    feed_of_run(store, back.id).look()
    written = write_archive(store.archive(back.id))
    again = store.import_run(read_archive(written, "again.zip"), OWNER, most=10**9)
    if write_archive(store.archive(again.id)) != written:
        raise AssertionError("the run is not the same when it comes back")
    store.delete(OWNER, [back.id, again.id])


def outcome(store: Store, data: bytes) -> tuple[str, str]:
    """'taken', 'refused' or 'TRACEBACK', and the sentence or the kind of what was taken."""
    try:
        found = read(data)
        if isinstance(found, RunArchive):
            take(store, found)
    except Refusal as error:
        return "refused", said(error)
    except Exception:  # noqa: BLE001  # what is looked for
        return "TRACEBACK", traceback.format_exc()
    return ("refused", said(found)) if isinstance(found, Refusal) else ("taken", type(found).__name__)


def said(error: AppError) -> str:
    """The sentence without its values."""
    return getattr(error, "template", "") or f"({type(error).__name__})"


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)


def report(found: Counter[tuple[str, str]]) -> None:
    """Every outcome with its number, the most frequent first."""
    for kind in ("refused", "taken", "TRACEBACK"):
        these = [(count, text) for (one, text), count in found.most_common() if one == kind]
        print(f"\n{kind}: {sum(count for count, _text in these):,}")
        for count, text in these:
            print(f"{count:7,}  {text}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the report; returns 1 if anything but a sentence came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hostile_files", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    print(f"{machine()}\n{versions('numpy', 'msgspec', 'sqlalchemy')}\n{load()}")
    found: Counter[tuple[str, str]] = Counter()
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TF2LAB_HOME"] = folder
        os.environ.pop("TF2LAB_ARTIFACTS", None)
        store, before = Store(f"sqlite:///{Path(folder) / 'runs.db'}"), peak_megabytes()
        for data in hostile_files(given.files, given.seed):
            began = time.perf_counter()
            found[outcome(store, data)] += 1
            times.append(time.perf_counter() - began)
        store.close()
    report(found)
    print(f"\nmemory: {before:.0f} MB before, {peak_megabytes():.0f} MB at most")
    print(
        f"seconds: {sum(times):.1f} in all; a file {1000 * statistics.median(times):.2f} ms (median), "
        f"{1000 * max(times):.0f} ms (the slowest)"
    )
    return int(any(kind == "TRACEBACK" for kind, _text in found))


if __name__ == "__main__":
    sys.exit(main())
