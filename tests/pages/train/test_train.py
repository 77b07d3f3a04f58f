"""The Train page shows what the store holds about a run, in every state; its buttons request exactly what is set."""

import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.data.dataset import Bytes
from lib.core.diagnosis.best_epoch import best_words
from lib.core.diagnosis.paired import packed
from lib.core.diagnosis.report import conclude
from lib.core.i18n import LANGUAGES, translator
from lib.core.statistics import wilson_interval
from lib.core.training.config import SETTINGS
from lib.core.training.events import (
    Compiled,
    Evaluated,
    Failed,
    Finished,
    Paused,
    Progress,
    RateChanged,
    Started,
    Stopped,
)
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell import services
from lib.ui.shell.visitor import known_by
from lib.ui.train.run_comparison import ANSWERS
from tests.pages.stories import (
    BEGUN,
    CONFIG,
    NAN,
    STEPS,
    STORIES,
    SUMMED_UP,
    TWO_EPOCHS,
    epochs_of,
    evaluated,
    progress,
    tell,
)
from tests.pages.visiting import charts_on, english_left, visit, words_in, words_on, works

every_story = pytest.mark.parametrize("story", list(STORIES))
every_result = pytest.mark.parametrize("story", SUMMED_UP)
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@dataclass(frozen=True)
class Shown:
    """A run with a story's events, and the page that shows it."""

    run: Run
    page: AppTest


Look = Callable[..., Shown]


@pytest.fixture(scope="module")
def look() -> Look:
    """The page for a story's run, opened once for all tests that only read it."""

    @functools.cache
    def opened(story: str, lang: str = "en") -> Shown:
        run_id = tell(services.store(), story)
        return Shown(services.store().run(run_id), visit("train", lang=lang, run=run_id))

    return opened


def chart(visitor: AppTest) -> dict[str, Any]:
    """The data sent to the live chart."""
    (sent,) = charts_on(visitor)
    return sent


def metrics(visitor: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in visitor.get_by_key("run_summary").metric}


@every_story
@both_languages
def test_the_status_comes_first(story: str, lang: str, look: Look) -> None:
    shown = look(story, lang)
    visitor, status = shown.page, shown.run.status
    assert works(visitor)
    assert status == story.partition(",")[0]
    said = words_in(visitor, "run_status")
    assert said.startswith(f"`[{status}]` ")
    assert said.split("]` ")[1].strip(), "a status without a sentence"
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@every_story
def test_only_a_run_that_is_open_can_be_stopped(story: str, look: Look) -> None:
    shown = look(story)
    buttons = {button.key for button in shown.page.button}
    assert ("train_stop" in buttons) == shown.run.is_open
    assert ("train_start" in buttons) == shown.run.is_over


@every_story
def test_the_summary_is_there_once_a_run_is_over(story: str, look: Look) -> None:
    """Figures where there are results, and in any case what happened and what it means, in words."""
    visitor, run = look(story).page, look(story).run
    if run.is_over:
        assert bool(metrics(visitor)) == (story in SUMMED_UP)
        end = next(event for event in STORIES[story] if isinstance(event, Finished | Stopped | Failed))
        said = words_in(visitor, "run_summary")
        for sentence in conclude(run.config, epochs_of(story), end):
            assert sentence.text() in said
    else:
        with pytest.raises(KeyError):
            visitor.get_by_key("run_summary")


@every_result
def test_the_summarys_figures_are_the_stored_ones(story: str, look: Look) -> None:
    visitor = look(story).page
    epochs, last = epochs_of(story), epochs_of(story)[-1]
    training = sum(epoch.training_seconds for epoch in epochs)
    loss = f"{last.test_loss:.4f}" if math.isfinite(last.test_loss) else str(last.test_loss)
    shown = metrics(visitor)
    assert shown["Test accuracy"] == f"{last.test_accuracy * 100:.2f} %"
    assert shown["Test loss"] == loss
    assert shown["One step"] == f"{training / last.step * 1000:.2f} ms"
    said = words_in(visitor, "run_summary")
    assert f"train loss {last.train_loss:.4f}" in said
    assert f"{look(story).run.step:,} steps of {CONFIG.batch_size} images" in said


