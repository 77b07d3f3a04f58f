"""Models are tested and tuned on own digits; the Draw page and the Train page show the result."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import Tuning, own_parts, tuned_config
from lib.core.statistics import wilson_interval
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Finished, OwnEvaluated
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.ui.draw.mydigits.files import as_digits
from lib.ui.shell.quotas import limits
from lib.ui.shell.visitor import known_by
from tests.pages.stories import BEGUN, STEPS, TWO_EPOCHS, tell
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

ME = known_by("one")
CONFIG = TrainConfig(network="mlp", dense_units=16, epochs=3, train_size=2000, batch_size=50)
WORKER = "server/host:1/a"
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def nothing_there(store: Store) -> None:
    """Each test begins without own digits and open runs."""
    store.forget_digits(ME, [one.id for one in store.own_digits(ME)])
    for run in store.open_runs():
        store.stop(run.id)


def write(store: Store, count: int, label: int | None = None) -> Digits:
    """Keeps `count` different digits for the visitor, with all labels in turn or with one."""
    images = np.random.default_rng(count).integers(0, 256, (count, 28, 28), np.uint8)
    labels = np.arange(count) % 10 if label is None else np.full(count, label)
    store.keep_digits(ME, Digits(images=images, labels=labels.astype(np.uint8)))
    return as_digits(store.own_digits(ME))


def always(digit: int, config: TrainConfig, step: int) -> Checkpoint:
    """Weights that make the network predict `digit` for everything."""
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(config).items()}
    weights["d2/bias"][digit] = 9
    return Checkpoint(step=step, weights=weights, state={})


def trained(store: Store, digit: int = 3, config: TrainConfig = CONFIG, owner: str = "one") -> str:
    """A finished run with such weights; its id."""
    run_id = tell(store, "running, first epoch", config, owner=owner)
    store.append(run_id, always(digit, config, 25), worker=WORKER)
    store.append(run_id, Finished(step=25, reason="epochs"))
    return run_id


def tuned(store: Store, base: str, digits: Digits, digit: int = 3) -> str:
    """The visitor's finished run tuned from `base`; its id."""
    config = tuned_config(CONFIG)
    run_id = store.create_run(config, owner=ME, tuning=Tuning(base=base, digits=digits)).id
    store.claim(run_id, WORKER)
    for event in (*BEGUN, evaluated(0, 1), *TWO_EPOCHS[2:5], evaluated(1, 4), *TWO_EPOCHS[5:]):
        store.append(run_id, event)
    store.append(run_id, always(digit, config, 2 * STEPS), worker=WORKER)
    store.append(run_id, Finished(step=2 * STEPS, reason="epochs"))
    return run_id


def evaluated(epoch: int, right: int) -> OwnEvaluated:
    return OwnEvaluated(
        step=epoch * STEPS,
        epoch=epoch,
        own_accuracy=right / 4,
        own_count=4,
        held_out=True,
        test_accuracy=0.9512 + epoch / 100,
    )


def view(visitor: AppTest, code: str) -> AppTest:
    return visitor.get_by_key("own_view").set_value(code).run()


def new_runs(store: Store, *before: str) -> list[Run]:
    return [run for run in store.runs() if run.id not in before and run.is_open]


@both_languages
def test_each_model_chosen_is_tested_with_its_interval_and_its_mix_ups(store: Store, lang: str) -> None:
    write(store, 20)
    run_id = trained(store, digit=3)
    visitor = visit("draw", lang=lang, run=run_id)
    visitor.get_by_key("draw_models").set_value([run_id, "shipped"]).run()
    view(visitor, "test")
    assert works(visitor)
    said = words_in(visitor, "own_result_0")
    for figure in intervals(2, 20, lang):
        assert figure in said
    table, other = (element.value for element in visitor.dataframe)
    assert table["3"].tolist() == [2] * 10, "it takes everything for a three"
    assert all(set(table[str(k)]) == {0} for k in range(10) if k != 3)
    assert other.shape == table.shape == (10, 11)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_what_a_model_has_learned_from_is_no_test_of_it(store: Store) -> None:
    digits = write(store, 20, label=3)
    base = trained(store, digit=3)
    run_id = tuned(store, base, digits)
    learned, held = own_parts(digits, CONFIG.seed)
    visitor = view(visit("draw", run=run_id), "test")
    assert f"learned from {len(learned)} of these" in words_in(visitor, "own_result_0")
    assert f"{len(held)} of {len(held)} (95 % interval" in words_in(visitor, "own_result_0")
    visitor = view(visit("draw", run=base), "test")
    assert "learned from" not in words_in(visitor, "own_result_0")


def test_a_model_of_clothes_and_one_without_weights_say_so(store: Store) -> None:
    write(store, 5)
    clothes = trained(store, config=TrainConfig(**CONFIG.to_dict() | {"dataset": "fashion_mnist"}))
    assert "clothes" in words_in(view(visit("draw", run=clothes), "test"), "own_result_0")
    empty = tell(store, "waiting", CONFIG)
    assert "no weights yet" in words_in(view(visit("draw", run=empty), "test"), "own_result_0")


