"""What a report says, and that nothing from outside becomes part of its page; a browser test opens it."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from lib.core.exports.report import Reported, report_page
from lib.core.i18n import LANGUAGES
from lib.core.training.config import TrainConfig
from tests.core.exports.runs import DEVICE, NAME, a_run


def body(page: bytes) -> str:
    """The page without its scripts and its style."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", page.decode(), flags=re.DOTALL)


def test_it_says_what_happened_with_settings_figures_machine_and_code() -> None:
    said = unescape(body(report_page(a_run(), "en")))
    for words in (
        *("2 of 2", "94.60 %", "Dropout", "0.25", "TF2", "1,234,567", "2.21.0", "0.75 s", "0.1500"),
        *("FusedAdam", "GlorotUniform", DEVICE, NAME),
    ):
        assert words in said, words
    marked = re.findall(r'<tr class="other"><td>([^<]+)', said)
    assert marked == ["Epochs", "Training images", "Dropout"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_from_outside_is_text(language: str) -> None:
    page = report_page(a_run(), language).decode()
    assert DEVICE not in page
    assert NAME not in body(page.encode())
    assert f'lang="{language}"' in page


def test_its_charts_hold_the_runs_own_numbers() -> None:
    run = a_run()
    page = report_page(run, "en").decode()
    (data,) = re.findall(r'<script type="application/json" id="charts">(.*?)</script>', page)
    loss, accuracy, confusion = json.loads(data)["charts"]
    assert loss["traces"][0]["y"] == run.lines["loss"].y
    assert accuracy["traces"][2]["y"] == [epoch.test_accuracy for epoch in run.epochs]
    assert confusion["traces"][0]["text"] == [list(row) for row in run.epochs[-1].confusion]


def test_a_run_without_steps_or_epochs_has_a_report_too() -> None:
    config = TrainConfig()
    for run in (Reported(config=config, name="one"), replace(a_run(), epochs=(), end=None)):
        assert "<h1>" in report_page(run, "ko").decode()
