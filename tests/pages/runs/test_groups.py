"""Groups on the Runs page: a sweep is planned, started, followed as a whole, drawn and stopped; a race has a winner."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Event, Finished
from lib.core.training.race import Race, race_in
from lib.core.training.race import configs as race_configs
from lib.core.training.sweep import Sweep, configs
from lib.runs.db.store import Store
from lib.runs.model.group import Kind
from lib.runs.model.run import Status
from lib.ui.shell.visitor import known_by
from tests.pages.conftest import own_home
from tests.pages.runs.test_runs import come, press, tick
from tests.pages.stories import COMPILED, STARTED, epoch, progress, tell
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
BASE = TrainConfig(epochs=1, train_size=2000, batch_size=50)


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without runs."""
    with own_home(tmp_path) as folder:
        yield folder


def open_box(visitor: AppTest, key: str) -> AppTest:
    visitor.session_state[key] = True
    return visitor.run()


def finish(store: Store, run_id: str, right: int) -> None:
    """The run ends after an epoch with so many of the 10,000 test images right."""
    store.claim(run_id, "server/host:1/a")
    for event in (STARTED, COMPILED, *epoch(1, right), Finished(step=40, reason="epochs")):
        store.append(run_id, event)


@both_languages
def test_a_sweep_is_planned_in_words_and_started_with_one_press(store: Store, lang: str) -> None:
    tell(store, "finished", BASE)
    visitor = open_box(tick(come(lang), 0), "runs_sweep_box")
    assert works(visitor)
    visitor.get_by_key("sweep_settings").set_value(["learning_rate", "optimizer"]).run()
    visitor.get_by_key("sweep_learning_rate").set_value("0.001, 0.002, soon").run()
    assert works(visitor)
    assert not there(visitor, "sweep_start")
    assert "soon" in visitor.warning[0].value
    visitor.get_by_key("sweep_learning_rate").set_value("0.001, 0.002").run()
    _ = translator(lang)
    visitor.get_by_key("sweep_way").set_value("random").run()
    assert works(visitor)
    assert visitor.get_by_key("sweep_start").label == _("Start {count} runs").format(count=6)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    visitor.get_by_key("sweep_way").set_value("grid").run()
    assert visitor.get_by_key("sweep_start").label == _("Start {count} runs").format(count=4)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    press(visitor, "sweep_start")
    assert works(visitor)
    plan = Sweep(base=BASE, values={"learning_rate": (0.001, 0.002), "optimizer": ("adam", "sgd")})
    (group,) = store.newest_groups(known_by("one"))
    runs = store.group_runs(group.id)
    assert [run.config for run in runs] == configs(plan)
    assert visitor.session_state["runs_chosen"] == [run.id for run in runs]
    assert there(visitor, "runs_group")


@both_languages
def test_a_sweep_is_followed_as_a_whole_also_by_who_comes_back_and_stopped_with_one_press(
    store: Store, lang: str
) -> None:
    plan = Sweep(base=BASE, values={"learning_rate": (0.001, 0.002), "optimizer": ("adam", "sgd")})
    members = [(config, f"<i>{number}</i>") for number, config in enumerate(configs(plan))]
    group = store.create_group(Kind.SWEEP, plan.to_dict(), members, known_by("one"))
    first, second, third, last = (run.id for run in store.group_runs(group.id))
    finish(store, first, 9900)
    finish(store, second, 9500)
    store.claim(third, "server/host:1/a")
    for event in (STARTED, COMPILED, progress(1, 60)):
        store.append(third, event)
    visitor = come(lang)
    assert works(visitor)
    _ = translator(lang)
    said = words_in(visitor, "runs_group")
    assert _("{done} of {count} have ended").format(done=2, count=4) in said
    assert "0</i>" in said, "the best so far, as text"
    (bar,) = visitor.get("progress")
    assert bar.proto.value == 62, "half of the third is done: (1 + 1 + 0.5 + 0) / 4"
    (drawn,) = visitor.get("plotly_chart")
    lines = json.loads(drawn.proto.spec)["data"]
    assert [(line["x"], line["y"][-1]) for line in lines] == [([0, 1], 1.0), ([0, 1], 0.0)], "optimizer and accuracy"
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    assert visit("train", known_as="one", lang=lang).query_params["run"] == third, "of those that are open the first"
    press(visitor, "runs_stop_all")
    assert works(visitor)
    assert store.requests(third).stop
    assert store.run(last).status == Status.STOPPED
    assert not come(lang, name="two").get("progress"), "nobody else's page follows it"
    press(visitor, "runs_group_choose")
    assert visitor.session_state["runs_chosen"] == [first, second, third, last]
    press(visitor, "runs_none")
    assert visitor.session_state["runs_chosen"] == []


