"""The Runs page: runs are found, named, pinned, deleted and brought back, and lie over one another."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.seeds import seed_of
from lib.core.studies.configs import CompareConfig
from lib.core.training.config import TrainConfig, read_config
from lib.core.training.events import Finished, Stopped
from lib.runs.db.store import Store
from lib.runs.documents import DOCUMENTS, code_of, reported, table_of
from lib.runs.model.listing import ON_A_PAGE
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell.visitor import known_by
from lib.ui.widgets.theme import LINES
from tests.core.drawing.labelled import some_digits
from tests.pages.conftest import own_home
from tests.pages.stories import STARTED, epoch, epochs_of, tell
from tests.pages.visiting import charts_on, english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without runs."""
    with own_home(tmp_path) as folder:
        yield folder


def come(lang: str = "en", name: str = "one") -> AppTest:
    return visit("runs", known_as=name, lang=lang)


def table(visitor: AppTest) -> dict[str, list[Any]]:
    (found,) = (frame for frame in visitor.dataframe if (frame.key or "").startswith("runs_table"))
    return dict(found.value.to_dict("list"))


def tick(visitor: AppTest, *rows: int) -> AppTest:
    (found,) = (frame for frame in visitor.dataframe if (frame.key or "").startswith("runs_table"))
    visitor.session_state[found.key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return visitor.run()


def press(visitor: AppTest, key: str) -> AppTest:
    return visitor.get_by_key(key).click().run()


@both_languages
def test_an_empty_list_says_what_to_do(lang: str) -> None:
    visitor = come(lang)
    assert works(visitor)
    assert [link.label for link in visitor.get("page_link")] == [translator(lang)("Train a network")]


@both_languages
def test_every_state_of_a_run_has_its_row(store: Store, lang: str) -> None:
    for story in ("waiting", "running, first epoch", "finished", "failed, nan", "stopped, at once"):
        tell(store, story)
    tell(store, "finished", owner="two")
    visitor = come(lang)
    assert works(visitor)
    _ = translator(lang)
    rows = table(visitor)
    assert len(rows[_("Name")]) == 5
    assert {word.split()[0] for word in rows[_("Status")]} == {
        _(word).split()[0] for word in ("waits", "running", "finished", "failed", "stopped")
    }
    assert set(rows[_("Whose")]) == {_("yours")}
    visitor.get_by_key("runs_mine").set_value(False).run()
    assert len(table(visitor)[_("Name")]) == 6
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_two_runs_lie_over_one_another_with_what_differs(store: Store, lang: str) -> None:
    tell(store, "finished", TrainConfig(epochs=2, seed=1))
    tell(store, "finished", TrainConfig(epochs=2, seed=2))
    visitor = tick(come(lang), 0, 1)
    assert works(visitor)
    _ = translator(lang)
    (differences,) = (frame for frame in visitor.dataframe if _("Differs") in frame.value)
    assert differences.value[_("Differs")].tolist() == [_("Random seed"), _("Accuracy"), _("Time"), _("Status")]
    assert differences.value.iloc[0, 1:].tolist() == ["2", "1"]
    for axis in ("epoch", "seconds", "step"):
        visitor.get_by_key("runs_axis").set_value(axis).run()
        assert works(visitor)
    for value in ("test_loss", "loss_smooth", "accuracy_smooth"):
        visitor.get_by_key("runs_value").set_value(value).run()
        assert works(visitor)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_what_is_deleted_can_be_brought_back(store: Store, lang: str) -> None:
    kept, gone = tell(store, "finished"), tell(store, "finished")
    visitor = press(tick(come(lang), 0), "runs_delete")
    assert works(visitor)
    assert [run.id for run in store.runs()] == [kept]
    assert gone[:4] in words_in(visitor, "runs_undo")
    press(visitor, "runs_undo_press")
    assert [run.id for run in store.runs()] == [gone, kept]
    assert not there(visitor, "runs_undo")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_a_run_gets_a_name_and_a_pin_and_is_found_by_the_name(store: Store) -> None:
    tell(store, "finished")
    run_id = tell(store, "finished")
    visitor = tick(come(), 0)
    visitor.get_by_key(f"runs_name_{run_id}").set_value("<b>my *best*</b>").run()
    press(visitor, "runs_pin")
    assert (store.run(run_id).name, store.run(run_id).pinned) == ("<b>my *best*</b>", True)
    assert table(visitor)["Name"][0].endswith("<b>my *best*</b>")
    visitor.get_by_key("runs_words").set_value("best").run()
    assert len(table(visitor)["Name"]) == 1
    visitor.get_by_key("runs_words").set_value("nothing like it").run()
    assert works(visitor)
    assert "nothing like it" in visitor.info[0].value


@both_languages
def test_a_run_starts_again_with_other_seeds_and_their_spread_is_told(store: Store, lang: str) -> None:
    first = tell(store, "finished", TrainConfig(epochs=3, seed=7))
    visitor = press(tick(come(lang), 0), "runs_seeds")
    assert works(visitor)
    again = [run for run in store.runs() if run.id != first][::-1]
    assert [run.config for run in again] == [TrainConfig(epochs=3, seed=7 + more) for more in range(1, len(again) + 1)]
    assert len(again) >= 2
    assert visitor.session_state["runs_chosen"] == [first, *(run.id for run in again)]
    one, *others = again
    for run in others:
        store.append(run.id, Stopped(step=0))
    store.append(one.id, STARTED)
    for event in (*epoch(1, 9900), Finished(step=40, reason="epochs")):
        store.append(one.id, event)
    visitor.run()
    _ = translator(lang)
    said = _("{count} seeds: median accuracy {median}, from {lowest} to {highest}. Nothing else differs.").format(
        count=2, median="98.67 %", lowest="98.33 %", highest="99.00 %"
    )
    assert f"**{said}**" in [markdown.value for markdown in visitor.markdown]
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_seeds_started_together_count_as_one_run_of_those_that_a_visitor_may_have_open(store: Store) -> None:
    tell(store, "finished", TrainConfig(epochs=3, seed=7))
    press(tick(come(), 0), "runs_seeds")
    visitor = press(tick(come(), 4), "runs_seeds")
    assert works(visitor)
    assert not visitor.warning
    assert len(store.open_runs_of(known_by("one"))) == 8


@both_languages
def test_a_setting_is_drawn_against_a_result(store: Store, lang: str) -> None:
    for rate in (0.0001, 0.001, 0.01):
        tell(store, "finished", TrainConfig(epochs=3, learning_rate=rate))
    visitor = come(lang)
    assert not there(visitor, "runs_setting"), "it is folded, and nothing is read for it"
    visitor.session_state["runs_scatter_box"] = True
    assert works(visitor.run())
    assert visitor.get_by_key("runs_setting").value == "learning_rate"
    (chart,) = visitor.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    assert sorted(figure["data"][0]["x"]) == [0.0001, 0.001, 0.01]
    assert figure["layout"]["xaxis"]["type"] == "log"
    visitor.get_by_key("runs_result").set_value("seconds").run()
    assert works(visitor)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_a_run_lies_in_grey_behind_the_curves_of_another_until_it_is_taken_away(store: Store, lang: str) -> None:
    ghost, shown = tell(store, "finished"), tell(store, "finished")
    store.rename(ghost, "<i>old</i>")
    visitor = press(tick(come(lang), 1), "runs_ghost")
    assert works(visitor)
    visitor.switch_page("../../../pages/train.py").run()
    assert visitor.query_params["run"] == shown
    (chart,) = (message for message in charts_on(visitor) if message.get("spec"))
    behind = chart["spec"]["traces"][len(LINES) :]
    assert [trace["name"] for trace in behind] == 4 * ["&lt;i&gt;old&lt;/i&gt;"]
    assert behind[1]["x"] == [40, 80, 120]
    assert behind[1]["y"] == [point.test_loss for point in epochs_of("finished")]
    assert "old" in words_in(visitor, "ghost")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    press(visitor, "ghost_away")
    assert not there(visitor, "ghost")
    (chart,) = (message for message in charts_on(visitor) if message.get("spec"))
    assert len(chart["spec"]["traces"]) == len(LINES)


def test_the_files_to_take_away_hold_what_was_recorded(store: Store) -> None:
    run_id = tell(store, "finished", TrainConfig(epochs=3, seed=5))
    visitor = tick(come(), 0)
    assert works(visitor)
    labels = [button.proto.label for button in visitor.get("download_button")]
    assert labels == [
        *("Report (HTML)", "Script (Python)", "Notebook"),
        *("All steps (CSV)", "All steps (Parquet)", "Settings (JSON)"),
    ]
    table = table_of(store, run_id).to_pydict()
    assert table["step"] == list(range(1, 121))
    assert [value for value in table["test_accuracy"] if value is not None] == [0.9512, 0.9741, 0.9833]
    assert read_config(json.loads(DOCUMENTS["settings"].content(store, run_id, "ko")))[0] == TrainConfig(
        epochs=3, seed=5
    )
    seen = run_feed(run_id).look()
    code = code_of(seen, "ko")
    assert f"GlorotUniform({seed_of(5, 'conv1')})" in code
    told = reported(seen, "ko")
    assert (told.code, told.epochs, told.end) == (code, seen.epochs, seen.end)
    assert [line.y for line in told.lines.values()] == [line.y for line in seen.lines.values()]


@both_languages
def test_comparisons_and_own_digits_stand_beside(store: Store, lang: str) -> None:
    study = store.create_study(CompareConfig(), owner=known_by("one"))
    store.create_study(CompareConfig(), owner=known_by("two"))
    store.keep_digits(known_by("one"), some_digits(3))
    visitor = come(lang)
    assert works(visitor)
    links = [link.proto for link in visitor.get("page_link")]
    assert [link.query_string for link in links if "compare" in link.page] == [f"compare={study.id}"]
    assert translator(lang)("Own digits: {count}").format(count=3) in [link.label for link in links]
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_nobody_changes_the_run_of_another(store: Store) -> None:
    tell(store, "finished", owner="two")
    visitor = come()
    visitor.get_by_key("runs_mine").set_value(False).run()
    tick(visitor, 0)
    assert works(visitor)
    assert {button.key for button in visitor.button} & {"runs_pin", "runs_delete"} == set()


def test_a_tick_stays_when_the_page_is_turned(store: Store) -> None:
    ids = [store.create_run(TrainConfig(epochs=1), owner=known_by("one")).id for _ in range(ON_A_PAGE + 2)][::-1]
    visitor = tick(come(), 1)
    (pages,) = visitor.get("pagination")
    visitor.session_state[pages.key] = 2
    tick(visitor.run(), 0)
    assert works(visitor)
    assert visitor.session_state["runs_chosen"] == [ids[1], ids[ON_A_PAGE]]
