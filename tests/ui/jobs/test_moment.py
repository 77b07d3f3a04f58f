"""A run's ticks: from whichever place on a viewer gets them, in the end they have what a page would be drawn with."""

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.events import Progress
from lib.runs.db.run_reader import view_of
from lib.runs.db.store import Store
from lib.runs.model.view import RunView
from lib.ui.jobs.live_view import live_lines
from lib.ui.jobs.moment import Moment, Place, moment_of, place_of, read_place
from lib.ui.jobs.status import sentence
from lib.ui.jobs.stream import StreamRefused
from lib.ui.shell.language import in_language
from lib.ui.widgets.theme import LINES
from tests.pages.stories import COMPILED, CONFIG, STARTED, STORIES, tell

SEED = 17
every_story = pytest.mark.parametrize("story", list(STORIES))


class Viewer:
    """What a browser makes of the events it gets (`assets/live_chart.js`)."""

    def __init__(self) -> None:
        self.place: Place | None = None
        self.lines: list[tuple[list[float], list[float | None]]] = [([], []) for _ in LINES]
        self.told: dict[str, Any] = {}

    def hear(self, event: bytes) -> None:
        first, second, *rest = event.decode().split("\n")
        assert rest == ["", ""], "one event, of one line of data"
        tick = json.loads(second.removeprefix("data: "))
        self.place = read_place(first.removeprefix("id: "))
        for number, begin, x, y in tick.pop("points"):
            assert len(self.lines[number][0]) == begin, "each point is sent once, none is left out"
            self.lines[number][0].extend(x)
            self.lines[number][1].extend(y)
        self.told |= tick


def drawn(seen: RunView) -> list[tuple[list[float], list[Any]]]:
    return [
        (line.x, [None if y is None else pytest.approx(y, rel=1e-5) for y in line.y])
        for line in live_lines(seen).values()
    ]


@every_story
def test_whatever_a_viewer_misses_they_end_with_what_a_page_is_drawn_with(story: str, store: Store) -> None:
    rng = random.Random(SEED)
    run_id = store.create_run(CONFIG, guess=0.9).id
    every, some = Viewer(), Viewer()
    for event in STORIES[story]:
        store.append(run_id, event)
        moment = moment_of(view_of(store, run_id))
        every.hear(moment.tick(every.place))
        if rng.random() < 0.4:
            some.hear(moment.tick(some.place))
    seen = view_of(store, run_id)
    last = moment_of(seen)
    late = Viewer()
    for viewer in (late, every, some):
        viewer.hear(last.tick(viewer.place))
        assert viewer.lines == drawn(seen)
        assert viewer.place == place_of(seen)
        assert viewer.told == late.told
    assert late.told["line"] == f"`[{seen.run.status}]` {sentence(seen)}"


def test_those_who_have_come_equally_far_get_the_same_bytes(store: Store) -> None:
    moment = moment_of(view_of(store, tell(store, "running, third epoch")))
    assert moment.tick(None) is moment.tick(None)
    place = read_place(str(moment.place))
    assert moment.tick(place) is moment.tick(moment.place)
    assert json.loads(moment.tick(place).split(b"data: ")[1])["points"] == []


def test_a_tick_of_half_a_second_is_small(store: Store) -> None:
    """The notes' run at 5 ms a step, the speed of a fast machine: 100 steps, the longest words of both languages."""
    config = TrainConfig()
    run_id = store.create_run(config).id
    rng = np.random.default_rng(SEED)
    for event in (replace(STARTED, total_steps=9375), COMPILED):
        store.append(run_id, event)
    sizes = []
    for language in ("en", "ko"):
        with in_language(language):
            before = moment_of(view_of(store, run_id))
            for _ in range(5):
                first = view_of(store, run_id).run.step + 1
                losses, accuracies = rng.random((2, 100), np.float32)
                chunk = Progress(first_step=first, losses=losses, accuracies=accuracies, images_per_second=6_543.21)
                store.append(run_id, chunk)
                moment = moment_of(view_of(store, run_id))
                sizes.append(len(moment.tick(before.place)))
                before = moment
    assert max(sizes[1:]) < 1024, "the first 20 steps have a point each"


def test_the_language_is_that_of_the_stream(store: Store) -> None:
    run_id = tell(store, "finished")

    def said(language: str) -> Moment:
        with in_language(language):
            return moment_of(view_of(store, run_id))

    assert "test accuracy" in said("en").words["news"]
    assert "98.33%" in said("ko").words["news"]
    assert said("en").state == said("ko").state


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "0.120/0/1",
        "0.120/0/" + ".".join("0" * (len(LINES) + 1)),
        "0.120/-1/" + ".".join("0" * len(LINES)),
        "0.120/0/" + ".".join("١" * len(LINES)),
        "0.120/0/" + ".".join(["9" * 400] * len(LINES)),
        "0.120/0/" + ".".join("0" * len(LINES)) + "\nid: 7",
    ],
)
def test_what_is_no_place_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(StreamRefused, match="is no place in the stream"):
        read_place(text)


def test_a_place_of_another_drawing_is_no_place_of_this_one(store: Store) -> None:
    """Steps were taken back, or the place is of another run: then all points are sent."""
    moment = moment_of(view_of(store, tell(store, "running, third epoch")))
    beyond = Place(moment.place.drawing, 2, (10_000,) * len(LINES))
    assert moment.since(beyond)["points"] == []
    assert moment.since(Place("7.120", 2, (10_000,) * len(LINES))) == moment.since(None)
