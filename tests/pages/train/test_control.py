"""Only a run's owner may pause, step, rewind and stop it; limits and guesses are accepted, or refused in words."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.diagnosis.advice import advise_tuned
from lib.core.i18n import LANGUAGES, translator
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import Tuning
from lib.core.studies.configs import CompareConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Stopped
from lib.core.training.presets import PRESETS
from lib.runs.db.store import Store
from lib.runs.model.run import Run, Status
from lib.ui.shell.plain import as_text
from lib.ui.shell.visitor import known_by
from tests.pages.conftest import own_home
from tests.pages.stories import BEGUN, progress, tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
CONTROLS = ("train_start", "train_pause", "train_resume", "train_step", "train_stop", "train_rewind")


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without runs."""
    with own_home(tmp_path) as folder:
        yield folder


def come(name: str = "one", **link: str) -> AppTest:
    """A visit to Train by the browser `name`."""
    return visit("train", known_as=name, **link)


def buttons(visitor: AppTest) -> set[str]:
    """The enabled controls."""
    return {button.key for button in visitor.button if not button.disabled} & set(CONTROLS)


def press(visitor: AppTest, key: str) -> AppTest:
    return visitor.get_by_key(key).click().run()


def only(store: Store) -> Run:
    (run,) = store.runs()
    return run


def begin(store: Store, run: Run) -> None:
    """A worker's first actions: claims the run and records 25 steps."""
    store.claim(run.id, "server/host:1/a")
    for event in (*BEGUN, progress(1, 25)):
        store.append(run.id, event)


def test_before_a_run_one_can_start_or_step() -> None:
    assert buttons(come()) == {"train_start", "train_step"}


def test_a_run_under_way_can_be_paused_stopped_and_rewound(store: Store) -> None:
    visitor = press(come(), "train_start")
    assert buttons(visitor) == {"train_pause", "train_stop"}
    begin(store, only(store))
    assert buttons(visitor.run()) == {"train_pause", "train_stop", "train_rewind"}
    press(visitor, "train_pause")
    assert only(store).requests == ControlRequests(pause_after=0)


@both_languages
def test_a_waiting_run_pauses_at_once_and_steps_from_there(store: Store, lang: str) -> None:
    visitor = press(press(come(lang=lang), "train_start"), "train_pause")
    assert only(store).status == Status.PAUSED
    assert buttons(visitor) == {"train_resume", "train_step", "train_stop"}
    assert words_in(visitor, "run_status").startswith("`[paused]`")
    visitor.get_by_key("step_size").set_value(10)
    press(visitor, "train_step")
    assert (only(store).status, only(store).requests) == (Status.WAITING, ControlRequests(pause_after=10))
    press(press(visitor, "train_pause"), "train_resume")
    assert (only(store).status, only(store).requests) == (Status.WAITING, ControlRequests())
    press(visitor, "train_stop")
    assert only(store).status == Status.STOPPED
    assert works(visitor)
    if lang != "en":
        assert english_left(words_on(visitor)) == []


def test_step_starts_a_run_that_rests_after_it(store: Store) -> None:
    visitor = come(epochs="2")
    visitor.get_by_key("step_size").set_value(100)
    press(visitor, "train_step")
    assert (only(store).config, only(store).requests) == (TrainConfig(epochs=2), ControlRequests(pause_after=100))


def test_rewind_keeps_what_was_and_rests_before_the_same_first_step(store: Store) -> None:
    visitor = press(come(learning_rate="0.02", seed="7"), "train_start")
    first = only(store)
    begin(store, first)
    visitor.run()
    # What is set by now is for the next run: rewinding goes back to this one's own first weights.
    visitor.get_by_key("seed").set_value(8)
    press(visitor, "train_rewind")
    second = store.runs()[0]
    assert (second.config, second.status, second.step) == (first.config, Status.PAUSED, 0)
    assert visitor.query_params["run"] == second.id
    assert store.run(first.id).requests.stop
    assert store.progress(first.id)


@both_languages
def test_a_tuned_run_is_rewound_to_the_weights_of_its_base(store: Store, lang: str) -> None:
    base = store.create_run(TrainConfig()).id
    store.stop(base)
    digits = Digits(images=np.ones((2, 28, 28), np.uint8), labels=np.array([3, 4], np.uint8))
    tuning = Tuning(base=base, digits=digits)
    first = store.create_run(TrainConfig(epochs=2), owner=known_by("one"), tuning=tuning)
    begin(store, first)
    visitor = press(come(run=first.id, lang=lang), "train_rewind")
    second = store.runs()[0]
    assert (second.base, second.config, second.status) == (base, first.config, Status.PAUSED)
    again = store.tuning(second.id)
    assert again is not None
    assert again.digits.labels.tolist() == [3, 4]
    _ = translator(lang)
    rests = _("Paused before the first step: the weights are those of the model it is tuned from.")
    assert rests in words_in(visitor, "run_status")
    store.append(first.id, Stopped(step=25))
    over = come(run=first.id, lang=lang)
    assert next(sentence.text(_) for sentence in advise_tuned(None)) in words_in(over, "run_summary")


