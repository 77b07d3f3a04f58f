"""The views of a network's inside: each a chart, its text and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from lib.core.data.dataset import CLASS_NAMES, Bytes, DataUnavailable
from lib.core.data.pictures import pictures, true_labels
from lib.core.diagnosis.assess import turn
from lib.core.diagnosis.confusion import taken_for
from lib.core.i18n import mark
from lib.core.training.events import Evaluated
from lib.runs.model.view import RunView
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.train.inspect import charts
from lib.ui.train.inspect import text as words
from lib.ui.train.inspect.charts import Histogram
from lib.ui.train.inspect.choice import choose_epoch, choose_layer, epoch_name, inside_of
from lib.ui.widgets import confusion
from lib.ui.widgets.picture import png
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.text import bold, certainty, percent

ZOOM = 4
"""A picture is enlarged this many times in each direction, without smoothing, as the network sees it."""
CARD = 150
"""Width in pixels of a mistake with its text: two of them fit a phone."""


def say_nothing_yet() -> None:
    st.caption(_("What is inside the network appears here once a run has begun."))


def class_names(seen: RunView) -> list[str]:
    return [_(name) for name in CLASS_NAMES[seen.run.config.dataset]]


def show_confusion(seen: RunView) -> None:
    """Which classes are taken for which."""
    by_epoch = {epoch.epoch: epoch for epoch in seen.epochs if len(epoch.confusion)}
    if not by_epoch:
        st.caption(_("The test images are looked at after the first epoch."))
        return
    epoch = by_epoch[choose_epoch(seen, sorted(by_epoch))]
    counts, names = np.array(epoch.confusion, np.int64), class_names(seen)
    said = words.confusion_words(counts, names)
    confusion.show_confusion(counts, names, said, "inside_confusion", pictures_by_cell(seen.run.config.dataset, epoch))


def pictures_by_cell(dataset: str, epoch: Evaluated) -> confusion.Pictures | None:
    """The test images of each cell; None if the run is of an older version, or the images are not on this machine."""
    if epoch.right is None or epoch.mistaken is None:
        return None
    try:
        truth = labels_of(dataset)
    except DataUnavailable:
        return None
    taken = taken_for(truth, epoch.right, epoch.mistaken)

    def pictures_of(true: int, taken_as: int) -> Bytes:
        return pictures(dataset, tuple(np.flatnonzero((truth == true) & (taken == taken_as)).tolist()))

    return pictures_of


@st.cache_data(show_spinner=False, max_entries=4)
def labels_of(dataset: str) -> Bytes:
    """The test labels, uint8 (n,). Raises DataUnavailable."""
    return true_labels(dataset)


def show_mistakes(seen: RunView) -> None:
    """The test images that the network misreads most confidently."""
    found = inside_of(seen)
    if found is None:
        say_nothing_yet()
        return
    mistakes = words.mistakes_in_words(found[1].mistakes, found[1].probabilities, class_names(seen))
    if not mistakes:
        st.caption(_("There is no mistake to show: every image that was looked at was taken for what it is."))
        return
    st.caption(_("The most confident mistakes among the test images; below each, what the network thought of it."))
    try:
        show_cards(mistakes, few_pictures(seen.run.config.dataset, tuple(m.number for m in mistakes)))
    except DataUnavailable:
        plain.info(_("The pictures are not on this machine; here is what the network took them for."))
    table = {
        _("test image"): [m.number for m in mistakes],
        _("true class"): [m.true for m in mistakes],
        _("taken for"): [m.taken for m in mistakes],
        _("confidence"): [certainty(m.sure) for m in mistakes],
        _("what the network thought"): [m.thoughts for m in mistakes],
    }
    as_table("inside_mistakes_table", table)


@st.cache_data(show_spinner=False, max_entries=200)
def few_pictures(dataset: str, numbers: tuple[int, ...]) -> Bytes:
    """These test images, enlarged: uint8 (k, 28 * ZOOM, 28 * ZOOM). Raises DataUnavailable."""
    return pictures(dataset, numbers).repeat(ZOOM, axis=1).repeat(ZOOM, axis=2)


def show_cards(mistakes: list[words.Mistake], drawn: Bytes) -> None:
    """Pictures with text, as many in a row as fit."""
    with st.container(horizontal=True, key="inside_mistakes"):
        for mistake, picture in zip(mistakes, drawn, strict=True):
            with st.container(width=CARD, gap="xxsmall"):
                st.image(png(picture), alt=mistake.words())
                st.markdown(mistake.words())
                st.caption(mistake.thoughts)


def show_patterns(seen: RunView) -> None:
    """The patterns that the first layer looks for, at the start and now."""
    found = inside_of(seen, lambda inside: inside.first_layer.size)
    if found is None:
        say_nothing_yet()
        return
    start, now = found
    reach = max(charts.reach(inside.first_layer) for inside in found)
    named = [(epoch_name(inside.epoch), inside.first_layer) for inside in found]
    said = words.patterns_words(*named)
    columns = st.columns(2)
    for column, (when, shown), key in zip(columns, named, ("start", "now"), strict=True):
        with column:
            st.markdown(bold(words.capital(when)))
            chart(charts.patterns(shown, reach), f"inside_patterns_{key}", said)
    st.caption(
        _("Ink on red speaks for a pattern, ink on blue against it. The same colour is the same number on both sides.")
    )
    st.caption(said)
    moved = words.changes(start.first_layer, now.first_layer)
    table = {
        _("pattern"): list(range(1, len(now.first_layer) + 1)),
        _("lowest"): [round(float(pattern.min()), 4) for pattern in now.first_layer],
        _("highest"): [round(float(pattern.max()), 4) for pattern in now.first_layer],
        _("changed on average"): [round(float(change), 4) for change in moved],
    }
    as_table("inside_patterns_table", table)


def show_weights(seen: RunView) -> None:
    """The distributions of one layer's weights and gradients, at the start and now."""
    found = inside_of(seen, lambda inside: inside.weights)
    if found is None:
        say_nothing_yet()
        return
    start, now = found
    layer = choose_layer(list(now.weights))
    # There are no gradients before the first step, so the newest are compared with the first recorded.
    slopes = next((inside for inside in seen.insides if layer in inside.gradients), start)
    kinds = (
        ("weights", _("Weights"), ((start, start.weights), (now, now.weights))),
        ("gradients", _("Gradients"), ((slopes, slopes.gradients), (now, now.gradients))),
    )
    for (kind, title, moments), column in zip(kinds, st.columns(2), strict=True):
        spreads = {epoch_name(inside.epoch): spread.get(layer) for inside, spread in moments}
        with column:
            said = words.spread_words(title, layer, spreads)
            st.markdown(bold(title))
            chart(charts.histograms(spreads, seen.run.config.execution, title), f"inside_{kind}", said)
            st.caption(said)
            as_table(f"inside_{kind}_table", table_of(spreads))


