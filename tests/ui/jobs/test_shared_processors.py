"""The badge: only while others use the processors, with what was measured, and the way to a recorded comparison."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.benchmark.other_load import Reading
from lib.core.numbers import percent
from lib.ui.hosting import processors
from lib.ui.jobs import shared_processors

ROOT = Path(__file__).parents[3]


def seen(monkeypatch: pytest.MonkeyPatch, others: float, stolen: float, looks: int = processors.READINGS) -> None:
    """As if others had used these shares of two processors for so many looks."""
    monkeypatch.setattr(processors.psutil, "cpu_count", lambda: 2)
    monkeypatch.delenv(shared_processors.VARIABLE, raising=False)
    readings = (
        Reading(clock=10.0 * number, all=20.0 * number * others, own=0.0, stolen=20.0 * number * stolen)
        for number in range(looks)
    )
    monkeypatch.setattr(processors, "_readings", deque(readings, processors.READINGS))


def words(lang: str = "en") -> list[str]:
    """What a page with the badge says."""

    def page() -> None:
        from lib.ui.jobs.shared_processors import show_shared_processors

        show_shared_processors()

    test = AppTest.from_function(page, default_timeout=60)
    test.query_params["lang"] = lang
    test.run()
    assert not test.exception
    return [found.value for found in test.markdown]


def test_it_says_what_was_measured_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, others=0.25, stolen=0.125)
    said = words()[0]
    assert percent(0.25, 0) in said
    assert percent(0.125, 0) in said
    assert "virtual machines" in said
    assert "25%를" in words("ko")[0]


def test_it_names_only_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, others=0.0, stolen=0.5)
    assert "programs" not in words()[0]


@pytest.mark.parametrize(("others", "stolen", "looks"), [(0.05, 0.04, 7), (0.9, 0.0, 6), (0.9, 0.0, 0)])
def test_it_is_silent_while_it_is_little_or_not_known_yet(
    monkeypatch: pytest.MonkeyPatch, others: float, stolen: float, looks: int
) -> None:
    seen(monkeypatch, others, stolen, looks)
    assert words() == []


def test_it_is_silent_where_the_server_wants_that(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, others=0.9, stolen=0.0)
    monkeypatch.setenv(shared_processors.VARIABLE, "0")
    assert words() == []
