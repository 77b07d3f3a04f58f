"""How long a page of a list of many runs takes: python -m tests.benchmarks.history [--runs 10000]

The runs belong to two visitors and are in a new SQLite file. Each list is asked for 30 times after a first time; the
median and the slowest are printed, in milliseconds, counting included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from lib.core.training.config import TrainConfig
from lib.runs.db import tables
from lib.runs.db.store import Store
from lib.runs.model.listing import ORDERS, Which
from tests.benchmarks.reporting import load, machine, versions


def fill(url: str, count: int) -> None:
    """`count` finished runs, straight into the table."""
    random = np.random.default_rng(0)
    networks = ("seed", "mlp", "lenet", "fast")
    rows = [
        {
            "id": f"run{number}",
            "config": json.dumps(TrainConfig(seed=number, network=networks[number % 4]).to_dict()),
            "status": "finished",
            "owner": ("me", "other")[number % 2],
            "accuracy": float(random.uniform(0.9, 1)),
            "seconds": float(random.uniform(5, 90)),
            "name": f"try {number}" if number % 3 else "",
        }
        for number in range(count)
    ]
    engine = sa.create_engine(tables.address(url))
    always = {"kind": tables.TRAIN, "step": 0, "total_steps": 0, "created_at": datetime.now(UTC)}
    with engine.begin() as connection:
        connection.execute(tables.runs.insert(), [always | row for row in rows])
    engine.dispose()


def milliseconds(store: Store, which: Which, page: int) -> tuple[float, float]:
    """The median and the slowest of 30 reads, after one that does not count."""
    taken = []
    for _ in range(31):
        began = time.perf_counter()
        store.count(which)
        store.history(which, page)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken[1:]), max(taken[1:])


def main() -> None:
    """Prints a line for each list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    count = parser.parse_args().runs
    print(f"{machine()}, {versions()}, {load()}")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'runs.db'}"
        store = Store(url)
        fill(url, count)
        lists = {order: Which(owner=None, order=order) for order in ORDERS}
        lists |= {"mine, best": Which(owner="me", order="best"), "two words": Which(owner=None, words="try lenet")}
        lists["pinned"] = replace(lists["newest"], state="pinned")
        for name, which in lists.items():
            for page in (1, count // 50):
                median, slowest = milliseconds(store, which, page)
                print(f"{name:12} page {page:4}: median {median:6.1f} ms, slowest {slowest:6.1f} ms")
        store.close()


if __name__ == "__main__":
    main()