@every_result
@both_languages
def test_the_interval_is_wilsons_over_the_test_images(story: str, lang: str, look: Look) -> None:
    visitor = look(story, lang).page
    right = round(epochs_of(story)[-1].test_accuracy * 10_000)
    low, high = (f"{end * 100:.2f} %" for end in wilson_interval(right, 10_000))
    said = words_in(visitor, "run_summary")
    without = (end.replace(" %", "%") for end in (low, high))  # as Korean writes it
    wanted = {"en": f"95 % interval {low} to {high}, from 10,000 test images", "ko": " ~ ".join(without)}
    assert wanted[lang] in said


@every_result
def test_the_time_split_adds_up_to_the_recorded_seconds(story: str, look: Look) -> None:
    visitor = look(story).page
    epochs = epochs_of(story)
    started, compiled = (next(e for e in STORIES[story] if isinstance(e, kind)) for kind in (Started, Compiled))
    parts = {
        "loading": started.loading_seconds,
        "tracing": compiled.tracing_seconds,
        "compiling": compiled.compiling_seconds,
        "training": sum(epoch.training_seconds for epoch in epochs),
        "evaluating": sum(epoch.evaluating_seconds for epoch in epochs),
    }
    (plot,) = (plot.proto for plot in visitor.get_by_key("run_summary").get("plotly_chart"))
    bars = {bar["name"]: bar["x"] for bar in json.loads(plot.spec)["data"]}
    assert bars == {name: [pytest.approx(seconds)] for name, seconds in parts.items()}
    words = " · ".join(f"{name} {seconds:.2f} s" for name, seconds in parts.items())
    assert plot.alt == words
    assert words in words_in(visitor, "run_summary")
    assert metrics(visitor)["Time"] == f"{round(sum(parts.values()))} s"


@every_story
@both_languages
def test_the_epochs_table_has_every_epoch(story: str, lang: str, look: Look) -> None:
    visitor = look(story, lang).page
    epochs = epochs_of(story)
    if not epochs:
        return
    (table,) = (
        frame.value
        for frame in visitor.dataframe
        if {translator(lang)("epoch"), translator(lang)("step")} <= set(frame.value)
    )
    column = {name: table[translator(lang)(name)].tolist() for name in ("epoch", "step", "test loss", "test accuracy")}
    assert column["epoch"] == [epoch.epoch for epoch in epochs]
    assert column["step"] == [epoch.step for epoch in epochs]
    assert column["test loss"] == pytest.approx([epoch.test_loss for epoch in epochs], abs=5e-5, nan_ok=True)
    sign = "%" if lang == "ko" else " %"
    assert column["test accuracy"] == [f"{epoch.test_accuracy * 100:.2f}{sign}" for epoch in epochs]


@every_story
@both_languages
def test_before_the_first_epoch_the_newest_steps_stand_in_the_table(story: str, lang: str, look: Look) -> None:
    visitor, _ = look(story, lang).page, translator(lang)
    steps = [event for event in STORIES[story] if isinstance(event, Progress)]
    if epochs_of(story):
        return
    assert (_("The numbers appear here after the first step.") in words_on(visitor)) == (not steps)
    if steps:
        (table,) = (frame.value for frame in visitor.dataframe if _("train loss") in frame.value)
        assert table[_("step")].tolist() == list(range(16, 26)), "the last ten of 25"
        assert table[_("train loss")].tolist() == [round(float(loss), 4) for loss in steps[-1].losses[-10:]]