def table_of(spreads: Mapping[str, Histogram | None]) -> dict[str, list[Any]]:
    """The histograms bin by bin, with the names of their epochs."""
    columns: dict[str, list[Any]] = {_("when"): [], _("middle of the bin"): [], _("count"): []}
    for when, histogram in spreads.items():
        for centre, count in [] if histogram is None else histogram.T.tolist():
            for column, value in zip(columns.values(), (when, centre, count), strict=True):
                column.append(value)
    return columns


def show_dead(seen: RunView) -> None:
    """How many ReLU units have fallen silent, over the epochs."""
    shares: dict[str, dict[int, float]] = {}
    for inside in sorted(seen.insides, key=lambda inside: inside.epoch):
        for layer, share in inside.dead.items():
            shares.setdefault(layer, {})[inside.epoch] = share
    if not seen.insides:
        say_nothing_yet()
        return
    if not shares:
        st.caption(_("This network has no layer with ReLU, so no unit can die."))
        return
    said = words.dead_words(shares)
    chart(charts.dead_units(shares), "inside_dead", said)
    st.caption(
        _(
            "A dead unit gives 0 for every test image looked at: it no longer says anything, and as its gradient is 0, "
            "it may never learn again."
        )
    )
    st.caption(said)
    epochs = sorted({epoch for over in shares.values() for epoch in over})
    table: dict[str, list[Any]] = {_("epoch"): epochs}
    for layer, over in shares.items():
        table[layer] = [percent(over[epoch], 1) if epoch in over else "" for epoch in epochs]
    as_table("inside_dead_table", table)


def show_losses(seen: RunView) -> None:
    """Train against test loss: the gap, and where the test loss turns."""
    if not seen.epochs:
        st.caption(_("The test images are looked at after the first epoch."))
        return
    turned = turn(seen.epochs)
    said = words.losses_words(seen.epochs, turned)
    chart(charts.losses(seen.epochs, turned, seen.run.config.execution), "inside_losses", said)
    st.caption(said)
    table: dict[str, list[Any]] = {
        _("epoch"): [epoch.epoch for epoch in seen.epochs],
        _("train loss"): [round(epoch.train_loss, 4) for epoch in seen.epochs],
        _("test loss"): [round(epoch.test_loss, 4) for epoch in seen.epochs],
    }
    if any(epoch.validation_loss is not None for epoch in seen.epochs):
        held = [epoch.validation_loss for epoch in seen.epochs]
        table[_("validation loss")] = [None if loss is None else round(loss, 4) for loss in held]
    as_table("inside_losses_table", table)


VIEWS: Mapping[str, Callable[[RunView], None]] = {
    "confusion": show_confusion,
    "mistakes": show_mistakes,
    "patterns": show_patterns,
    "weights": show_weights,
    "dead": show_dead,
    "losses": show_losses,
}
TITLES: Mapping[str, str] = {
    "confusion": mark("Mix-ups"),
    "mistakes": mark("Mistakes"),
    "patterns": mark("First layer"),
    "weights": mark("Weights"),
    "dead": mark("Dead units"),
    "losses": mark("Train and test"),
}
"""The views by code, in the page's order, with their titles."""
