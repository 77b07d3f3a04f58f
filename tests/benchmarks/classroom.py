"""A class of forty on one server: python -m tests.benchmarks.classroom [--members 37] [--browsers 3] [--minutes 20]

A teacher makes a room in a real Chromium and looks at everybody. Members join with the code, most of them without a
browser (`tests.benchmarks.classmate`). Each starts a run, reads how long it will wait, watches the run, draws a digit
and shows it to the class, thinks for a while, and begins again; in the end all leave.

Three things are printed: whether anybody waited longer than their page had promised, every error on a page or in the
server's log, and how the memory of the web process went. A promise is the upper end of what the page says first. Where
it says that people with fewer turns go first, it is counted apart: that is a condition.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.exceptions import WebSocketException

from lib.core.errors import AppError
from lib.runs.db.store import Store
from lib.runs.model.listing import Which
from lib.runs.model.run import Status
from tests.benchmarks.classmate import Classmate, until
from tests.benchmarks.hostile_requests import tracebacks
from tests.benchmarks.raw_visitor import event_stream
from tests.benchmarks.reporting import load, machine, table, versions
from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.visiting import who
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, ZERO, sent

RUN = "network=fast&epochs=1&train_size=4000"
"""The settings of everybody's run, as a link has them: some seconds each."""
DIGITS: Sequence[Any] = (ZERO, ONE, FOUR, SEVEN)
PROMISE = re.compile(r"It will start in ([^.]*)\.")
CONDITION = "whoever comes with fewer"
LONGEST = re.compile(r"(\d+) (h|min|s)\b")
SECONDS = {"h": 3600, "min": 60, "s": 1}
ROUNDED = 0.1, 5.0
"""A page rounds its promises, and looks every few seconds: a tenth, and so many seconds, are no broken promise."""
LOOK_SECONDS = 10.0
HAS_LEFT = ("WebSocketDisconnect", "ClientDisconnected", "ConnectionClosed")
"""What the web server's packages raise, and log, where a tab is closed while something is sent to it."""


@dataclass
class Wait:
    """One member's wait: what their page said, from when on, and how long it took."""

    said: str
    since: float
    took: float = 0.0

    @property
    def promised(self) -> float | None:
        """Seconds; None if the page named none."""
        found = PROMISE.search(self.said)
        return longest(found[1]) if found else None

    @property
    def conditional(self) -> bool:
        return CONDITION in self.said

    @property
    def over(self) -> float:
        """Seconds beyond the promise, and beyond what a page rounds."""
        if self.promised is None:
            return 0.0
        share, seconds = ROUNDED
        return max(0.0, self.took - self.promised * (1 + share) - seconds)


@dataclass
class Lesson:
    """What happens in one simulated lesson; threads append to it."""

    server: Server
    store: Store
    code: str
    room: str
    until: float
    thinks: tuple[float, float]
    waits: list[Wait] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    shown: int = 0

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until


def longest(text: str) -> float | None:
    """The upper end of a wait as the page says it, in seconds: of 'about 40 s to 4 min' that is 240."""
    last = text.split(" to ")[-1]
    found = [(int(number), unit) for number, unit in LONGEST.findall(last)]
    return float(sum(number * SECONDS[unit] for number, unit in found)) if found else None


class Member:
    """A classmate's life in the lesson, on a thread of its own."""

    def __init__(self, lesson: Lesson, seed: int) -> None:
        self.lesson, self.mate = lesson, Classmate(lesson.server.url)
        self.random = random.Random(seed)
        self.thread = threading.Thread(target=self._live, name=f"member {seed}", daemon=True)
        self.thread.start()

    def _live(self) -> None:
        try:
            self._attend()
        except (AssertionError, AppError, OSError, WebSocketException) as error:  # a finding, and the others go on
            self.lesson.errors.append(f"{self.thread.name}: {error!r}")
        finally:
            self.mate.close()
            self.lesson.errors.extend(self.mate.errors)

    def _attend(self) -> None:
        self.mate.join(self.lesson.code, self._is_inside)
        while True:
            self._train()
            self._draw()
            if not self.lesson.goes_on:
                break
            time.sleep(self.random.uniform(*self.lesson.thinks))
        page = self.mate.open("class")
        page.press("class_leave")

    def _is_inside(self) -> bool:
        return self.lesson.store.classwork.room_of(self.mate.visitor) == self.lesson.room

    def _train(self) -> None:
        page = self.mate.open("train", f"{RUN}&seed={self.random.randrange(10**6)}")
        before = self._newest()
        page.press("train_start")
        until(lambda: self._newest() != before)
        run = self.lesson.store.run(self._newest())
        wait = Wait(page.text("run_status"), time.monotonic())
        with event_stream(self.lesson.server.url, run.id) as heard:

            def begun() -> bool:
                nonlocal wait
                for event in heard():
                    if wait.promised is None:  # where a page makes a promise late, the time counts from there
                        wait = Wait(event["line"], time.monotonic())
                return self.lesson.store.job(run.id).claimed_at is not None

            until(begun)
            wait.took = time.monotonic() - wait.since
            self.lesson.waits.append(wait)

            def over() -> bool:
                heard()  # they watch until it is over
                return self.lesson.store.job(run.id).is_over

            until(over)

    def _newest(self) -> str:
        """The id of this member's newest run; '' before the first."""
        newest = self.lesson.store.history(Which(owner=self.mate.visitor), size=1)
        return newest[0].id if newest else ""

    def _draw(self) -> None:
        strokes = self.random.choice(DIGITS)
        shift, width = [self.random.uniform(-25, 25) for _ in "xy"], self.random.uniform(9, 22)
        page = self.mate.open("draw")
        page.enter("canvas", sent([[tuple(np.array(point) + shift) for point in stroke] for stroke in strokes], width))
        until(lambda: page.has("own_right_0", "own_label_0"))
        if not page.has("own_right_0"):
            return  # it was not read as a digit
        page.press("own_right_0")
        page.press("own_show_0")
        self.lesson.shown += 1