OTHER = replace(BASE, optimizer="sgd", learning_rate=0.1)


@both_languages
def test_a_race_is_started_between_two_chosen_runs_or_with_one_change(store: Store, lang: str) -> None:
    tell(store, "finished", BASE)
    tell(store, "finished", OTHER)
    visitor = open_box(tick(come(lang), 1), "runs_race_box")
    assert works(visitor)
    visitor.get_by_key("race_setting").set_value("learning_rate").run()
    visitor.get_by_key("race_learning_rate").set_value("0.001").run()
    assert works(visitor)
    assert not there(visitor, "race_start"), "both sides are the same"
    visitor.get_by_key("race_learning_rate").set_value("0.005").run()
    assert there(visitor, "race_start")
    tick(visitor, 0, 1)
    visitor.get_by_key("race_epochs").set_value(4).run()
    visitor.get_by_key("race_seeds").set_value(2).run()
    assert works(visitor)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    press(visitor, "race_start")
    assert works(visitor)
    (group,) = store.newest_groups(known_by("one"))
    runs = store.group_runs(group.id)
    newest_first = Race(sides=(OTHER, BASE), target=0.98, epochs=4, seeds=2)
    assert race_in(group.plan) in (newest_first, replace(newest_first, sides=(BASE, OTHER)))
    assert [run.config.target_accuracy for run in runs] == 4 * [0.98]
    assert visitor.session_state["runs_chosen"] == [run.id for run in runs[:2]]


def race(store: Store, rights: dict[int, list[int]]) -> AppTest:
    """A race to 98 % with 3 seeds, whose sides have so many images right after each epoch; its page."""
    plan = Race(sides=(BASE, OTHER), target=0.98, epochs=3, seeds=3)
    members = [(config, "") for config in race_configs(plan)]
    group = store.create_group(Kind.RACE, plan.to_dict(), members, known_by("one"))
    for run in store.group_runs(group.id):
        store.claim(run.id, "server/host:1/a")
        side = plan.side_of(run.config)
        events = [event for number, right in enumerate(rights[side], 1) for event in epoch(number, right)]
        slower = [slowed(event, run.config.seed, side) for event in events]
        for event in (STARTED, COMPILED, *slower, Finished(step=40 * len(rights[side]), reason="target_accuracy")):
            store.append(run.id, event)
    return come()


def slowed(event: Event, seed: int, side: int) -> Event:
    """The same with a time of training that differs a little from seed to seed."""
    if not isinstance(event, Evaluated):
        return event
    return replace(event, training_seconds=event.training_seconds * (1 + 0.01 * seed + 0.01 * side * seed))


def words_of_race(store: Store, rights: dict[int, list[int]]) -> str:
    visitor = race(store, rights)
    tick(visitor, 0)
    assert works(visitor)
    return words_in(visitor, "runs_group")


def test_the_winner_of_a_race_is_told_with_its_interval(store: Store) -> None:
    said = words_of_race(store, {0: [9850], 1: [9700, 9810]})
    assert "Optimizer Adam wins: it reaches 98.0 % in 33 % of the other’s time" in said
    assert "1.2 s, in epoch 1" in said
    assert "Not counted: loading, tracing and compiling" in said


def test_nobody_wins_a_race_that_chance_explains_and_who_never_arrives_is_counted(store: Store) -> None:
    even = words_of_race(store, {0: [9850], 1: [9850]})
    assert "Cannot tell who is faster to 98.0 %" in even
    said = words_of_race(store, {0: [9850], 1: [9700, 9710, 9720]})
    assert "3 of 3 times" in said
    assert "p = 0.100" in said
    assert "not reached: 7.5 s, epochs: 3" in said