def test_who_did_not_start_it_watches(store: Store) -> None:
    run_id = press(come("one"), "train_start").query_params["run"]
    watcher = come("two", run=run_id)
    assert buttons(watcher) == {"train_start", "train_step"}
    assert "Somebody else started" in "\n".join(words_on(watcher))
    assert f"rate_{run_id}" not in watcher.session_state
    press(watcher, "train_start")
    assert store.run(run_id).requests == ControlRequests()
    assert len({run.owner for run in store.runs()}) == 2


def test_after_a_refresh_it_is_still_ones_own(store: Store) -> None:
    run_id = press(come("one"), "train_start").query_params["run"]
    again = come("one", run=run_id)
    press(again, "train_stop")
    assert only(store).status == Status.STOPPED


def test_a_browser_without_cookies_controls_its_run_as_long_as_the_tab_is_open(store: Store) -> None:
    visitor = press(visit("train", known_as=""), "train_start")
    assert "train_stop" in buttons(visitor)
    assert "train_stop" not in buttons(visit("train", known_as="", run=only(store).id))


def test_a_button_that_comes_too_late_does_nothing(store: Store) -> None:
    """The run was stopped in another tab: this one still shows Pause."""
    visitor = press(come(), "train_start")
    store.stop(only(store).id)
    press(visitor, "train_pause")
    assert works(visitor)
    assert words_in(visitor, "run_status").startswith("`[stopped]`")


@both_languages
def test_the_learning_rate_of_a_run_can_be_changed(store: Store, lang: str) -> None:
    visitor = press(come(lang=lang), "train_start")
    run = only(store)
    visitor.get_by_key(f"rate_{run.id}").set_value(0.01).run()
    assert only(store).requests == ControlRequests(learning_rate=0.01)
    visitor.get_by_key(f"rate_{run.id}").set_value(77.0).run()
    assert only(store).requests == ControlRequests(learning_rate=0.01)
    assert "77.0" in words_in(visitor, "not_done")
    assert "(learning_rate)" in words_in(visitor, "not_done")


def test_who_comes_back_finds_their_last_run_unless_the_link_asks_for_something_else(store: Store) -> None:
    tell(store, "finished", TrainConfig(epochs=3, seed=1))
    last = tell(store, "finished", TrainConfig(epochs=3, seed=2))
    tell(store, "finished", owner="two")
    back = come(utm_source="mail")
    assert back.query_params["run"] == last
    assert back.get_by_key("seed").value == 2
    asked = come(epochs="4")
    assert "run" not in asked.query_params
    assert asked.get_by_key("epochs").value == 4
    notes = visit("home").get_by_key("go_train").click().run()
    assert notes.get_by_key("epochs").value == TrainConfig().epochs
    assert "run" not in notes.query_params
    store.delete(known_by("one"), [last])
    assert come().query_params["run"] != last


