"""One drawing over the steps of a run: each snapshot's answer, growing with the run, or why there is none."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES
from lib.core.training.config import TrainConfig
from lib.core.training.events import Finished, Snapshot
from lib.runs import artifacts
from lib.runs.db.store import Store
from lib.ui.draw.reading import models
from tests.pages.draw.drawing import FOUR, SEVEN, draw, settled
from tests.pages.draw.test_models import CONFIG, RUNNING, always, keep
from tests.pages.stories import tell
from tests.pages.visiting import charts_on, english_left, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer weights are looked up every time."""
    monkeypatch.setattr(models, "WEIGHTS_POLL_SECONDS", 0.0)


def take(store: Store, run_id: str, *snapshots: tuple[int, int]) -> None:
    """Stores snapshots (step, digit) of a network that predicts that digit for everything."""
    for step, digit in snapshots:
        weights = {name: array.astype(np.float16) for name, array in always(digit, step).weights.items()}
        store.append(run_id, Snapshot(step=step, weights=weights), "server/host:1/a")


def a_run(store: Store, config: TrainConfig = CONFIG) -> str:
    run_id = tell(store, RUNNING, config)
    keep(store, run_id, always(3, 10, config))
    return run_id


def look(run_id: str, lang: str = "en") -> AppTest:
    visitor = draw(visit("draw", lang=lang, run=run_id), SEVEN)
    visitor.get_by_key("draw_view").set_value("moments").run()
    assert works(visitor)
    return settled(visitor)


def table(visitor: AppTest) -> dict[str, list[Any]]:
    """The likeliest digit by step."""
    frame = next(frame.value for frame in visitor.dataframe if {"step", "스텝"} & set(frame.value.columns))
    digits = [row[1:] for row in frame.itertuples(index=False)]
    likeliest = [int(np.argmax([float(cell.removesuffix("%")) for cell in row])) for row in digits]
    return dict(zip(frame.iloc[:, 0].tolist(), likeliest, strict=True))


def traces(visitor: AppTest) -> list[dict[str, Any]]:
    (chart,) = [one for one in charts_on(visitor) if "logarithmic" in json.dumps(one.get("spec", {}))]
    return chart["spec"]["traces"]


@both_languages
def test_every_snapshot_is_asked_and_the_chart_grows_with_the_run(store: Store, lang: str) -> None:
    run_id = a_run(store)
    take(store, run_id, (0, 8), (1, 8), (2, 5))
    visitor = look(run_id, lang)
    assert table(visitor) == {0: 8, 1: 8, 2: 5}
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    take(store, run_id, (20, 7), (40, 7))
    settled(visitor)
    assert table(visitor) == {0: 8, 1: 8, 2: 5, 20: 7, 40: 7}
    store.append(run_id, Finished(step=40, reason="epochs"))
    settled(visitor)
    assert table(visitor) == {0: 8, 1: 8, 2: 5, 20: 7, 40: 7}


def test_the_words_and_the_chart_tell_when_it_changed_its_mind(store: Store) -> None:
    run_id = a_run(store)
    take(store, run_id, (0, 8), (1, 5), (20, 7), (40, 7))
    visitor = look(run_id)
    said = words_in(visitor, "draw_inside")
    assert "Before the first step the network said 8" in said
    assert "Changes of mind among 4 snapshots: 2. From step 20 on it says 7, after step 40" in said
    drawn = traces(visitor)
    assert drawn[0]["name"] == "7"
    assert {"5", "8"} < {trace["name"] for trace in drawn}
    assert all(trace["x"] == [0.5, 1.0, 20.0, 40.0] for trace in drawn)
    assert drawn[0]["y"][:2] == pytest.approx([0, 0], abs=0.01)
    assert drawn[0]["y"][2:] == pytest.approx([1, 1], abs=0.01)


def test_no_snapshot_is_read_twice_for_a_drawing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read, real = [], artifacts.read
    monkeypatch.setattr(artifacts, "read", lambda artifact: read.append(artifact.step) or real(artifact))
    run_id = a_run(store)
    take(store, run_id, (0, 8), (1, 8))
    visitor = look(run_id)
    take(store, run_id, (2, 8))
    settled(visitor)
    assert read == [0, 1, 2]
    settled(draw(visitor, FOUR))
    assert read == [0, 1, 2, 0, 1, 2]
    settled(draw(visitor, SEVEN))
    assert len(read) == 6


def test_a_snapshot_that_is_damaged_gone_or_not_finite_is_left_out(store: Store, home: Path) -> None:
    run_id = a_run(store)
    take(store, run_id, (0, 8), (1, 8), (2, 8), (4, 8))
    damaged, gone = (Path(a.path.removeprefix("file://")) for a in store.snapshots(run_id)[:2])
    damaged.write_bytes(damaged.read_bytes()[:-40])
    gone.unlink()
    weights = {name: array.astype(np.float16) for name, array in always(8, 8).weights.items()}
    weights["d1/kernel"][0, 0] = np.inf
    store.append(run_id, Snapshot(step=8, weights=weights), "server/host:1/a")
    assert table(look(run_id)) == {2: 8, 4: 8}


@both_languages
def test_where_there_is_none_the_page_says_why(store: Store, lang: str) -> None:
    shipped = draw(visit("draw", lang=lang), SEVEN)
    shipped.get_by_key("draw_view").set_value("moments").run()
    over = a_run(store)
    store.append(over, Finished(step=25, reason="epochs"))
    large = dataclasses.replace(CONFIG, network="lenet", filters=128, dense_units=1024)
    too_large = a_run(store, large)
    store.append(too_large, Finished(step=25, reason="epochs"))
    coming = look(a_run(store), lang)
    seen = [words_in(visitor, "draw_inside") for visitor in (shipped, look(over, lang), look(too_large, lang), coming)]
    if lang == "ko":
        assert english_left([*words_on(shipped), *words_on(coming), *seen]) == []
    else:
        for said, expected in zip(seen, ("Train page", "newest 20 runs", "too large", "still to come"), strict=True):
            assert expected in said
    assert len(set(seen)) == 4
