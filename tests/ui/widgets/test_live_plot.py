"""What the server and the browser say to each other about a growing chart, whatever gets lost between them."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.curve import Line
from lib.ui.widgets import live_plot
from lib.ui.widgets.live_plot import GrowingChart

NAMES = ("loss", "test_loss")
SPEC = {"traces": [{"type": "scatter"} for _ in NAMES], "layout": {}}

Message = dict[str, Any]


@dataclass
class Browser:
    """What `receive` in live_chart.js does, line by line."""

    run: str | None = None
    traces: list[tuple[list[float], list[float | None]]] | None = None
    asked: bool = False

    def receive(self, message: Message) -> None:
        if "spec" in message:
            self.run = message["run"]
            self.traces = [(list(part["x"]), list(part["y"])) for part in message["points"]]
        elif self.traces is None or self._misses_something(message):
            self.asked = True
        else:
            for (x, y), part in zip(self.traces, message["points"], strict=True):
                known = len(x) - part["from"]
                x.extend(part["x"][known:])
                y.extend(part["y"][known:])

    def _misses_something(self, message: Message) -> bool:
        sizes = [len(x) for x, _ in self.traces or []]
        behind = any(part["from"] > size for part, size in zip(message["points"], sizes, strict=True))
        return self.run != message["run"] or behind


@dataclass
class Visit:
    """One visitor's chart at the server, and every message that it sent."""

    chart: GrowingChart
    lines: dict[str, Line] = field(default_factory=lambda: {name: Line([], []) for name in NAMES})
    drawing: str = "run 1"

    def grow(self, points: int) -> None:
        """Adds so many points to the first line, and to the second one for every third of them."""
        for _ in range(points):
            step = len(self.lines["loss"].x) + 1
            self.lines["loss"].add(step, 1 / step)
            if step % 3 == 0:
                self.lines["test_loss"].add(step, -step)

    def begin(self, drawing: str) -> None:
        self.drawing, self.lines = drawing, {name: Line([], []) for name in NAMES}

    def everything(self) -> list[tuple[list[float], list[float | None]]]:
        return [(line.x, line.y) for line in self.lines.values()]


@dataclass
class Post:
    """Stands where Streamlit takes a message to the browser: keeps the messages, and the browser's way to ask."""

    messages: list[Message] = field(default_factory=list)
    need_full: Callable[[], None] = lambda: None

    def __call__(self, *, data: Message, on_need_full_change: Callable[[], None], **about: Any) -> None:
        self.messages.append(copy.deepcopy(data))
        self.need_full = on_need_full_change


@contextmanager
def visiting() -> Iterator[tuple[Visit, Post]]:
    """A visitor in a session of their own."""
    post = Post()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_plot, "_component", post)
        patch.setattr(live_plot.st, "session_state", {})
        yield Visit(GrowingChart("live")), post


def send(visit: Visit, post: Post) -> Message:
    visit.chart.draw(visit.drawing, visit.lines, lambda: SPEC, "words", 300)
    return post.messages[-1]


def deliver(message: Message, browser: Browser, post: Post) -> None:
    """The message arrives, and so does what the browser asks for then."""
    browser.receive(message)
    if browser.asked:
        post.need_full()
        browser.asked = False


growth = st.integers(0, 4)
ticks = st.lists(st.tuples(growth, st.sampled_from(["arrives", "lost", "another run", "page anew", "reload"])))


@given(ticks)
def test_whatever_is_lost_the_chart_ends_with_every_point(ticks: list[tuple[int, str]]) -> None:
    browser = Browser()
    with visiting() as (visit, post):
        for points, what in ticks:
            match what:
                case "another run":
                    visit.begin(f"run {len(post.messages) + 2}")
                case "page anew":
                    visit.chart.forget()
                case "reload":
                    browser = Browser()
            visit.grow(points)
            message = send(visit, post)
            if what != "lost":
                deliver(message, browser, post)
        # Two ticks, at which nothing need be new: the browser may have to ask, and is answered.
        for _ in range(2):
            deliver(send(visit, post), browser, post)
        assert browser.run == visit.drawing
        assert browser.traces == visit.everything()


@given(st.lists(st.tuples(growth, st.booleans())))
def test_a_single_lost_message_is_no_loss(ticks: list[tuple[int, bool]]) -> None:
    """Where no two in a row are lost, the browser never has to ask."""
    browser, lost = Browser(), True
    with visiting() as (visit, post):
        browser.receive(send(visit, post))
        for points, lose in ticks:
            visit.grow(points)
            message = send(visit, post)
            lost = lose and not lost
            if not lost:
                browser.receive(message)
                assert browser.traces == visit.everything()
        assert not browser.asked


@given(st.lists(growth, min_size=1))
def test_a_message_repeats_the_one_before_and_no_more(ticks: list[int]) -> None:
    counts = [[0, 0]]
    with visiting() as (visit, post):
        for points in ticks:
            visit.grow(points)
            send(visit, post)
            counts.append([len(x) for x, _ in visit.everything()])
    for number, message in enumerate(post.messages):
        assert ("spec" in message) == (number == 0)
        # Whole messages begin at 0; the one after them repeats nothing, every other begins where the one before began.
        begin = [0, 0] if number == 0 else counts[max(number - 1, 1)]
        assert [part["from"] for part in message["points"]] == begin
        assert [part["from"] + len(part["x"]) for part in message["points"]] == counts[number + 1]


def test_a_new_drawing_begins_with_everything() -> None:
    with visiting() as (visit, post):
        visit.grow(5)
        assert "spec" in send(visit, post)
        assert "spec" not in send(visit, post)
        visit.drawing = "another"
        message = send(visit, post)
    assert message["spec"] == SPEC
    assert message["run"] == "another"
    assert [part["from"] for part in message["points"]] == [0, 0]


def test_what_is_asked_for_is_sent_once() -> None:
    with visiting() as (visit, post):
        visit.grow(5)
        send(visit, post)
        post.need_full()
        assert ["spec" in send(visit, post) for _ in range(3)] == [True, False, False]


def test_two_charts_of_a_session_do_not_mix() -> None:
    with visiting() as (visit, post):
        other = Visit(GrowingChart("other"), drawing=visit.drawing)
        visit.grow(5)
        send(visit, post)
        assert "spec" in send(other, post)
        post.need_full()
        assert "spec" not in send(visit, post)
        assert "spec" in send(other, post)