@both_languages
def test_the_validation_parts_numbers_stand_in_the_table(store: Store, lang: str) -> None:
    _, run_id = translator(lang), store.create_run(replace(CONFIG, validation_split=0.1)).id
    for event in STORIES["finished"]:
        if isinstance(event, Evaluated):
            event = replace(event, validation_loss=0.5 - event.epoch / 10, validation_accuracy=0.9 + event.epoch / 100)
        store.append(run_id, event)
    visitor = visit("train", lang=lang, run=run_id)
    (table,) = (frame.value for frame in visitor.dataframe if _("validation loss") in frame.value)
    sign = "%" if lang == "ko" else " %"
    assert table[_("validation loss")].tolist() == pytest.approx([0.4, 0.3, 0.2])
    assert table[_("validation accuracy")].tolist() == [f"9{epoch}.00{sign}" for epoch in (1, 2, 3)]
    said = "\n".join(words_on(visitor))
    assert all(sentence.text(_) in said for sentence in best_words(run_feed(run_id).look().epochs, None))


@every_result
def test_the_best_epoch_is_named_with_what_that_choice_is_worth(story: str, look: Look) -> None:
    said = "\n".join(words_on(look(story).page))
    finite = [epoch for epoch in epochs_of(story) if math.isfinite(epoch.test_loss)]
    assert ("no fair choice" in said) == bool(finite)
    assert "weights that are kept" not in said, "these runs keep none"


def kept_bits(right: int) -> Bytes:
    return packed(np.arange(10_000) < right)


@both_languages
def test_two_runs_are_compared_on_the_same_test_images(store: Store, lang: str) -> None:
    """95.12 against 95.40 %: the intervals overlap, but nothing that was right became wrong."""
    _, runs = translator(lang), []
    for right in (9512, 9540):
        runs.append(store.create_run(CONFIG, owner=known_by("one")).id)
        for event in (*BEGUN, progress(1, STEPS), replace(evaluated(1, right), right=kept_bits(right))):
            store.append(runs[-1], event)
        store.append(runs[-1], Finished(step=STEPS, reason="epochs"))
    visitor = visit("train", lang=lang, run=runs[1])
    visitor.get_by_key(f"against_{runs[1]}").set_value(runs[0]).run()
    assert works(visitor)
    said = words_in(visitor, "against")
    assert _(ANSWERS["better"]).format(this="95.40 %", other="95.12 %") in said
    assert "p < 0.001" in said
    assert "28" in said, "so many are right in this run alone"
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_nobody_is_offered_somebody_elses_runs_to_compare_with(store: Store) -> None:
    theirs = [tell(store, "finished", owner="two") for _ in range(2)]
    visitor = visit("train", run=theirs[0], known_as="three")
    assert works(visitor)
    assert not [box for box in visitor.selectbox if (box.key or "").startswith("against_")]


@every_story
def test_the_chart_holds_the_recorded_steps_and_no_more(story: str, look: Look, store: Store) -> None:
    run_id = look(story).run.id
    sent = chart(look(story).page)
    assert len(sent["points"]) == len(sent["spec"]["traces"])
    losses = [float(value) for part in store.progress(run_id) for value in part.losses]
    assert sent["points"][0] == {"from": 0, "x": list(range(1, len(losses) + 1)), "y": losses}
    epochs = epochs_of(story)
    assert sent["points"][2]["x"] == [epoch.step for epoch in epochs]
    assert sent["points"][2]["y"] == [epoch.test_loss if math.isfinite(epoch.test_loss) else None for epoch in epochs]
    assert sent["alt"]
    if epochs:
        assert f"test accuracy {epochs[-1].test_accuracy * 100:.2f} %" in sent["alt"]


@every_story
@both_languages
def test_the_runs_own_settings_stand_beside_its_chart(story: str, lang: str, look: Look) -> None:
    _, said = translator(lang), words_in(look(story, lang).page, "run_settings")
    for name, value in (("epochs", "3"), ("train_size", "2,000"), ("batch_size", "50"), ("seed", "0")):
        assert f"{_(SETTINGS[name].label)} {value}" in said