def test_without_a_run_or_with_too_few_digits_it_says_what_is_missing(store: Store) -> None:
    write(store, 4)
    visitor = view(visit("draw", known_as="one"), "tune")
    assert "still missing: 1." in words_in(visitor, "own_digits")
    assert not there(visitor, "own_tune")
    visitor = view(visit("draw", known_as="nobody yet"), "tune")
    assert "train one on MNIST first" in words_in(visitor, "own_digits")


@both_languages
def test_one_press_makes_a_run_of_the_digits_as_they_are(store: Store, lang: str) -> None:
    digits = write(store, 12)
    base = trained(store)
    visitor = view(visit("draw", lang=lang, run=base), "tune")
    said = words_in(visitor, "own_digits")
    config, (learned, held) = tuned_config(CONFIG), own_parts(digits, CONFIG.seed)
    for figure in (config.epochs, f"{config.train_size:,}", f"{config.learning_rate:g}", len(learned), len(held)):
        assert str(figure) in said
    visitor.get_by_key("own_tune").click().run()
    assert works(visitor)
    (run,) = new_runs(store, base)
    assert (run.config, run.owner, run.base) == (config, ME, base)
    tuning = store.tuning(run.id)
    assert tuning is not None
    np.testing.assert_array_equal(tuning.digits.images, digits.images)
    np.testing.assert_array_equal(tuning.digits.labels, digits.labels)
    assert "[waiting]" in words_in(visitor, "own_tuning")
    assert visitor.get_by_key("own_tune").disabled, "one at a time"
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_a_linked_run_of_somebody_else_can_be_tuned_too(store: Store) -> None:
    write(store, 6)
    base = trained(store, owner="two")
    visitor = view(visit("draw", run=base), "tune")
    assert "tested on the ones it learns from" in words_in(visitor, "own_digits")
    visitor.get_by_key("own_tune").click().run()
    (run,) = new_runs(store, base)
    assert (run.owner, run.base) == (ME, base)


def test_more_than_the_server_allows_is_refused(store: Store) -> None:
    write(store, 6)
    base = trained(store)
    waiting = [tell(store, "waiting") for _ in range(limits().runs_per_visitor)]
    visitor = view(visit("draw", run=base), "tune")
    visitor.get_by_key("own_tune").click().run()
    assert works(visitor)
    assert f"allows {limits().runs_per_visitor} at a time" in words_in(visitor, "own_tune_said")
    assert new_runs(store, *waiting) == []


@both_languages
def test_both_accuracies_stand_on_both_pages_and_the_tuned_run_reads_by_one_press(store: Store, lang: str) -> None:
    base = trained(store)
    run_id = tuned(store, base, write(store, 20))
    train = visit("train", lang=lang, run=run_id)
    draw = view(visit("draw", lang=lang), "tune")
    for visitor in (train, draw):
        assert works(visitor)
        said = words_in(visitor, "tuned")
        ends = [*intervals(1, 4, lang), *intervals(9512, 10_000, lang)]
        sign = "%" if lang == "ko" else " %"
        shares = f"25.00{sign} → 100.00{sign}", f"95.12{sign} → 96.12{sign}"
        for figure in (*shares, base[:4], *ends):
            assert figure in said
        if lang == "ko":
            assert english_left(words_on(visitor)) == []
    draw.get_by_key("own_use").click().run()
    assert works(draw)
    assert draw.get_by_key("draw_models").value == [run_id]
    assert draw.query_params["run"] == run_id
    assert draw.get_by_key("own_use").disabled
    assert not there(visit("train", lang=lang, run=base), "tuned"), (
        "of a run that was not tuned there is nothing to say"
    )


def intervals(right: int, total: int, lang: str) -> list[str]:
    space = "" if lang == "ko" else " "
    return [f"{100 * end:.1f}{space}%" for end in wilson_interval(right, total)]


def test_a_run_tuned_from_a_tuned_one_counts_what_is_not_new_any_more(store: Store) -> None:
    digits = write(store, 20)
    few = digits.some(np.arange(9))
    base = tuned(store, trained(store), few)
    again = tuned(store, base, digits)
    _learned, held = own_parts(digits, CONFIG.seed)
    known = {image.tobytes() for image in few.images}
    count = sum(image.tobytes() in known for image in held.images)
    assert count > 0, "of nine digits none was held out"
    assert f"learned from {count} of the digits held out" in words_in(visit("train", run=again), "tuned")
    once_more = tuned(store, again, digits)
    assert f"learned from {count} of the digits held out" in words_in(visit("train", run=once_more), "tuned")
    assert "held out here" not in words_in(visit("train", run=base), "tuned")
