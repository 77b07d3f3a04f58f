"""Start creates a run with exactly the settings on the page; Stop requests its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Failed
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from tests.pages.conftest import own_home
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))

OTHER = TrainConfig(
    network="lenet",
    epochs=7,
    batch_size=48,
    learning_rate=0.0123,
    optimizer="momentum",
    schedule="one_cycle",
    execution="eager",
    steps_per_call=11,
    precision="mixed_bfloat16",
    dataset="fashion_mnist",
    train_size=4321,
    shuffle_buffer=17,
    filters=5,
    dense_units=33,
    dropout=0.15,
    activation="tanh",
    seed=2**31 - 1,
    validation_split=0.25,
    patience=4,
    target_accuracy=0.97,
)
"""A config without any default value."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without runs."""
    with own_home(tmp_path) as folder:
        yield folder


@both_languages
def test_start_asks_for_a_run_with_exactly_the_widgets_settings(lang: str, store: Store) -> None:
    visitor = visit("train", lang=lang)
    for name, value in OTHER.to_dict().items():
        visitor.get_by_key(name).set_value(value)
    visitor.run()
    visitor.get_by_key("train_start").click().run()
    assert works(visitor)
    (run,) = store.runs()
    assert run.config == OTHER
    assert (run.status, run.unread) == (Status.WAITING, ())
    assert visitor.query_params["run"] == run.id
    assert words_in(visitor, "run_status").startswith("`[waiting]`")


def test_a_change_and_start_in_one_go_starts_what_was_set(store: Store) -> None:
    """A number just typed and Start pressed at once reach the server together."""
    visitor = visit("train")
    visitor.get_by_key("epochs").set_value(9)
    visitor.get_by_key("train_start").click().run()
    (run,) = store.runs()
    assert run.config == TrainConfig(epochs=9)


def test_the_settings_of_a_link_start_as_they_are(store: Store) -> None:
    visitor = visit("train", **{name: str(value) for name, value in OTHER.to_dict().items()})
    assert visitor.get_by_key("train_start").disabled is False
    visitor.get_by_key("train_start").click().run()
    (run,) = store.runs()
    assert run.config == OTHER


def test_every_setting_can_be_reached(store: Store) -> None:
    assert set(OTHER.changes()) == set(SETTINGS)
    visitor = visit("train")
    assert {name: visitor.get_by_key(name).value for name in SETTINGS} == TrainConfig().to_dict()


def test_stop_takes_a_waiting_run_out_of_the_queue(store: Store) -> None:
    run_id = tell(store, "waiting")
    visitor = visit("train", run=run_id)
    visitor.get_by_key("train_stop").click().run()
    assert works(visitor)
    assert store.run(run_id).status == Status.STOPPED
    assert words_in(visitor, "run_status").startswith("`[stopped]`")


@pytest.mark.parametrize("story", ["starting", "running, first epoch", "running, third epoch"])
def test_stop_leaves_the_wish_with_a_run_under_way(story: str, store: Store) -> None:
    run_id = tell(store, story)
    before = store.run(run_id)
    visitor = visit("train", run=run_id)
    visitor.get_by_key("train_stop").click().run()
    assert works(visitor)
    after = store.run(run_id)
    assert (before.requests, after.requests) == (ControlRequests(), ControlRequests(stop=True))
    assert (after.status, after.step) == (before.status, before.step)


def test_stop_on_a_run_that_ended_meanwhile_does_no_harm(store: Store) -> None:
    run_id = tell(store, "running, third epoch")
    visitor = visit("train", run=run_id)
    store.append(run_id, Failed(step=105, reason="worker_died"))
    visitor.get_by_key("train_stop").click().run()
    assert works(visitor)
    assert store.run(run_id).status == Status.FAILED
    assert words_in(visitor, "run_status").startswith("`[failed]`")


@both_languages
@pytest.mark.parametrize(
    ("name", "bad"), [("learning_rate", 99.0), ("epochs", 0), ("epochs", 101), ("batch_size", -3), ("dropout", 0.95)]
)
def test_a_bad_number_disables_start_and_says_why(name: str, bad: float, lang: str, store: Store) -> None:
    visitor = visit("train", lang=lang, batch_size="64")
    good = visitor.get_by_key(name).value
    visitor.get_by_key(name).set_value(bad).run()
    assert works(visitor)
    assert visitor.get_by_key("train_start").disabled
    (error,) = visitor.get_by_key("setting_error").error
    assert error.value == SettingError(name, bad).sentence(translator(lang))
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    visitor.get_by_key(name).set_value(good).run()
    assert not visitor.get_by_key("train_start").disabled
    assert store.runs() == []


def test_a_bad_number_typed_as_start_is_pressed_starts_nothing(store: Store) -> None:
    visitor = visit("train")
    visitor.get_by_key("learning_rate").set_value(99.0)
    visitor.get_by_key("train_start").click().run()
    assert works(visitor)
    assert store.runs() == []


def test_the_queue_is_counted(store: Store) -> None:
    tell(store, "running, first epoch")
    tell(store, "finished")
    tell(store, "waiting")
    said = words_in(visit("train", run=tell(store, "waiting")), "run_status")
    assert "before this one: 2" in said
