"""The drawing as the switches leave it beside the same one prepared by all steps, each with what the network says."""

from __future__ import annotations

import streamlit as st

from lib.core.data.dataset import Bytes
from lib.ui.draw.reading.reading import Answer, Reading, answered
from lib.ui.draw.reading.switches import are_all_on
from lib.ui.draw.reading.text import first_two
from lib.ui.draw.reading.tile import TILE, tile_picture
from lib.ui.shell.language import _
from lib.ui.widgets.picture import png
from lib.ui.widgets.text import bold, certainty


def show_side_by_side(reading: Reading, place: int) -> None:
    """Both pictures of the digit at `place`, if a step is off and a model answers."""
    answer = next((one for one in reading.answers if one.prediction is not None), None)
    if answer is None or are_all_on():
        return
    here, whole = reading.digits[place].image, reading.whole[place]
    prepared = answered(answer.model, whole[None])
    with st.container(horizontal=True, key="draw_side_by_side"):
        show_one(_("With these switches"), here, answer, place)
        show_one(_("With all steps"), whole, prepared, 0)


def show_one(name: str, image: Bytes, answer: Answer, place: int) -> None:
    """One picture with its name and the network's likeliest class."""
    if answer.prediction is None:
        return
    probabilities = answer.probabilities[place]
    best, _second = first_two(probabilities)
    said = _("{best} with {sure}").format(
        best=_(answer.model.classes[best]), sure=certainty(float(probabilities[best]))
    )
    with st.container(horizontal=True, vertical_alignment="center", width=2 * TILE + 60, gap="small"):
        st.image(png(tile_picture(image)), alt=f"{name}: {said}", width=TILE)
        st.markdown(f"{bold(name)}  \n{said}", width="content")
