"""A class that watches one run: python -m tests.benchmarks.audience --viewers 200

A real server trains the notes' network. Viewers come within ten seconds: each opens the run's page over a websocket,
as Streamlit's page does, then its event stream, and asks for parts of the page anew as `live_follow.js` does for those
who look at the chart: what is drawn once an epoch lies below it, out of sight. They have no browser and draw nothing,
but their own work takes processors from the server on the same machine.

Printed: how long the page's script took until it was done; the lag, from a step's record in the store to each viewer's
first event with it; the web process's cores and memory; the bytes of an event; the training's speed in turns with and
without viewers; and in the end a thousand streams that are held open.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from tests.benchmarks.reporting import load, machine, spread, table, verdict, versions
from tests.browser.serving import Server
from tests.waiting import until

SEED = 23
COMING_SECONDS = 10.0
EACH_SECONDS = 0.25
"""EACH_MS of `live_follow.js`."""
LOOK_SECONDS = 0.02
"""Seconds between two looks at the store, for the time of a record."""
FOLLOWER = "live_follow"


@dataclass
class Viewer:
    """One visitor's page and stream."""

    port: int
    run_id: str
    total: int
    turn: float
    page_seconds: float = 0.0
    sizes: list[int] = field(default_factory=list)
    heard: list[tuple[float, float]] = field(default_factory=list)
    """When each event came, and the run's step in it."""
    followers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """By component: its fragment, and what that was drawn with."""
    stream: str = ""
    remade: int = 0

    async def visit(self) -> None:
        """Opens the page, then its stream, until it is cancelled."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        began = time.perf_counter()
        async with websockets.connect(
            address,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            open_timeout=120,
            ping_timeout=None,
        ) as socket:
            asked = BackMsg()
            asked.rerun_script.query_string = f"run={self.run_id}"
            asked.rerun_script.page_name = "train"
            await socket.send(asked.SerializeToString())
            while not self.read(await socket.recv()):
                pass
            self.page_seconds = time.perf_counter() - began
            await asyncio.gather(self.keep_reading(socket), self.watch(socket))

    def read(self, data: str | bytes) -> bool:
        """Notes what a message says of the page; whether the script has finished with it."""
        assert isinstance(data, bytes)
        message = ForwardMsg.FromString(data)
        element = message.delta.new_element
        if element.WhichOneof("type") == "bidi_component" and element.bidi_component.component_name == FOLLOWER:
            about = json.loads(element.bidi_component.json)
            self.stream = f"{about['stream']['url']}&after={quote(about['stream']['after'])}"
            self.followers[element.bidi_component.id] = message.delta.fragment_id, about["drawn"]
        return message.WhichOneof("type") == "script_finished"

    async def keep_reading(self, socket: Any) -> None:
        while True:
            self.read(await socket.recv())

    async def watch(self, socket: Any) -> None:
        """Hears the stream, and asks for what is no longer as the stream says."""
        waiting: dict[str, asyncio.Task[None]] = {}
        try:
            async for tick in self.ticks():
                self.compare(tick, socket, waiting)
        finally:
            await ended(list(waiting.values()))

    def compare(self, tick: dict[str, Any], socket: Any, waiting: dict[str, asyncio.Task[None]]) -> None:
        """Has each fragment made anew that was drawn with something else than this event says."""
        for fragment, drawn in list(self.followers.values()):
            differs = "over" in drawn and any(tick["state"][name] != value for name, value in drawn.items())
            if differs and (fragment not in waiting or waiting[fragment].done()):
                rest = self.turn * EACH_SECONDS * tick["viewers"]
                waiting[fragment] = asyncio.create_task(self.ask(socket, fragment, rest))

    async def ask(self, socket: Any, fragment: str, rest: float) -> None:
        await asyncio.sleep(rest)
        asked = BackMsg()
        asked.rerun_script.query_string = f"run={self.run_id}"
        asked.rerun_script.page_name = "train"
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.is_auto_rerun = True
        self.remade += 1
        await socket.send(asked.SerializeToString())
        await asyncio.sleep(5.0)  # PATIENCE_MS of `live_follow.js`

    async def ticks(self) -> AsyncIterator[dict[str, Any]]:
        """The stream's events."""
        async for data in events(self.port, f"/{self.stream}"):
            tick = json.loads(data.partition(b"data: ")[2])
            self.sizes.append(len(data))
            self.heard.append((time.perf_counter(), tick["share"] * self.total))
            yield tick


