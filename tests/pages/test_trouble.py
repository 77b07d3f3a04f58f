"""While the store is unavailable, pages say so in words, no input is lost, and no traceback is shown."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from lib.core.i18n import LANGUAGES, translator
from lib.runs.db import tables
from lib.runs.db.store import Store
from lib.ui.shell import services
from lib.ui.shell.store_health import HEALTH_TEXT
from tests.pages.conftest import own_home
from tests.pages.stories import tell
from tests.pages.visiting import visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    with own_home(tmp_path) as folder:
        yield folder


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Another program holds a write lock on the database."""
    with closing(sqlite3.connect(home / "tf2lab.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@both_languages
def test_start_on_a_locked_database_says_so_and_can_be_pressed_again(store: Store, home: Path, lang: str) -> None:
    visitor = visit("train", lang=lang, epochs="7")
    with held(home):
        visitor.get_by_key("train_start").click().run()
        assert works(visitor)
        assert translator(lang)(HEALTH_TEXT["database_locked"]) in words_in(visitor, "not_done")
    assert store.runs() == []
    visitor.get_by_key("train_start").click().run()
    assert [run.config.epochs for run in store.runs()] == [7]


@both_languages
def test_a_run_on_a_database_that_is_destroyed_is_no_traceback(store: Store, home: Path, lang: str) -> None:
    run_id = tell(store, "finished")
    store.close()
    for path in home.glob("tf2lab.db*"):
        path.write_bytes(b"this was a database" * 1000)
    visitor = visit("train", lang=lang, run=run_id)
    assert not visitor.exception
    assert translator(lang)(HEALTH_TEXT["database"]) in words_in(visitor, "store_away")


@both_languages
@pytest.mark.parametrize("code", list(HEALTH_TEXT))
def test_what_the_engine_reports_is_said_until_it_is_over(
    lang: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = services.engine()
    well = engine.state()
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "state", lambda self: replace(well, trouble=code))
        visitor = visit("train", lang=lang)
        assert translator(lang)(HEALTH_TEXT[code]) in words_in(visitor, "trouble")
    visitor.run()
    assert translator(lang)(HEALTH_TEXT[code]) not in "\n".join(words_on(visitor))
    st.cache_resource.clear()
