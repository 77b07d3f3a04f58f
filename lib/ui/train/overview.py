"""The parts of a run before it starts: its images, its layers, its code."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from lib.core.data.dataset import CLASS_NAMES, DataUnavailable, class_counts, load_images, sample_grid
from lib.core.training.architectures import describe
from lib.core.training.config import TrainConfig
from lib.ui.shell import plain
from lib.ui.shell.language import _, language
from lib.ui.train.network_picture import network_picture, shape_words
from lib.ui.widgets.picture import png, show_picture
from lib.ui.widgets.source import source
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.text import bold, percent
from lib.ui.widgets.theme import class_balance

SAMPLE_COLUMNS = 20
NETWORK_CODE = {
    "seed": ("MyModel", "drawn"),
    "mlp": ("mlp", "head", "drawn"),
    "lenet": ("lenet", "head", "drawn"),
    "fast": ("fast", "head", "drawn"),
}
"""The names of each network's code in lib/ml/training/networks.py."""


@st.cache_data(show_spinner=False, max_entries=30)
def dataset_overview(dataset: str, size: int) -> tuple[list[int], str, int]:
    """For the first `size` training images: images per class, a picture of some as `st.image` takes it, and the
    number of test images.

    Caches only these results and frees the images, so that the web process stays small.
    """
    images = load_images(dataset).first(size)
    grid = sample_grid(images.x_train, images.y_train, SAMPLE_COLUMNS)
    return class_counts(images.y_train).tolist(), png(grid), len(images.x_test)


@st.cache_resource(show_spinner=False, max_entries=30)
def balance_chart(counts: tuple[int, ...], names: tuple[str, ...], words: str) -> go.Figure:
    """Making the chart takes longer than the rest of its tab. `words` is the language that it is in."""
    return class_balance(counts, names)


def show_data(config: TrainConfig) -> None:
    """A picture of the training images, and the balance of their classes."""
    try:
        counts, sample, tests = dataset_overview(config.dataset, config.train_size)
    except DataUnavailable:
        plain.info(
            _(
                "This data set is not on this machine yet: the first run that uses it downloads it, "
                "if there is a network. MNIST is always here."
            )
        )
        return
    total = sum(counts)
    names = [_(name) for name in CLASS_NAMES[config.dataset]]
    st.markdown(
        _("{train} training images and {test} test images of 28 × 28 pixels, each 0 to 255 (uint8).").format(
            train=f"{total:,}", test=f"{tests:,}"
        )
    )
    pictures, balance = st.columns(2)
    with pictures:
        st.image(sample, caption=_("The first training images of each class, a row each."), width="stretch")
    with balance:
        words = ", ".join(f"{name}: {count:,}" for name, count in zip(names, counts, strict=True))
        st.markdown(bold(_("Images of each class")))
        chart(balance_chart(tuple(counts), tuple(names), language()), "class_balance", words)
        as_table("class_balance_table", pa.table({_("class"): names, _("images"): counts}))


def show_network(config: TrainConfig) -> None:
    """The layers with their shapes, and the distribution of the parameters."""
    layers = describe(config)
    total = sum(layer.parameters for layer in layers)
    largest = max(layers, key=lambda layer: layer.parameters)
    st.markdown(
        _("**{total} parameters**, {share} of them in the largest layer, {layer}.").format(
            total=f"{total:,}",
            share=percent(largest.parameters / total, 1),
            layer=f"{largest.kind} ({shape_words(largest.shape)})",
        )
    )
    table = {
        _("layer"): [layer.kind for layer in layers],
        _("output shape"): [shape_words(layer.shape) for layer in layers],
        _("parameters"): [layer.parameters for layer in layers],
        _("share"): [layer.parameters / total for layer in layers],
    }
    columns = {
        _("parameters"): st.column_config.NumberColumn(format="localized"),
        _("share"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
    }
    drawn, numbers = st.columns([0.45, 0.55])
    with drawn:
        show_picture("network_picture", network_picture(layers))
        st.caption(_("Filled: layers that learn. Beside the arrows: the shape of one image there."))
    with numbers:
        st.dataframe(pa.table(table), hide_index=True, column_config=columns, key="layers_table")


def show_code(config: TrainConfig) -> None:
    """The code of the network, the step and its wrapper, as it stands in its files."""
    pieces = (
        *((_("The network"), "lib/ml/training/networks.py", name) for name in NETWORK_CODE[config.network]),
        (_("One training step, the same in every execution mode"), "lib/ml/training/step.py", "train_step"),
        (_("Eager, graph or XLA: a wrapper around that step"), "lib/ml/training/step.py", "in_mode"),
        (_("Many steps in one call"), "lib/ml/training/step.py", "many_steps"),
    )
    for title, path, name in pieces:
        st.markdown(f"{bold(title)} · `{path}`")
        st.code(source(path, name), language="python")
