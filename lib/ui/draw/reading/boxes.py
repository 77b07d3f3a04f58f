"""A box around each digit that was found, over the canvas or the picture, with its reading and certainty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.ui.draw.reading import text as words
from lib.ui.draw.reading.reading import Reading
from lib.ui.draw.reading.views import WHICH, place_looked_at
from lib.ui.shell.language import _
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.live_plot import LOADER
from lib.ui.widgets.text import certainty

KEY = "draw_boxes"

_component = st.components.v2.component("digit_boxes", js=LOADER, isolate_styles=False)


def show_boxes(reading: Reading | None, over: str) -> None:
    """Lays the boxes over the element that the selector `over` finds; the digit whose name is pressed is looked into.

    They say what the first model says that answers.
    """
    digits = described(reading) if reading else []
    place = place_looked_at(reading) if reading else 0
    data = {"code": asset_url("boxes.js"), "over": over, "digits": digits, "place": place}
    _component(key=KEY, data=data, on_chosen_change=chosen(len(digits)), height=1)


def chosen(count: int) -> Callable[[], None]:
    """What happens when the browser says which of the `count` digits was pressed; its message is not trusted."""

    def look() -> None:
        place = getattr(st.session_state[KEY], "chosen", None)
        if type(place) is int and 0 <= place < count:
            st.session_state[WHICH] = place

    return look


def described(reading: Reading) -> list[dict[str, Any]]:
    """For each digit its box, its reading with certainty, and the same in words."""
    answer = next((one for one in reading.answers if one.prediction is not None), None)
    if answer is None:
        return []
    found: list[dict[str, Any]] = []
    for place, (box, probabilities) in enumerate(zip(reading.boxes, answer.probabilities, strict=True)):
        sure = certainty(float(probabilities.max()))
        name = words.class_said(reading, answer, place)
        label = _("Digit {place}: {name}, {sure}").format(place=place + 1, name=name, sure=sure)
        found.append({"box": box, "said": f"{name} {sure}", "label": label})
    return found