def test_the_runs_own_settings_stay_whatever_the_form_says(store: Store) -> None:
    visitor = visit("train", run=tell(store, "finished"))
    visitor.get_by_key("epochs").set_value(7).run()
    assert "Epochs 3" in words_in(visitor, "run_settings")


@every_story
def test_before_the_first_step_the_axes_show_what_is_to_be_expected(story: str, look: Look) -> None:
    spec = chart(look(story).page)["spec"]
    layout = spec.get("bare", spec["layout"])
    ranges = [layout[axis].get("range") for axis in ("xaxis", "yaxis", "yaxis2")]
    drawn = any(isinstance(event, Progress) for event in STORIES[story])
    assert ranges == ([[0, 120], None, None] if drawn else [[0, 120], [0, 2.5], [0, 1]])


@pytest.mark.parametrize(
    ("execution", "words"), [("graph", "had kept the step of an earlier run"), ("eager", "traces and compiles nothing")]
)
def test_why_nothing_was_traced_is_said(store: Store, execution: str, words: str) -> None:
    run_id = store.create_run(replace(CONFIG, execution=execution)).id
    for event in STORIES["finished"]:
        nothing = Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
        store.append(run_id, nothing if isinstance(event, Compiled) else event)
    assert words in words_in(visit("train", run=run_id), "run_summary")


def test_where_something_was_traced_nothing_is_explained(look: Look) -> None:
    assert "Nothing was traced" not in words_in(look("finished").page, "run_summary")


def test_a_run_that_rests_says_what_its_newest_step_came_to(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    for event in (*BEGUN, progress(1, 1), Paused(step=1)):
        store.append(run_id, event)
    assert "Step 1: loss 2.0000, 50.00 % of its images right." in words_in(visit("train", run=run_id), "run_status")


def test_a_changed_rate_is_part_of_what_is_said(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    changed = RateChanged(step=2 * STEPS, learning_rate=0.05)
    story = (*TWO_EPOCHS, changed, progress(2 * STEPS + 1, 3 * STEPS), evaluated(3, 7192))
    for event in (*story, Finished(step=3 * STEPS, reason="epochs")):
        store.append(run_id, event)
    said = words_in(visit("train", run=run_id), "run_summary")
    assert "changed from 0.002 to 0.05 at step 80: the test accuracy was 97.41 % before and is 71.92 % now" in said
    assert "Dropout" not in said


def test_where_a_run_ran_is_said(look: Look) -> None:
    visitor = look("finished").page
    assert "Ran on Some Processor with 3 threads · tensorflow 2.21.0 · keras 3.9.9" in words_on(visitor)


@both_languages
def test_a_failure_names_its_suspects(lang: str, look: Look) -> None:
    said = words_in(look("failed, nan", lang).page, "run_status")
    for name in NAN.suspects:
        assert f"{translator(lang)(SETTINGS[name].label)} ({name})" in said
    assert f"{NAN.step:,}" in said
    assert NAN.detail not in said, "the detail is for the log"


def test_a_run_while_it_goes_on_says_where_it_is(look: Look) -> None:
    said = words_in(look("running, third epoch").page, "run_status")
    assert "Epoch 3 of 3 · step 105 of 120 · train accuracy" in said
    assert said.splitlines()[0].endswith("left")


def test_a_link_to_a_run_brings_the_runs_settings(look: Look) -> None:
    visitor = look("finished").page
    assert {name: visitor.get_by_key(name).value for name in CONFIG.to_dict()} == CONFIG.to_dict()


def test_a_run_that_ends_while_its_page_is_drawn_is_summed_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page has read the run and then looks at it again for the chart: in between it ended."""
    run_id = tell(store, "running, third epoch")
    under_way, read = store.run(run_id), type(store).run
    for event in STORIES["finished"][-2:]:
        store.append(run_id, event)
    answers = iter([under_way])
    monkeypatch.setattr(type(store), "run", lambda self, asked: next(answers, None) or read(self, asked))
    assert metrics(visit("train", run=run_id))
