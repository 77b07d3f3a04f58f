"""The Runs page in a real browser: rows are ticked, laid over one another, named, deleted and brought back."""

import re

import numpy as np
import onnxruntime
from playwright.sync_api import Page

from lib.core.inference.litert import network_of
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Stopped
from lib.core.training.race import Race, configs
from lib.runs.model.group import Kind
from lib.ui.shell.visitor import COOKIE, known_by
from tests.browser.accessibility import SCHEMES, expect_accessible, switch_scheme
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import enter, open_page, press, shown_run, wait_until_idle
from tests.core.exports.random_network import random_weights
from tests.pages.stories import STARTED, tell
from tests.waiting import until

ROW = 35
"""Pixels of a row of Streamlit's tables."""


def tick(page: Page, row: int) -> None:
    """Presses the box at the beginning of a row, counted from 0."""
    table = page.locator("[class*='st-key-runs_table'] canvas").first
    table.wait_for()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + ROW * (row + 1.5))
    wait_until_idle(page)


def files_are_taken_away(page: Page, run_id: str) -> None:
    """Each file arrives under the run's name, and begins as its kind does."""
    kinds = {
        "report": ("html", b"<!doctype html>"),
        "script": ("py", b"# %% [markdown]"),
        "notebook": ("ipynb", b'{\n "cells"'),
        "csv": ("csv", b'"step","loss"'),
        "parquet": ("parquet", b"PAR1"),
        "settings": ("json", b'{\n  "network"'),
    }
    for code, (suffix, beginning) in kinds.items():
        with page.expect_download() as coming:
            press(page, f"download_{code}")
        assert coming.value.suggested_filename == f"tf2lab-{run_id}.{suffix}"
        assert coming.value.path().read_bytes().startswith(beginning)


def test_runs_are_ticked_and_laid_over_one_another_named_deleted_and_brought_back(server: Server, page: Page) -> None:
    ids = [tell(server.store, "finished", TrainConfig(epochs=3, seed=seed), owner="keeper") for seed in (1, 2, 3)]
    page.context.add_cookies([{"name": COOKIE, "value": "keeper", "url": server.url}])
    open_page(page, f"{server.url}/runs")
    tick(page, 0)
    tick(page, 1)
    chart = page.locator(".st-key-runs_curves .js-plotly-plot")
    expect(chart.locator(".scatterlayer .trace")).to_have_count(2)
    expect(page.get_by_text("read as many test images right: 98.33 %")).to_be_visible()

    tick(page, 1)  # no longer
    enter(page, page.get_by_label("Name", exact=True), "my best")
    until(lambda: server.store.run(ids[2]).name == "my best")
    wait_until_idle(page)

    press(page, "runs_delete")
    until(lambda: [run.id for run in server.store.runs() if run.id in ids] == ids[1::-1])
    expect(page.locator(".st-key-runs_undo")).to_contain_text("my best")
    press(page, "runs_undo_press")
    until(lambda: [run.id for run in server.store.runs() if run.id in ids] == ids[::-1])
    wait_until_idle(page)

    enter(page, "runs_words", "my best")
    expect(page.get_by_text("Runs: 1.")).to_be_visible()
    tick(page, 0)
    files_are_taken_away(page, ids[2])
    press(page, page.get_by_role("link", name="Open", exact=True))
    until(lambda: shown_run(page) == ids[2])


TINY = TrainConfig(network="mlp", dense_units=16, batch_size=1, execution="eager", epochs=1, train_size=25)


def test_a_sweep_is_followed_drawn_and_stopped_and_a_race_has_an_outcome(server: Server, page: Page) -> None:
    tell(server.store, "finished", TINY, owner="sweeper")
    page.context.add_cookies([{"name": COOKIE, "value": "sweeper", "url": server.url}])
    open_page(page, f"{server.url}/runs")
    tick(page, 0)
    press(page, page.locator(".st-key-runs_sweep_box summary"))
    box = page.get_by_role("combobox", name="Settings to vary")
    box.press("Backspace")
    box.fill("Training images")
    box.press("Enter")
    enter(page, "sweep_train_size", "20, 30, 60000")  # the last one takes 20 minutes
    expect(page.get_by_text("3 runs, ")).to_be_visible()
    press(page, "sweep_start")
    group = page.locator(".st-key-runs_group")
    expect(group).to_contain_text("2 of 3 have ended")
    expect(group.get_by_role("progressbar")).to_be_visible()
    expect(group.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(2)
    expect(group.locator(".js-plotly-plot .annotation-text").filter(has_text="30")).to_be_visible()
    press(page, "runs_stop_all")
    expect(group).to_contain_text("3 of 3 have ended")
    assert server.store.open_runs_of(known_by("sweeper")) == []
    for scheme in SCHEMES:
        switch_scheme(page, scheme)
        expect_accessible(page)

    race = Race(sides=(TINY, TrainConfig(**TINY.to_dict() | {"learning_rate": 0.01})), target=0.05, epochs=1, seeds=2)
    members = [(config, "") for config in configs(race)]
    server.store.create_group(Kind.RACE, race.to_dict(), members, known_by("sweeper"))
    open_page(page, f"{server.url}/runs")
    tick(page, 0)
    expect(group).to_contain_text(re.compile("wins|Cannot tell"))
    expect(group.locator(".st-key-runs_race_curves .scatterlayer .trace")).to_have_count(4)
    press(page, page.locator(".st-key-runs_race_box summary"))
    expect(page.locator(".st-key-race_start button")).to_be_visible()
    expect_accessible(page)


def test_a_network_is_made_checked_and_downloaded(server: Server, page: Page) -> None:
    config = TrainConfig(network="mlp", dense_units=16, activation="gelu", precision="mixed_bfloat16")
    run_id = server.store.create_run(config, owner=known_by("exporter")).id
    server.store.claim(run_id, "server/host:1/a")
    for event in (STARTED, Checkpoint(step=0, weights=random_weights(config)), Stopped(step=0)):
        server.store.append(run_id, event)
    page.context.add_cookies([{"name": COOKIE, "value": "exporter", "url": server.url}])
    open_page(page, f"{server.url}/runs")
    tick(page, 0)
    press(page, "export_onnx")
    card = page.locator(".st-key-export_row_onnx")
    # ONNX' own reference reads as many as it can in its time: on a busy machine fewer than a thousand.
    expect(card).to_contain_text(re.compile(r"the same class for ([\d,]+) of \1 test images"))
    wait_until_idle(page)
    with page.expect_download() as download:
        press(page, "download_onnx")
    assert download.value.suggested_filename == f"tf2lab-{run_id}-onnx.onnx"
    session = onnxruntime.InferenceSession(str(download.value.path()), providers=["CPUExecutionProvider"])
    image = np.random.default_rng(1).integers(0, 256, (1, 28, 28), np.uint8)
    (found,) = session.run(None, {"images": image.astype(np.float32)[..., None] / 255})
    expected = network_of(config).probabilities(random_weights(config), image)
    assert np.abs(found - expected).max() < 1e-5

    page.set_viewport_size({"width": 390, "height": 844})
    wait_until_idle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
