"""A run of an older version shows its records, and says what its settings and seed mean today."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.numbers import percent
from lib.core.training.events import Event, Finished, Paused
from lib.runs.db.store import Store
from lib.ui.shell.visitor import known_by
from tests.pages.conftest import own_home
from tests.pages.stories import COMPILED, CONFIG, STARTED, STEPS, THREE_EPOCHS, progress, tell
from tests.pages.visiting import english_left, visit, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))

DRAWN_OTHERWISE = (
    "An older version drew this run’s random numbers (first weights, dropout) in a way that other work could "
    "disturb. A new run with the same settings and seed begins with other weights and comes out a little different."
)
GOES_ON = "This one keeps what it has drawn: it goes on from exactly where it stands."
OLDER = replace(STARTED, scheme=None)
"""Recorded by a version that knew only one scheme."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with own_home(tmp_path) as folder:
        yield folder


def of_an_older_version(store: Store, *events: Event) -> str:
    run_id = store.create_run(CONFIG, owner=known_by("one")).id
    for event in (OLDER, COMPILED, *events):
        store.append(run_id, event)
    return run_id


@both_languages
def test_a_link_to_an_older_run_shows_what_was_recorded_and_says_what_a_new_one_would_be(
    store: Store, lang: str
) -> None:
    run_id = of_an_older_version(store, *THREE_EPOCHS[2:], Finished(step=3 * STEPS, reason="epochs"))
    page, _ = visit("train", run=run_id, lang=lang), translator(lang)
    assert works(page)
    words = words_on(page)
    assert _(DRAWN_OTHERWISE) in words
    assert not any(_(GOES_ON) in text for text in words), "it is over"
    assert any((percent(0.9833) if lang == "en" else "98.33%") in text for text in words)
    if lang != "en":
        assert english_left(words) == []


@both_languages
def test_an_older_run_that_rests_says_that_it_goes_on_as_it_was(store: Store, lang: str) -> None:
    run_id = of_an_older_version(store, progress(1, 25), Paused(step=25))
    page, _ = visit("train", run=run_id, lang=lang), translator(lang)
    assert f"{_(DRAWN_OTHERWISE)} {_(GOES_ON)}" in words_on(page)
    assert not page.get_by_key("train_resume").disabled


@pytest.mark.parametrize("story", ["waiting", "running, first epoch", "finished"])
def test_a_run_of_today_says_nothing_of_it(store: Store, story: str) -> None:
    words = words_on(visit("train", run=tell(store, story)))
    assert not any(DRAWN_OTHERWISE in text for text in words)
