"""The pixels that a network's answer depends on, found by covering some at a time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.inference import explanations
from lib.core.inference.litert import in_parts
from lib.ui.draw.reading.models import CannotPredict
from lib.ui.draw.reading.reading import Answer
from lib.ui.draw.reading.text import first_two
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.picture import png

SCALE = 9
"""Scale of a picture: three pictures of 28 pixels fit side by side."""


def show_pixels(answer: Answer, image: Bytes, place: int) -> None:
    """The pixels that the likeliest class depends on, found by covering some at a time."""
    best, _second = first_two(answer.probabilities[place])
    before = float(answer.probabilities[place, best])
    images, places = explanations.covered(image)
    try:
        parts = [answer.model.predict(part) for part in in_parts(images)]
    except CannotPredict as error:
        plain.warning(error.sentence(_))
        return
    losses = np.float32(before) - np.concatenate([part.probabilities[:, best] for part in parts])
    shown = explanations.occlusion_map(places, losses)
    digit = _(answer.model.classes[best])
    said = _(
        "{size} × {size} pixels are covered with paper, place by place. Where that makes {digit} less likely the map "
        "is red, by up to {most} points; where it makes it likelier, blue, by up to {least} points."
    ).format(
        size=explanations.PATCH,
        digit=digit,
        most=f"{100 * max(float(losses.max()), 0.0):.1f}",
        least=f"{100 * max(-float(losses.min()), 0.0):.1f}",
    )
    with st.container(horizontal=True):
        large(image, _("What the network sees"))
        large(explanations.coloured(shown, max(float(np.abs(shown).max()), 1e-4)), said)
    st.caption(said)


def large(image: Bytes, said: str) -> None:
    """A 28 × 28 picture, enlarged so that its pixels are visible."""
    st.image(png(image.repeat(SCALE, 0).repeat(SCALE, 1)), alt=said, width=SCALE * len(image))
