"""Files from outside on the Runs page: an archive becomes a run, settings open on Train, digits join one's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.exports.archive import write_archive
from lib.core.exports.archive_reading import read_archive
from lib.core.i18n import LANGUAGES, translator
from lib.core.mydigits.digit_sets import to_npz
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store
from lib.ui.runs.archive import archive
from lib.ui.shell.visitor import known_by
from tests.core.drawing.labelled import some_digits
from tests.core.exports.archived import archived, members, signed
from tests.pages.conftest import own_home
from tests.pages.stories import CONFIG, STORIES, epochs_of, tell
from tests.pages.visiting import charts_on, english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
WRITTEN = write_archive(archived())


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without runs."""
    with own_home(tmp_path) as folder:
        yield folder


def bring(visitor: AppTest, data: bytes, name: str = "any.bin", turn: int = 0) -> AppTest:
    return visitor.get_by_key(f"runs_bring_{turn}").set_value((name, data, "application/octet-stream")).run()


@both_languages
def test_an_archive_becomes_a_run_that_every_part_of_train_shows(store: Store, lang: str) -> None:
    visitor = bring(visit("runs", lang=lang), WRITTEN)
    assert works(visitor)
    (run,) = store.runs()
    assert (run.owner, run.name) == (known_by("one"), "첫 <b>run</b>")
    assert visitor.session_state["runs_chosen"] == [run.id]
    assert "run" in words_in(visitor, "runs_brought")
    assert translator(lang)("yours, brought in") in words_on(visitor)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    visitor = visit("train", lang=lang, run=run.id)
    for view in ("mistakes", "patterns", "weights", "dead", "losses", "confusion"):
        visitor.get_by_key("inside_view").set_value(view).run()
        assert works(visitor), view
    (chart,) = (message for message in charts_on(visitor) if message.get("spec"))
    assert chart["spec"]
    assert "99.50" in words_in(visitor, "run_summary")


def test_a_run_in_any_state_leaves_and_comes_back(store: Store) -> None:
    for story in STORIES.keys() - {"failed, nan evaluated"}:  # made up: it fails at a step that it never made
        written = archive(tell(store, story, CONFIG))
        back = store.import_run(read_archive(written, "run.zip"), "two", most=99)
        assert archive(back.id) == written, story
        end = story.partition(",")[0]
        assert back.status == (end if end in ("finished", "failed") else "stopped")


@pytest.mark.parametrize("story", ["running, third epoch", "finished"])
def test_the_page_makes_an_archive_and_brings_it_in(store: Store, story: str) -> None:
    """Pressed by its owner, brought in by another visitor, whose page then shows the same."""
    run_id = tell(store, story, CONFIG)
    visitor = visit("runs")
    (table,) = (frame for frame in visitor.dataframe if (frame.key or "").startswith("runs_table"))
    visitor.session_state[table.key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    visitor.run().get_by_key("export_archive").click().run()
    assert works(visitor)
    assert there(visitor, "download_archive"), visitor.warning
    assert "the same to the last bit" in words_in(visitor, "runs_archive")
    other = bring(visit("runs", known_as="two"), archive(run_id))
    assert works(other)
    assert not other.warning
    (back,) = (run for run in store.runs() if run.owner == known_by("two"))
    assert (back.is_over, back.accuracy) == (True, epochs_of(story)[-1].test_accuracy if epochs_of(story) else None)
    assert archive(back.id) == archive(run_id)


@both_languages
def test_settings_open_on_train_which_names_what_is_wrong(lang: str) -> None:
    """In the visitor's language, which the way from page to page keeps."""
    given = TrainConfig(epochs=7, network="lenet").to_dict() | {"batch_size": 0}
    visitor = bring(visit("runs", lang=lang), json.dumps(given).encode("utf-16"))
    assert works(visitor)
    assert visitor.title[0].value == translator(lang)("Train")
    assert (visitor.get_by_key("epochs").value, visitor.get_by_key("network").value) == (7, "lenet")
    assert "batch_size" in words_in(visitor, "refused")


def test_own_digits_join_those_that_are_kept(store: Store) -> None:
    visitor = bring(visit("runs"), to_npz(some_digits(3)))
    assert works(visitor)
    assert "Added: 3." in words_in(visitor, "runs_brought")
    assert store.own_digit_count(known_by("one")) == 3


@both_languages
def test_a_file_that_is_none_of_them_is_refused_as_text_and_nothing_is_lost(store: Store, lang: str) -> None:
    tell(store, "finished")
    visitor, _ = visit("runs", lang=lang), translator(lang)
    parts = members(WRITTEN)
    evil = parts["manifest.json"].replace(b'"Abc_de-f1234"', b'"<img src=x>"')
    for turn, (data, name, said) in enumerate(
        [
            (b"\x89PNG", "**a**.png", "“\\*\\*a\\*\\*.png”"),
            (WRITTEN[:-9], "run.zip", "“run.zip”"),
            (signed(parts | {"manifest.json": evil}), "run.zip", "\\<img src=x>"),
            (b'{"format": "tf2lab-comparison"}', "c.json", _("Compare")),
            (b"[1]", "list.json", "“list.json”"),
        ]
    ):
        bring(visitor, data, name, turn)
        assert works(visitor)
        assert said in words_in(visitor, "runs_brought")
        if lang == "ko":
            assert english_left(words_on(visitor)) == []
    assert len(store.runs()) == 1