@both_languages
@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("TF2LAB_RUNS_PER_VISITOR", "This server allows 1 at a time"),
        ("TF2LAB_IMAGES_PER_RUN", "5 epochs of 60,000 images are 300,000 images, and this server allows 1 a run"),
    ],
)
def test_more_than_the_server_allows_is_refused_in_words(
    store: Store, lang: str, variable: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    runs_before = 0
    if variable == "TF2LAB_RUNS_PER_VISITOR":
        press(come(lang=lang), "train_start")
        runs_before = 1
    visitor = press(come(lang=lang, epochs="5"), "train_start")
    assert len(store.runs()) == runs_before
    said = words_in(visitor, "not_done")
    assert (words in said) == (lang == "en")
    assert english_left([said]) == [] or lang == "en"
    assert come("two", lang=lang).get_by_key("train_start").disabled is False


def test_a_waiting_study_counts_as_a_waiting_run_of_its_visitor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_RUNS_PER_VISITOR", "1")
    study = store.create_study(CompareConfig(), owner=known_by("one"))
    visitor = press(come(), "train_start")
    assert store.runs() == []
    assert "Your runs and measurements that are waiting or under way: 1." in words_in(visitor, "not_done")
    press(come("two"), "train_start")
    assert only(store).owner == known_by("two")
    store.stop(study.id)
    press(come(), "train_start")
    assert len(store.runs()) == 2


def test_a_run_behind_a_study_says_when_it_will_start(store: Store) -> None:
    store.create_study(CompareConfig(depth="thorough"), owner="somebody")
    said = words_in(press(come(), "train_start"), "run_status")
    assert "Number 2 in the queue; before this one: 1." in said
    assert "It will start in about 5 min" in said


def test_a_link_to_a_study_is_no_link_to_a_run(store: Store) -> None:
    study = store.create_study(CompareConfig(), owner="somebody")
    visitor = come(run=study.id)
    assert f"There is no run “{as_text(study.id)}” here" in visitor.warning[0].value
    assert buttons(visitor) == {"train_start", "train_step"}


def test_a_guess_goes_with_the_run(store: Store) -> None:
    visitor = come()
    visitor.get_by_key("guess").set_value(97.5)
    press(visitor, "train_start")
    assert only(store).guess == pytest.approx(0.975)
    assert "guess" not in {field.key for field in visitor.number_input}
    store.stop(only(store).id)
    visitor.run()
    assert visitor.get_by_key("guess").value is None, "the next run is another one"
    press(visitor, "train_start")
    assert [run.guess for run in store.runs()] == [None, pytest.approx(0.975)]


def test_a_guess_that_is_no_accuracy_is_refused(store: Store) -> None:
    visitor = come()
    visitor.get_by_key("guess").set_value(120.0)
    press(visitor, "train_start")
    assert store.runs() == []
    assert "from 0 to 100 %, but 120 was given" in words_in(visitor, "not_done")


@pytest.mark.parametrize("code", list(PRESETS))
@both_languages
def test_a_preset_fills_in_its_settings_and_says_what_to_watch(store: Store, lang: str, code: str) -> None:
    visitor = come(lang=lang, filters="3")
    assert visitor.get_by_key("preset").value is None
    visitor.get_by_key("preset").set_value(code).run()
    _ = translator(lang)
    assert _(PRESETS[code].watch) in "\n".join(words_on(visitor))
    press(visitor, "train_start")
    assert only(store).config == PRESETS[code].config()
    assert visitor.get_by_key("preset").value == code


@pytest.mark.parametrize("story", ["running, first epoch", "finished"])
def test_keys_are_for_ones_own_run(store: Store, story: str) -> None:
    """Who watches somebody else's run scrolls with Space, and starts nothing by it."""
    run_id = tell(store, story, owner="two")
    own, watched = come("two", run=run_id), come("one", run=run_id)
    assert "space" in {button.proto.shortcut for button in own.button}
    assert {button.proto.shortcut for button in watched.button} == {""}
    assert not watched.get_by_key("train_start").disabled


@both_languages
def test_what_to_try_next_is_a_press_that_starts_it(store: Store, lang: str) -> None:
    config = TrainConfig(epochs=4, dropout=0.2)
    old = tell(store, "stopped, first epoch", config)
    visitor = come(lang=lang, run=old)
    before = {run.id for run in store.runs()}
    press(visitor, "try_0")
    (run,) = (run for run in store.runs() if run.id not in before)
    assert run.config == config
    assert visitor.query_params["run"] == run.id
    assert visitor.get_by_key("epochs").value == 4
    assert words_in(visitor, "run_status").startswith("`[waiting]`")
    assert old[:4] in words_in(visitor, "ghost"), "the old run lies behind it"


def test_the_learning_rate_goes_by_factors(store: Store) -> None:
    visitor = come()
    for key, rate in (("larger", 0.002), ("larger", 0.005), ("smaller", 0.002)):
        press(visitor, f"learning_rate_{key}")
        assert visitor.get_by_key("learning_rate").value == rate
    visitor.get_by_key("learning_rate").set_value(10.0).run()
    press(visitor, "learning_rate_larger")
    assert visitor.get_by_key("learning_rate").value == 10.0, "the bounds hold"
    visitor.get_by_key("learning_rate").set_value(0.001).run()
    press(visitor, "train_start")
    press(visitor, f"rate_{only(store).id}_smaller")
    assert store.run(only(store).id).requests.learning_rate == 0.0005


@both_languages
def test_what_differs_in_a_folded_box_is_said_below_it(lang: str) -> None:
    _ = translator(lang)
    said = _("Changed: {settings}").partition("{")[0]
    assert not any(said in words for words in words_on(come(lang=lang, epochs="3")))
    (line,) = (words for words in words_on(come(lang=lang, dropout="0.25", filters="8")) if said in words)
    assert f"{_('Dropout')} 0.25" in line
    assert f"{_('Filters')} 8" in line