def watch(lesson: Lesson, alive: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Notes the web process's memory until all members have left."""
    web = psutil.Process(lesson.server.process.pid)
    due = 0.0
    while alive():
        if time.monotonic() >= due:
            lesson.memory.append(web.memory_info().rss / 2**20)
            runs = len(lesson.waits)
            say(f"{lesson.memory[-1]:6.0f} MB, {runs} runs begun, {lesson.shown} drawings, {len(lesson.errors)} errors")
            due = time.monotonic() + LOOK_SECONDS
        time.sleep(0.2)


def teach(browser: Browser, url: str) -> Page:
    """The teacher's page, with a new room."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{url}/class")
    page.locator(".st-key-class_make button").click(timeout=60_000)
    page.locator(".st-key-class_invitation").wait_for(timeout=60_000)
    return page


def attend(browser: Browser, url: str, code: str, where: str) -> Page:
    """A member's page in a real browser, on a phone, which stays at one place."""
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto(f"{url}/class?code={code}")
    page.locator(".st-key-class_name_2 button").click(timeout=60_000)
    page.locator(".st-key-class_leave").wait_for(timeout=60_000)
    page.goto(f"{url}/{where}")
    return page


def hold(lesson: Lesson, members: int, say: Callable[[str], None] = lambda text: None) -> None:
    """A lesson of so many members without a browser, until all have left."""
    everybody = [Member(lesson, seed) for seed in range(members)]
    watch(lesson, lambda: any(member.thread.is_alive() for member in everybody), say)
    log = (lesson.server.home / "server.log").read_text("utf-8", "replace")
    lesson.errors.extend(error for error in tracebacks(log) if not any(name in error for name in HAS_LEFT))


def often(waits: Sequence[Wait]) -> str:
    """What pages without a promise said most often, without its numbers."""
    said = Counter(re.sub(r"\d+", "…", wait.said) for wait in waits if wait.promised is None)
    return "; ".join(f"{text} ({count})" for text, count in said.most_common(3)) or "–"


def report(lesson: Lesson) -> None:
    waits, jobs = lesson.waits, lesson.store.classroom.jobs(lesson.room, limit=10_000)
    promised = [wait for wait in waits if wait.promised is not None]
    firm = [wait for wait in promised if not wait.conditional]
    half = len(lesson.memory) // 2
    table(
        {
            "runs begun": f"{len(waits)}, over {sum(job.is_over for job in jobs)} of {len(jobs)}, "
            f"failed {sum(job.status == Status.FAILED for job in jobs)}",
            "drawings on the wall": str(len(lesson.store.classwork.wall(lesson.room))),
            "wait, s": f"median {statistics.median(wait.took for wait in waits):.1f}, "
            f"longest {max(wait.took for wait in waits):.1f}",
            "without a promise": f"{len(waits) - len(promised)}, most often: {often(waits)}",
            "promises": f"{len(promised)}, broken {sum(wait.over > 0 for wait in firm)} of {len(firm)} firm ones, by "
            f"up to {max((wait.over for wait in firm), default=0):.1f} s",
            "promises on a condition": f"{len(promised) - len(firm)}, exceeded "
            f"{sum(wait.over > 0 for wait in promised if wait.conditional)}",
            "memory of the web process, MB": f"first {lesson.memory[0]:.0f}, in the middle {lesson.memory[half]:.0f}, "
            f"last {lesson.memory[-1]:.0f}, highest {max(lesson.memory):.0f}",
            "errors": str(len(lesson.errors)),
        }
    )
    for error in lesson.errors[:20]:
        print("  ", error[:300])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=37, help="members without a browser")
    parser.add_argument("--browsers", type=int, default=3, help="real browsers, one of them the teacher's")
    parser.add_argument("--minutes", type=float, default=20)
    about = parser.parse_args()
    print(machine(), versions("streamlit", "tensorflow"), sep="\n")
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        pages, store = [teach(browser, server.url)], server.store
        seen: list[str] = []
        (room,) = [seat.room for seat in [store.classroom.seat_of(who(pages[0]))] if seat]
        for number in range(1, about.browsers):
            pages.append(attend(browser, server.url, room.code, ("train", "draw", "tour")[number % 3]))
        for page in pages:
            page.on("pageerror", lambda error: seen.append(f"browser: {error}"))
        end = time.monotonic() + 60 * about.minutes
        lesson = Lesson(server, store, room.code, room.id, end, thinks=(5.0, 30.0))
        hold(lesson, about.members, lambda text: print(f"{load()}  {text}", flush=True))
        lesson.errors.extend(seen)
        report(lesson)
        browser.close()


if __name__ == "__main__":
    main()
