"""A server that reads drawings all day does not leak memory."""

import base64

import psutil

from lib.core.drawing.preprocess import STEPS
from lib.runs.db.store import Store
from lib.ui.draw.canvas import picture_in
from lib.ui.draw.reading.models import RunModel, shipped_model
from lib.ui.draw.reading.reading import Watch, read
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, ZERO, beside, sent
from tests.pages.draw.test_models import CONFIG, RUNNING, always, keep
from tests.pages.stories import tell

DRAWINGS = [SEVEN, ONE, FOUR, ZERO, beside(ONE, FOUR, SEVEN)]
GROWTH = 4e6
"""Bytes. With as many readings, cached pictures of the canvas would take 60 MB, cached answers of all layers 30 MB."""


def test_memory_stays_flat_over_a_thousand_predictions(store: Store) -> None:
    run_id = tell(store, RUNNING, CONFIG)
    keep(store, run_id, always(3, 10))
    models, process = [shipped_model(), RunModel(store, store.run(run_id))], psutil.Process()
    messages = [base64.b64decode(sent(strokes, 12)["drawing"]["data"].partition(",")[2]) for strokes in DRAWINGS]

    def go(times: int) -> None:
        for k in range(times):
            picture = picture_in(messages[k % len(messages)])
            assert picture is not None
            steps = frozenset(STEPS) - ({"centre"} if k % 5 == 0 else set())
            reading = read(picture, models, steps, row=k % 3 > 0, watch=Watch())
            assert reading is not None
            assert all(answer.prediction is not None for answer in reading.answers)

    go(300)
    before = process.memory_info().rss
    go(700)
    assert process.memory_info().rss - before < GROWTH
