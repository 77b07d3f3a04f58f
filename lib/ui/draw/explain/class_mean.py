"""Why a drawing is not another digit: its difference from that digit's mean image."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes, DataUnavailable, load_images
from lib.core.inference import explanations
from lib.core.inference.litert import Floats
from lib.ui.draw.explain.occlusion import large
from lib.ui.draw.reading.models import NO_IMAGES, Model, RunModel
from lib.ui.draw.reading.reading import Answer
from lib.ui.draw.reading.text import first_two
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import percent


def show_why_not(answer: Answer, image: Bytes, place: int) -> None:
    """The difference between the drawing and the mean of a class."""
    classes = [_(name) for name in answer.model.classes]
    try:
        means = class_means(dataset_of(answer.model))
    except DataUnavailable:
        plain.info(_(NO_IMAGES))
        return
    second = first_two(answer.probabilities[place])[1]
    other = choose(_("Why not …?"), dict(enumerate(classes)), "draw_other", second, lasting=False)
    missing, extra = explanations.missing_and_extra(image, means[other])
    said = _(
        "Against the mean {digit} of the training images: red is ink that it does not have there, {extra} of yours; "
        "blue is ink of it that yours lacks, {missing}. The network gives {digit} a probability of {probability}."
    ).format(
        digit=classes[other],
        extra=percent(extra, 0),
        missing=percent(missing, 0),
        probability=percent(float(answer.probabilities[place, other])),
    )
    with st.container(horizontal=True):
        large(image, _("What the network sees"))
        large(means[other].astype(np.uint8), _("The mean {digit}").format(digit=classes[other]))
        large(explanations.coloured(image - means[other], 255.0), said)
    st.caption(said)
    shares = [explanations.missing_and_extra(image, mean) for mean in means]
    table = {
        _("read as"): classes,
        _("missing of the mean"): [percent(share[0], 1) for share in shares],
        _("beside the mean"): [percent(share[1], 1) for share in shares],
        _("probability"): [percent(float(p), 3) for p in answer.probabilities[place]],
    }
    as_table("draw_why_not_table", table)


def dataset_of(model: Model) -> str:
    """The data set that the model was trained on."""
    return model.config.dataset if isinstance(model, RunModel) else "mnist"


@st.cache_data(show_spinner=False)
def class_means(dataset: str) -> Floats:
    """The mean training image of each class: (10, 28, 28), 0 to 255. Raises DataUnavailable."""
    images = load_images(dataset)
    return explanations.mean_images(images.x_train, images.y_train)
