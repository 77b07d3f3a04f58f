"""A server with 50 viewers for two hours: python -m tests.benchmarks.soak [--minutes 120] [--viewers 50] [--seed N]

Raw clients open pages, stay for a while, and leave for others; most watch a run and hear its stream. A real worker
trains, one run after the other. Printed: the memory of web process, engine and worker over the time, how it
differs between a first and the last quarter of the time after the first, in which everything is loaded, and what went
wrong.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from websockets.exceptions import WebSocketException

from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from tests.benchmarks.disturbance import part
from tests.benchmarks.hostile_requests import tracebacks
from tests.benchmarks.memory import memory_of
from tests.benchmarks.raw_visitor import event_stream, raw_visitor
from tests.benchmarks.reporting import load, machine, table, versions
from tests.browser.serving import Server

ROLES = ("web", "engine", "worker")
PAGES = ("train", "train", "train", "", "draw", "runs", "tour", "compare")
"""Most watch."""
STAY = 20.0, 120.0
BETWEEN_SECONDS, SAMPLE_SECONDS = 0.2, 5.0
MOST_GROWTH = 10.0
"""Per cent."""
RUN = TrainConfig(network="mlp", epochs=20, train_size=6400)


@dataclass
class Soak:
    """What all viewers have seen."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)
    run_id: str = ""

    def view(self, url: str, seed: int) -> None:
        """One viewer, who comes and goes until it is over."""
        chance = Random(seed)
        while not self.is_over.is_set():
            try:
                self.visit(url, chance.choice(PAGES), time.monotonic() + chance.uniform(*STAY))
            except (WebSocketException, OSError) as error:
                if not self.is_over.is_set():
                    self.failures[type(error).__name__] += 1

    def visit(self, url: str, page: str, end: float) -> None:
        """Opens one page and stays until this moment."""
        run_id = self.run_id if page == "train" else ""
        query = f"run={run_id}" if run_id else ""
        with raw_visitor(url, secrets.token_urlsafe()) as tab, event_stream(url, run_id) as heard:
            tab.ask(query, page)
            self.seen["pages"] += 1
            while time.monotonic() < end and not self.is_over.is_set():
                self.seen["messages"] += tab.watch(query, 2.0)
                self.seen["events"] += len(heard())
            self.failures.update(tab.failures)


def keep_training(store: Store, soak: Soak) -> None:
    """Starts the next run when the last one is over."""
    if not soak.run_id or store.run(soak.run_id).is_over:
        soak.run_id = store.create_run(RUN).id
        soak.seen["runs"] += 1


def growth(values: Sequence[float]) -> float:
    """By how many per cent the last quarter is above the second one; the first is that of loading."""
    quarter = len(values) // 4
    before, after = (statistics.median(values[at : at + quarter]) for at in (quarter, 3 * quarter))
    return 100 * (after / before - 1)


def watch(
    server: Server, viewers: int, seed: int, is_enough: Callable[[Soak], bool]
) -> tuple[Soak, dict[str, list[float]]]:
    """Lets them come and go until it is enough; the memory by role."""
    soak, store = Soak(), server.store
    memory: dict[str, list[float]] = {role: [] for role in ROLES}
    keep_training(store, soak)
    threads = [threading.Thread(target=soak.view, args=[server.url, seed + one], daemon=True) for one in range(viewers)]
    for thread in threads:
        thread.start()
        time.sleep(BETWEEN_SECONDS)
    while not is_enough(soak):
        time.sleep(SAMPLE_SECONDS)
        keep_training(store, soak)
        for role in ROLES:
            memory[role].append(memory_of(part(server, role)).taken)
        if len(memory["web"]) % 24 == 0:
            print(", ".join(f"{role} {memory[role][-1]:.0f} MB" for role in ROLES), load(), flush=True)
    soak.is_over.set()
    for thread in threads:
        thread.join(150)
    store.stop(soak.run_id)
    return soak, memory


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the report; returns 1 if the memory grew or anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args(arguments)
    print(
        f"{machine()}\n{versions('streamlit', 'websockets', 'tensorflow')}\n{load()}\n--seed {given.seed}", flush=True
    )
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server:
        end = time.monotonic() + 60 * given.minutes
        soak, memory = watch(server, given.viewers, given.seed, lambda soak: time.monotonic() > end)
        server.store.close()
        for error in tracebacks((Path(home) / "server.log").read_text(errors="replace")):
            soak.failures[f"traceback: {error}"] += 1
    grown = {role: growth(memory[role]) for role in ROLES}
    table(
        {f"{role}, MB": f"{min(memory[role]):.0f} to {max(memory[role]):.0f}; {grown[role]:+.1f} %" for role in ROLES}
    )
    table({name: f"{count:,}" for name, count in soak.seen.items()})
    table({f"what must not be: {name}": f"{count:,}" for name, count in soak.failures.items()} or {"failures": "none"})
    print(f"{given.minutes:g} minutes with {given.viewers} viewers; {load()}")
    return int(bool(soak.failures) or any(value > MOST_GROWTH for value in grown.values()))


if __name__ == "__main__":
    sys.exit(main())
