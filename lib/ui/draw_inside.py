"""Looking inside, for one digit of a drawing: every layer, which pixels matter, and why it is not another digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lib.core import looking
from lib.core.digits import Bytes, DataUnavailable, load_images
from lib.core.lite import Floats
from lib.core.sentence import percent
from lib.core.words import mark
from lib.ui.charts import CLEAR
from lib.ui.draw_models import Model, RunModel, Trouble
from lib.ui.draw_reading import Answer, Reading
from lib.ui.draw_words import first_two
from lib.ui.inside_views import as_table
from lib.ui.language import _
from lib.ui.steady_chart import steady_chart
from lib.ui.words import bold

VIEW = "draw_view"
VIEWS = {
    "layers": mark("Layer by layer"),
    "pixels": mark("Which pixels matter"),
    "why_not": mark("Why not another digit?"),
}
PICTURE = 280
"""Width of a picture of 28 pixels, each ten times as large."""


def show_inside(reading: Reading, place: int) -> None:
    """The view chosen, of what the first model made of the digit at `place`; none is worked out before it is chosen."""
    answer = next((answer for answer in reading.answers if answer.prediction is not None), None)
    if answer is None:
        return
    st.markdown("##### " + _("Looking inside"))
    names = {code: _(name) for code, name in VIEWS.items()}
    view = st.segmented_control(
        _("What to look at"),
        list(VIEWS),
        key=VIEW,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(key="draw_inside"):
        image = reading.digits[place].image
        match view:
            case "layers":
                show_layers(answer, place)
            case "pixels":
                show_pixels(answer, image, place)
            case "why_not":
                show_why_not(answer, image, place)


def show_layers(answer: Answer, place: int) -> None:
    """What each layer put out: feature maps as one picture, dense units as bars."""
    assert answer.prediction is not None
    st.caption(
        _("Black is the lowest number of a layer, white its highest. The last layer is the probabilities above.")
    )
    for name, values in list(answer.prediction.layers.items())[:-1]:
        layer = values[place]
        if layer.ndim == 3:
            said = _("{layer}: {count} maps of {height} × {width}").format(
                layer=name, count=layer.shape[2], height=layer.shape[0], width=layer.shape[1]
            )
            st.markdown(bold(said))
            grid = looking.feature_grid(layer)
            factor = max(1, 800 // grid.shape[1])
            st.image(grid.repeat(factor, 0).repeat(factor, 1), alt=said, output_format="PNG")
        elif name != "flatten":
            said = _("{layer}: {count} units, {active} of them above 0").format(
                layer=name, count=len(layer), active=int((layer > 0).sum())
            )
            st.markdown(bold(said))
            steady_chart(f"draw_layer_{name}", unit_bars(layer), said, f"{answer.model.code}/{name}")


def unit_bars(layer: Floats) -> dict[str, Any]:
    """The numbers of a dense layer (n,) as bars."""
    bars = {
        "type": "bar",
        "x": list(range(1, len(layer) + 1)),
        "y": [round(float(value), 4) for value in layer],
        "marker": {"color": "#2E86DE", "line": {"width": 0}},
        "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
    }
    layout = {
        **CLEAR,
        "height": 180,
        "bargap": 0,
        "margin": {"l": 40, "r": 8, "t": 8, "b": 40},
        "xaxis": {"title": {"text": _("unit")}, "showgrid": False},
        "yaxis": {"zeroline": True, "nticks": 4},
    }
    return {"traces": [bars], "layout": layout}


def show_pixels(answer: Answer, image: Bytes, place: int) -> None:
    """Which pixels the likeliest class depends on, by covering some at a time."""
    best, _second = first_two(answer.probabilities[place])
    before = float(answer.probabilities[place, best])
    images, places = looking.covered(image)
    try:
        after = answer.model.predict(images).probabilities[:, best]
    except Trouble as trouble:
        st.warning(_(trouble.text))
        return
    losses = before - after
    shown = looking.occlusion_map(places, losses)
    digit = _(answer.model.classes[best])
    said = _(
        "{size} × {size} pixels are covered with paper, place by place. Where that makes {digit} less likely the map "
        "is red, by up to {most} points; where it makes it likelier, blue, by up to {least} points."
    ).format(
        size=looking.PATCH,
        digit=digit,
        most=f"{100 * max(float(losses.max()), 0.0):.1f}",
        least=f"{100 * max(-float(losses.min()), 0.0):.1f}",
    )
    with st.container(horizontal=True):
        large(255 - image, _("What the network sees"))
        large(looking.coloured(shown, max(float(np.abs(shown).max()), 1e-4)), said)
    st.caption(said)


def show_why_not(answer: Answer, image: Bytes, place: int) -> None:
    """How the drawing differs from the mean of a class."""
    classes = [_(name) for name in answer.model.classes]
    try:
        means = class_means(dataset_of(answer.model))
    except DataUnavailable:
        st.info(_("The training images of this run are not on this machine."))
        return
    key, second = "draw_other", first_two(answer.probabilities[place])[1]
    if st.session_state.get(key) not in range(len(classes)):
        st.session_state[key] = second
    chosen = st.segmented_control(
        _("Why not …?"), range(len(classes)), key=key, required=True, format_func=classes.__getitem__
    )
    other = second if chosen is None else chosen
    missing, extra = looking.missing_and_extra(image, means[other])
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
        large(255 - image, _("What the network sees"))
        large(255 - means[other].astype(np.uint8), _("The mean {digit}").format(digit=classes[other]))
        large(looking.coloured(image - means[other], 255.0), said)
    st.caption(said)
    shares = [looking.missing_and_extra(image, mean) for mean in means]
    table = {
        _("read as"): classes,
        _("missing of the mean"): [percent(share[0], 1) for share in shares],
        _("beside the mean"): [percent(share[1], 1) for share in shares],
        _("probability"): [percent(float(p), 3) for p in answer.probabilities[place]],
    }
    as_table("draw_why_not_table", table)


def large(image: Bytes, said: str) -> None:
    """A picture of 28 × 28 whose pixels can be seen."""
    st.image(image.repeat(10, 0).repeat(10, 1), alt=said, width=PICTURE, output_format="PNG")


def dataset_of(model: Model) -> str:
    """What the model was trained on."""
    return model.config.dataset if isinstance(model, RunModel) else "mnist"


@st.cache_data(show_spinner=False)
def class_means(dataset: str) -> Floats:
    """The mean training image of each class: (10, 28, 28), 0 to 255. Raises DataUnavailable."""
    images = load_images(dataset)
    return looking.mean_images(images.x_train, images.y_train)