async def events(port: int, path: str) -> AsyncIterator[bytes]:
    """Every event of a stream, whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0], head
        while True:  # one chunk of HTTP for each event
            size = int(await reader.readuntil(b"\r\n"), 16)
            if not size:
                return
            yield (await reader.readexactly(size + 2))[:-2]
    finally:
        writer.close()


class Watched:
    """The run, its records by time, and the web process."""

    def __init__(self, server: Server, store: Store, run_id: str) -> None:
        self.server, self.store, self.run_id = server, store, run_id
        self.web = psutil.Process(server.process.pid)
        self.records: list[tuple[float, int]] = []

    async def note_records(self) -> None:
        """Notes when the store has new steps, until it is cancelled."""
        while True:
            step = await asyncio.to_thread(lambda: self.store.run(self.run_id).step)
            if not self.records or step > self.records[-1][1]:
                self.records.append((time.perf_counter(), step))
            await asyncio.sleep(LOOK_SECONDS)

    def lags(self, heard: Sequence[tuple[float, float]], since: float, until_: float) -> list[float]:
        """Seconds from each record in this time until this viewer had it."""
        found, place = [], 0
        for when, step in self.records:
            while place < len(heard) and heard[place][1] < step - 0.5:
                place += 1
            if place == len(heard):
                break
            if since <= when <= until_:
                found.append(max(0.0, heard[place][0] - when))
        return found

    def used(self) -> float:
        times = self.web.cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        """Megabytes of the web process."""
        return self.web.memory_info().rss / 1e6

    async def window(self, seconds: float) -> tuple[float, float]:
        """The web process's cores, and the training's milliseconds a step."""
        began, used, first = time.perf_counter(), self.used(), self.store.run(self.run_id).step
        await asyncio.sleep(seconds)
        took, last = time.perf_counter() - began, self.store.run(self.run_id).step
        return (self.used() - used) / took, 1000 * took / max(1, last - first)


@asynccontextmanager
async def audience(viewers: Sequence[Viewer], seconds: float) -> AsyncIterator[None]:
    """These viewers, who come within so many seconds, and leave in the end."""

    async def come(viewer: Viewer, after: float) -> None:
        await asyncio.sleep(after)
        await viewer.visit()

    coming = [
        asyncio.create_task(come(viewer, seconds * number / len(viewers))) for number, viewer in enumerate(viewers)
    ]
    try:
        while not all(viewer.heard for viewer in viewers):
            for task in coming:
                if task.done():
                    task.result()
            await asyncio.sleep(0.05)
        yield
    finally:
        await ended(coming)


async def ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def part(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def hold_open(watched: Watched, number: int, seconds: float) -> str:
    """Opens this many streams; how many still hear the run after so many seconds, and their cost."""
    last: dict[int, float] = {}

    async def hold(which: int) -> None:
        async for _ in events(watched.server.port, f"/live/{watched.run_id}"):
            last[which] = time.perf_counter()

    before = watched.memory()
    tasks = [asyncio.create_task(hold(which)) for which in range(number)]
    with suppress(TimeoutError):
        async with asyncio.timeout(120):
            while len(last) < number:
                await asyncio.sleep(0.05)
    cores, _ = await watched.window(seconds)
    alive = sum(time.perf_counter() - when < 6 for when in last.values())
    memory = watched.memory() - before
    await ended(tasks)
    return f"{alive:,} of {number:,} after {seconds:g} s, {cores:.2f} cores, {memory:+.0f} MB"


@dataclass(frozen=True)
class Round:
    """A window without viewers, their coming, and a window with them."""

    idle: float
    pace_alone: float
    coming: float
    watching: float
    pace_watched: float
    megabytes: float
    pages: list[float]
    lags: list[float]
    sizes: list[int]
    remade: int


async def one_round(watched: Watched, viewers: Sequence[Viewer], seconds: float) -> Round:
    idle, pace_alone = await watched.window(seconds)
    began, used = time.perf_counter(), watched.used()
    async with audience(viewers, COMING_SECONDS):
        since = time.perf_counter()
        coming = (watched.used() - used) / (since - began)
        watching, pace_watched = await watched.window(seconds)
        megabytes, now = watched.memory(), time.perf_counter()
    return Round(
        idle=idle,
        pace_alone=pace_alone,
        coming=coming,
        watching=watching,
        pace_watched=pace_watched,
        megabytes=megabytes,
        pages=[viewer.page_seconds for viewer in viewers],
        lags=[lag for viewer in viewers for lag in watched.lags(viewer.heard, since, now - 2)],
        sizes=[size for viewer in viewers for size in viewer.sizes[1:]],
        remade=sum(viewer.remade for viewer in viewers),
    )


def report(rounds: Sequence[Round], number: int, megabytes: float) -> None:
    def percentiles(values: Sequence[float], digits: int, target: float) -> str:
        p50, p95 = part(values, 0.5), part(values, 0.95)
        return f"p50 {p50:.{digits}f}  p95 {p95:.{digits}f}  {verdict(p95, target)}"

    def every(name: str) -> list[Any]:
        return [getattr(one, name) for one in rounds]

    def joined(name: str) -> list[Any]:
        return list(itertools.chain.from_iterable(every(name)))

    more = statistics.median(every("watching")) - statistics.median(every("idle"))
    grown = [one - megabytes for one in every("megabytes")]
    slower = [100 * (one.pace_watched / one.pace_alone - 1) for one in rounds]
    table(
        {
            f"page, {number} within {COMING_SECONDS:g} s; s": percentiles(joined("pages"), 2, 5.0),
            "lag, s": percentiles(joined("lags"), 2, 1.0),
            "bytes an event": percentiles(joined("sizes"), 0, 1024),
            "cores of the web process, nobody there": spread(every("idle")),
            "cores while they come": spread(every("coming")),
            "cores while they watch": f"{spread(every('watching'))}  more: {more:.2f}  {verdict(more, 0.3)}",
            "MB more than for one viewer": f"{spread(grown, 0)}  {verdict(max(grown), 120)}",
            "parts of pages made anew, in a round": spread(every("remade"), 0),
            "ms a step, nobody there": spread(every("pace_alone")),
            "ms a step, watched": spread(every("pace_watched")),
            "slower, %": f"{spread(slower, 1)}  {verdict(statistics.median(slower), 5)}",
        }
    )


async def measure(watched: Watched, number: int, seconds: float, rounds: int, held: int) -> None:
    total = watched.store.run(watched.run_id).total_steps
    rng = random.Random(SEED)

    def people(count: int) -> list[Viewer]:
        return [Viewer(watched.server.port, watched.run_id, total, rng.random()) for _ in range(count)]

    noting = asyncio.create_task(watched.note_records())
    async with audience(people(1), 0):
        megabytes = watched.memory()  # what the first page loads is not the others'
    report([await one_round(watched, people(number), seconds) for _ in range(rounds)], number, megabytes)
    if held:
        table({"streams held open": await hold_open(watched, held, seconds)})
    await ended([noting])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--viewers", type=int, default=200)
    options.add_argument("--seconds", type=float, default=15.0, help="of each window")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--held", type=int, default=1000, help="streams held open in the end")
    given = options.parse_args()
    print(machine(), f"{os.cpu_count()} processors; before: {load()}", versions("streamlit", "uvicorn"), sep="\n")
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server:
        store = server.store
        run_id = store.create_run(TrainConfig(epochs=100)).id
        until(lambda: store.run(run_id).step > 100, 600)
        asyncio.run(measure(Watched(server, store, run_id), given.viewers, given.seconds, given.rounds, given.held))
        store.stop(run_id)
        until(lambda: store.run(run_id).is_over, 60)
        store.close()
    print(f"after: {load()}")


if __name__ == "__main__":
    main()
