"""The first page reads a digit, shows a curve and a race, and leads to exactly the notes' settings."""

import pytest

from lib.core.benchmark.labels import time_words
from lib.core.i18n import LANGUAGES
from lib.core.numbers import percent
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import Stopped
from lib.core.training.recording import run_of_the_notes
from lib.runs.db.store import Store
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.home.race import recorded_race
from tests.pages.draw.drawing import FOUR, ONE, SCRIBBLE, SEVEN, beside, draw
from tests.pages.stories import tell
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
LEFT_BEHIND = {"network": "mlp", "epochs": "9", "learning_rate": "0.02", "execution": "xla", "seed": "3"}


@both_languages
def test_what_one_writes_is_read_at_once_and_cleared(lang: str) -> None:
    visitor = visit("home", lang=lang)
    hint = words_in(visitor, "home_read")
    assert visitor.get_by_key("home_clear").disabled
    for strokes, digits in ((FOUR, "4"), (beside(ONE, FOUR, SEVEN), "147"), (SCRIBBLE, "?")):
        draw(visitor, strokes, width=12 if len(digits) > 1 else 18)
        assert works(visitor)
        assert words_in(visitor, "home_digits") == digits
        assert lang == "en" or english_left(words_on(visitor)) == []
    visitor.get_by_key("home_clear").click().run()
    assert works(visitor)
    assert words_in(visitor, "home_read") == hint


def test_without_a_run_the_recorded_one_and_the_race_name_their_machines() -> None:
    visitor = visit("home")
    said = "\n".join(words_on(visitor))
    run, race = run_of_the_notes(), recorded_race()
    assert there(visitor, "home_recorded")
    assert f"Recorded on {run.started.device} with TensorFlow {run.started.versions['tensorflow']}" in said
    assert percent(run.lines["test_accuracy"].y[-1]) in said
    assert race.began.machine in said
    for timing in race.timings:
        assert time_words(timing.median) in said


@both_languages
def test_a_run_under_way_is_shown_live_and_stays_when_it_has_ended(store: Store, lang: str) -> None:
    run_id = tell(store, "running, third epoch")
    visitor = visit("home", lang=lang)
    assert works(visitor)
    assert not there(visitor, "home_recorded")
    assert "[running]" in words_in(visitor, "home_status")
    assert "105" in words_in(visitor, "home_status")
    assert lang == "en" or english_left(words_on(visitor)) == []
    store.append(run_id, Stopped(step=105))
    visitor.run()
    assert works(visitor)
    assert "[stopped]" in words_in(visitor, "home_status")


def test_another_visitor_s_run_is_theirs(store: Store) -> None:
    tell(store, "running, third epoch", owner="another")
    assert there(visit("home"), "home_recorded")


def test_while_the_store_is_away_the_recorded_run_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("database", "away")

    monkeypatch.setattr(Store, "open_runs_of", away)
    visitor = visit("home")
    assert works(visitor)
    assert there(visitor, "home_recorded")


@pytest.mark.parametrize("before", ["nothing", "settings", "another language", "a run"])
def test_train_the_network_of_the_notes_selects_exactly_that(before: str, store: Store) -> None:
    if before == "nothing":
        visitor = visit("home", **LEFT_BEHIND)
    else:
        link = {"run": tell(store, "finished")} if before == "a run" else LEFT_BEHIND
        visitor = visit("train", **link)
        visitor.get_by_key("dropout").set_value(0.5).run()
        if before == "another language":
            visitor.get_by_key("lang").set_value("ko").run()
        visitor.switch_page("../../../pages/home.py").run()
    visitor.get_by_key("go_train").click().run()
    assert works(visitor)
    assert TrainConfig(**{name: visitor.get_by_key(name).value for name in SETTINGS}) == TrainConfig()
    assert visitor.get_by_key("preset").value == "notes"
    assert set(visitor.query_params) <= {"lang", "run"}
    visitor.get_by_key("train_start").click().run()
    assert store.runs()[0].config == TrainConfig()


@pytest.mark.parametrize(
    ("key", "page"), [("go_tour", "Tour"), ("go_train", "Train"), ("go_compare", "Compare"), ("go_draw", "Draw")]
)
def test_one_press_leads_into_each_page(key: str, page: str) -> None:
    visitor = visit("home")
    visitor.get_by_key(key).click().run()
    assert works(visitor)
    assert [title.value for title in visitor.title] == [page]
