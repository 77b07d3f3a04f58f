"""The nearest training images: equal to brute force, computed once per weights, and again for newer ones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.data.dataset import load_images
from lib.core.drawing.preprocess import prepare
from lib.core.drawing.render import render
from lib.core.i18n import LANGUAGES, translator
from lib.core.inference.litert import shipped
from lib.runs.db.store import Store
from lib.ui.draw.explain import neighbours
from lib.ui.draw.reading import models
from tests.pages.draw.drawing import ONE, SEVEN, draw, settled
from tests.pages.draw.test_models import CONFIG, RUNNING, always, keep
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works
from tests.waiting import PATIENCE

FEW = 300
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses fewer images than the app, and looks up newer weights every time."""
    monkeypatch.setattr(neighbours, "COMPARED", FEW)
    monkeypatch.setattr(neighbours, "COMPARED_WHILE_TRAINING", FEW // 2)
    monkeypatch.setattr(models, "WEIGHTS_POLL_SECONDS", 0.0)


@contextmanager
def nothing_worked_out() -> Iterator[None]:
    """The shared background thread is kept busy meanwhile."""
    go = threading.Event()
    other = neighbours.Background.executor.submit(go.wait, PATIENCE)
    try:
        yield
    finally:
        go.set()
        assert other.result(PATIENCE)


def look(visitor: AppTest) -> AppTest:
    """Chooses the view, and reruns the page until it is ready."""
    visitor.get_by_key("draw_view").set_value("nearest").run()
    assert works(visitor)
    return settled(visitor)


def numbers(visitor: AppTest) -> list[int]:
    """The numbers of the images in the table, nearest first."""
    return table(visitor).iloc[:, 0].tolist()


def table(visitor: AppTest) -> Any:
    return next(frame.value for frame in visitor.dataframe if {"distance", "거리"} & set(frame.value.columns))


def by_brute_force(image: np.ndarray) -> list[int]:
    """The five nearest of FEW training images, by the shipped model's features."""
    network, weights = shipped()

    def feature(one: np.ndarray) -> np.ndarray:
        return network.predict(weights, one[np.newaxis]).layers["d1"][0].astype(np.float16).astype(np.float64)

    wanted, images = feature(image), load_images("mnist").x_train[:FEW]
    return sorted(range(FEW), key=lambda k: float(np.linalg.norm(feature(images[k]) - wanted)))[:5]


@both_languages
def test_the_five_nearest_are_shown_as_brute_force_finds_them(lang: str) -> None:
    visitor = look(draw(visit("draw", lang=lang), SEVEN))
    ready = prepare(render([np.array(stroke, float) for stroke in SEVEN], width=18))
    assert ready is not None
    assert numbers(visitor) == by_brute_force(ready.image)
    labels = load_images("mnist").y_train[numbers(visitor)].tolist()
    assert table(visitor).iloc[:, 1].tolist() == [str(label) for label in labels]
    assert len(visitor.get_by_key("draw_nearest").children) == 5
    assert str(FEW) in words_in(visitor, "draw_inside")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_another_drawing_is_compared_at_once_and_the_images_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = neighbours.features_of
    monkeypatch.setattr(neighbours, "features_of", lambda *args: read.append(1) or real(*args))
    visitor = look(draw(visit("draw"), SEVEN))
    before = numbers(visitor)
    draw(visitor, ONE)
    assert "hourglass" not in words_in(visitor, "draw_inside")
    assert numbers(visitor) != before
    assert read == [1]


def test_newer_weights_of_a_run_are_gone_through_and_the_older_answer_stays_until_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = tell(store, RUNNING, CONFIG)
    keep(store, run_id, always(3, 10))
    visitor = look(draw(visit("draw", run=run_id), SEVEN))
    # Weights of zeros: every image is the same to this network.
    assert numbers(visitor) == [0, 1, 2, 3, 4]
    assert "distance 0.00" in words_in(visitor, "draw_inside")
    assert f"nearest of {FEW // 2} training" in words_in(visitor, "draw_inside")
    newer = always(3, 20)
    newer.weights["d1/kernel"][:] = np.random.default_rng(0).normal(0, 0.1, newer.weights["d1/kernel"].shape)
    keep(store, run_id, newer)
    with nothing_worked_out():
        visitor.run()
        assert works(visitor)
        assert "hourglass" in words_in(visitor, "draw_inside")
        assert numbers(visitor) == [0, 1, 2, 3, 4]
    assert numbers(settled(visitor)) != [0, 1, 2, 3, 4]


@both_languages
def test_training_images_that_are_not_here_are_said_to_be_missing(store: Store, lang: str) -> None:
    config = CONFIG.__class__(**CONFIG.to_dict() | {"dataset": "fashion_mnist"})
    run_id = tell(store, RUNNING, config)
    keep(store, run_id, always(3, 10))
    visitor = look(draw(visit("draw", lang=lang, run=run_id), SEVEN))
    assert translator(lang)(neighbours.NO_IMAGES) in words_in(visitor, "draw_inside")
