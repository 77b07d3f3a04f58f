"""The section of the Train page about a network's inside: every view, any run, following until an epoch is chosen."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.data.dataset import load_images
from lib.core.data.pictures import true_labels
from lib.core.diagnosis.confusion import confusion_counts
from lib.core.diagnosis.paired import packed
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated
from lib.ui.train.inspect.choice import EPOCH, LAYER
from lib.ui.train.inspect.view import VIEW
from lib.ui.train.inspect.views import VIEWS, ZOOM, few_pictures
from lib.ui.widgets.confusion import SHOWN
from tests.pages.stories import evaluated
from tests.pages.visiting import words_in
from tests.ui.train.inspect.insides import SEEN, inside, seen_of
from tests.waiting import PATIENCE

every_view = pytest.mark.parametrize("view", list(VIEWS))


def drawn() -> None:
    from lib.ui.train.inspect.view import draw_inside
    from tests.ui.train.inspect.insides import SEEN

    draw_inside(SEEN["now"])


def open_page(seen: Any, view: str | None = None) -> AppTest:
    visitor = AppTest.from_function(drawn, default_timeout=PATIENCE)
    if view:
        visitor.session_state[VIEW] = view
    return look_again(visitor, seen)


def look_again(visitor: AppTest, seen: Any) -> AppTest:
    """The page again, after the run has got that far."""
    SEEN["now"] = seen
    visitor.run()
    assert not visitor.exception
    return visitor


@pytest.fixture(autouse=True)
def nothing_left_over(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    yield
    SEEN.clear()


def shown_epoch(visitor: AppTest) -> int:
    return visitor.select_slider(EPOCH).value


def test_before_anything_is_recorded_one_sentence_says_so():
    visitor = open_page(replace(seen_of(0, insides=())))
    assert [caption.value for caption in visitor.caption] == [
        "What is inside the network appears here once a run has begun."
    ]
    assert len(visitor.main) == 1


@every_view
@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_every_view_can_be_seen_from_the_first_step_on(view, epochs):
    visitor = open_page(seen_of(epochs), view)
    assert visitor.segmented_control(VIEW).value == view
    assert words_in(visitor, "inside").strip()


@every_view
def test_every_chart_has_words_and_every_view_its_numbers_as_a_table(view):
    visitor = open_page(seen_of(3), view)
    charts = [chart.proto for chart in visitor.get("plotly_chart")]
    assert bool(charts) == (view != "mistakes")
    assert all(any(letter.isdigit() for letter in chart.alt) for chart in charts)
    tables = list(visitor.dataframe)
    assert len(tables) == (2 if view == "weights" else 1)
    assert all(len(table.value) for table in tables)
    assert "As a table" in [folded.label for folded in visitor.expander]


@pytest.mark.parametrize(
    "odd",
    [
        inside(1, mistakes=0),
        inside(1, layers=()),
        inside(1, dead={}),
        inside(1, gradients={}),
        inside(1, first_layer=np.full((32, 3, 3), math.nan, np.float32)),
        inside(1, first_layer=np.empty((0, 3, 3), np.float32)),
        inside(1, first_layer=np.zeros((32, 28, 28), np.float32)),
        inside(1, first_layer=np.zeros((1, 5, 5), np.float32)),
        inside(1, weights={"d1": np.full((2, 40), math.nan)}, gradients={"d1": np.empty((2, 0))}),
        inside(1, dead={"d1": math.nan}),
        inside(1, probabilities=np.full((12, 10), math.nan, np.float32)),
        replace(inside(1), mistakes=np.array([[10**7, 3, 8], [-1, 0, 1]] * 6, np.int32)),
    ],
    ids=lambda odd: "odd",
)
def test_no_odd_number_breaks_the_page(odd):
    lost = (evaluated(1, 980, math.nan), evaluated(2, 980, math.inf))
    visitor = open_page(replace(seen_of(0, insides=(inside(0), odd)), epochs=lost))
    for view in VIEWS:
        visitor.segmented_control(VIEW).set_value(view).run()
        assert not visitor.exception, view


def test_a_network_without_relu_has_no_unit_that_could_die():
    visitor = open_page(seen_of(0, insides=(inside(0, dead={}), inside(1, dead={}))), "dead")
    assert "no layer with ReLU" in words_in(visitor, "inside")
    assert not visitor.get("plotly_chart")


# ---- the pictures of a cell


def of_mnist(wrong: dict[int, int]) -> Evaluated:
    """An epoch after which these test images of MNIST were taken for these classes, all others for what they are."""
    truth = true_labels("mnist")
    taken = truth.copy()
    for number, as_class in wrong.items():
        taken[number] = as_class
    counts = tuple(map(tuple, confusion_counts(truth, taken).tolist()))
    right = taken == truth
    return replace(evaluated(1, 980), confusion=counts, right=packed(right), mistaken=taken[~right])


def test_a_cell_opens_the_pictures_that_fell_into_it():
    """MNIST's first test images are 7, 2, 1, 0, 4: two of them were taken for a 9."""
    seen = replace(seen_of(0, insides=(inside(0),)), epochs=(of_mnist({0: 9, 4: 9, 9: 4}),))
    visitor = open_page(seen, "confusion")
    cells = visitor.get_by_key("inside_confusion_cell")
    assert len(cells.options) == 10 + 3
    assert not visitor.get("image")
    cells.set_value((4, 9)).run()
    assert not visitor.exception
    (shown,) = visitor.get("image")
    assert "true 4, taken for 9: 1" in str(shown.proto)
    visitor.get_by_key("inside_confusion_cell").set_value((1, 1)).run()
    assert len(visitor.get("image")) == SHOWN
    assert any(f"The first {SHOWN} of 1,135." in caption.value for caption in visitor.caption)


