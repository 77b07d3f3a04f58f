"""The training images nearest to a drawing, measured in the network's last layer but one."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes, DataUnavailable
from lib.core.data.pictures import training_images
from lib.core.i18n import mark
from lib.core.inference.litert import LiteError
from lib.core.inference.nearest import Halves, distances, features_in, features_of, nearest
from lib.ui.draw.explain.class_mean import dataset_of
from lib.ui.draw.reading.models import NO_IMAGES, Held, Model, RunModel
from lib.ui.draw.reading.reading import Answer
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.background import Background, asker, say_working, wait_until
from lib.ui.widgets.picture import png
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import bold

SHOWN = 5
COMPARED = 10_000
"""Training images to compare a drawing with: a network of the notes reads them in about 4 s."""
COMPARED_WHILE_TRAINING = 2_000
"""The same for an open run: its weights change every ten seconds, and it needs the processor itself."""
KEPT = 3
"""Weights whose features are cached: 2.5 MB with 128 units in the last layer but one, 20 MB with 1,024."""
ZOOM = 4
UNFIT = mark(
    "The weights of this run make numbers of the training images that are not finite: nothing can be compared."
)
LAST = "draw_nearest_last"
"""Session-state key: the last result, shown until the features of newer weights are ready."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bank:
    """Training images, uint8 (n, 28, 28), their labels (n,), and their features under some weights (n, units)."""

    images: Bytes = field(repr=False)
    labels: Bytes = field(repr=False)
    features: Halves = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbour:
    """A training image, uint8 (28, 28), with its number, its label and its distance."""

    number: int
    label: int
    distance: float
    image: Bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The nearest images, nearest first, out of `compared` images; `typical` is the median distance."""

    nearest: tuple[Neighbour, ...]
    compared: int
    typical: float


def show_nearest(answer: Answer, image: Bytes, place: int) -> None:
    """The five nearest images as pictures, text and table; a waiting message until they are known."""
    held = answer.model.held()
    count = COMPARED_WHILE_TRAINING if is_under_way(answer.model) else COMPARED
    future = banks().ask((held.code, count), functools.partial(bank_of, answer.model, held, count), asker())
    drawing = answer.model.code, hashlib.sha256(image.tobytes()).digest()
    if not future.done() or future.cancelled():
        earlier, found = st.session_state.get(LAST, (None, None))
        if earlier == drawing:
            show(found, answer)
        say_working(_("The training images are being looked at through this network. It takes a few seconds."))
        wait_until(future.done)
        return
    bank = future.result()
    if isinstance(bank, str):
        plain.info(_(bank))
        return
    assert answer.prediction is not None
    found = neighbours(bank, features_in(answer.prediction)[place])
    st.session_state[LAST] = drawing, found
    show(found, answer)


def is_under_way(model: Model) -> bool:
    """Whether its weights will soon change."""
    return isinstance(model, RunModel) and model.run.is_open


def bank_of(model: Model, held: Held, count: int) -> Bank | str:
    """The features of `count` training images under these weights; a text of the catalogue if there are none."""
    try:
        images, labels = few_images(dataset_of(model), count)
        return Bank(images=images, labels=labels, features=features_of(held.make(), held.weights, images))
    except DataUnavailable:
        return NO_IMAGES
    except LiteError:
        return UNFIT


def neighbours(bank: Bank, feature: Halves) -> Neighbours:
    """The images of the bank that are nearest to `feature` (units,)."""
    far = distances(bank.features, feature)
    found = tuple(
        Neighbour(number=int(k), label=int(bank.labels[k]), distance=float(far[k]), image=bank.images[k])
        for k in nearest(far, SHOWN)
    )
    return Neighbours(nearest=found, compared=len(far), typical=float(np.median(far)))


def show(found: Neighbours, answer: Answer) -> None:
    """The images with labels and distances, and what they say together."""
    names = [_(name) for name in answer.model.classes]
    st.caption(
        _(
            "The network no longer sees pixels here: it compares the numbers of its last layer before the "
            "probabilities. The {count} nearest of {compared} training images:"
        ).format(count=len(found.nearest), compared=f"{found.compared:,}")
    )
    with st.container(horizontal=True, key="draw_nearest"):
        for one in found.nearest:
            with st.container(width=28 * ZOOM, gap="xxsmall"):
                said = _("Training image {number}, labelled {label}, at distance {distance}").format(
                    number=f"{one.number:,}", label=names[one.label], distance=f"{one.distance:.2f}"
                )
                picture = one.image.repeat(ZOOM, 0).repeat(ZOOM, 1)
                st.image(png(picture), alt=said, width=28 * ZOOM)
                st.markdown(bold(names[one.label]))
                st.caption(_("distance {distance}").format(distance=f"{one.distance:.2f}"))
    st.markdown(vote_words([names[one.label] for one in found.nearest]))
    st.caption(
        _("Half of all {compared} are further away than {typical}.").format(
            compared=f"{found.compared:,}", typical=f"{found.typical:.2f}"
        )
    )
    table = {
        _("training image"): [one.number for one in found.nearest],
        _("labelled as"): [names[one.label] for one in found.nearest],
        _("distance"): [round(one.distance, 3) for one in found.nearest],
    }
    as_table("draw_nearest_table", table)


def vote_words(labels: Sequence[str]) -> str:
    """The most frequent label of the nearest images."""
    label, count = Counter(labels).most_common(1)[0]
    if count == len(labels):
        return _("All {count} are labelled {label}.").format(count=count, label=label)
    return _("{count} of the {all} are labelled {label}.").format(count=count, all=len(labels), label=label)


@functools.lru_cache(maxsize=2)
def few_images(dataset: str, count: int) -> tuple[Bytes, Bytes]:
    """The first training images and their labels, shared by all who compare with them (8 MB)."""
    return training_images(dataset, count)


@st.cache_resource(show_spinner=False)
def banks() -> Background:
    """The server's cache of features, by the weights that made them."""
    return Background(KEPT)