def test_a_record_of_an_older_version_has_no_pictures_to_open():
    visitor = open_page(seen_of(1), "confusion")
    assert not visitor.selectbox


# ---- which epoch


def test_the_newest_epoch_is_followed_until_another_is_chosen():
    visitor = open_page(seen_of(2), "confusion")
    assert shown_epoch(visitor) == 2
    assert shown_epoch(look_again(visitor, seen_of(3))) == 3
    visitor.select_slider(EPOCH).set_value(1).run()
    assert shown_epoch(visitor) == 1
    assert shown_epoch(look_again(visitor, seen_of(4))) == 1
    visitor.select_slider(EPOCH).set_value(4).run()
    assert shown_epoch(look_again(visitor, seen_of(5))) == 5, "the newest again: followed from here"


def test_another_run_is_followed_anew():
    visitor = open_page(seen_of(3), "confusion")
    visitor.select_slider(EPOCH).set_value(1).run()
    assert shown_epoch(look_again(visitor, seen_of(4, run_id="two"))) == 4


def test_the_epoch_stays_from_view_to_view():
    visitor = open_page(seen_of(3), "confusion")
    visitor.select_slider(EPOCH).set_value(2).run()
    visitor.segmented_control(VIEW).set_value("weights").run()
    assert not visitor.exception
    assert shown_epoch(visitor) == 2


def test_the_chosen_epochs_numbers_are_shown():
    visitor = open_page(seen_of(3), "confusion")
    visitor.select_slider(EPOCH).set_value(1).run()
    assert "9,050 of 10,000" in words_in(visitor, "inside")
    visitor.segmented_control(VIEW).set_value("mistakes").run()
    assert "true 0, taken for 2" in words_in(visitor, "inside")


# ---- layers


def test_the_layer_is_chosen_and_another_networks_layers_are_others():
    visitor = open_page(seen_of(2), "weights")
    layers = visitor.segmented_control(LAYER)
    assert (layers.options, layers.value) == (["conv1", "d1"], "conv1")
    layers.set_value("d1").run()
    assert "Weights of d1." in words_in(visitor, "inside")
    mlp = seen_of(2, run_id="two", insides=tuple(inside(epoch, layers=("d2",)) for epoch in range(3)))
    assert "Weights of d2." in words_in(look_again(visitor, mlp), "inside")


def test_the_start_of_the_gradients_is_the_first_that_were_recorded():
    said = words_in(open_page(seen_of(3), "weights"), "inside")
    assert "Weights of conv1. Before the first step: mean" in said
    assert "Gradients of conv1. After epoch 1: mean" in said


# ---- pictures


def test_the_mistakes_pictures_are_those_of_the_test_set():
    numbers = (0, 7, 9999)
    large = few_pictures("mnist", numbers)
    expected = load_images("mnist").x_test[list(numbers)]
    np.testing.assert_array_equal(large[:, ::ZOOM, ::ZOOM], expected)
    assert large.shape == (3, 28 * ZOOM, 28 * ZOOM)


def test_each_mistake_is_a_picture_with_its_words():
    visitor = open_page(seen_of(1), "mistakes")
    alts = [picture.alt for image in visitor.get("image") for picture in image.proto.imgs]
    assert len(alts) == 12
    assert alts[0].replace("\N{NO-BREAK SPACE}", " ") == "true 0, taken for 2, 98.7 %"
    table = visitor.dataframe[0].value
    assert table["confidence"].tolist() == ["98.7\N{NO-BREAK SPACE}%"] * 12


def test_without_the_data_set_the_words_are_there_without_pictures():
    visitor = open_page(seen_of(1, TrainConfig(dataset="fashion_mnist")), "mistakes")
    assert "not on this machine" in visitor.info[0].value
    assert not visitor.get("image")
    assert visitor.dataframe[0].value["true class"].tolist()[1] == "Sneaker"


# ---- in the page


def test_no_run_is_said_calmly():
    def nothing() -> None:
        from lib.ui.train.inspect.view import show_inside

        show_inside(None)

    visitor = AppTest.from_function(nothing).run()
    assert not visitor.exception
    assert len(visitor.caption) == 1
