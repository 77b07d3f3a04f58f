"""The drawing turned, moved and thickened by presses, and how the network's certainty follows."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.drawing.variants import AMOUNTS, UNCHANGED, of_drawing, of_input
from lib.core.i18n import mark
from lib.core.inference.litert import Floats
from lib.ui.draw.canvas import NO_ROOM, OBJECTS, change
from lib.ui.draw.reading.models import CannotPredict
from lib.ui.draw.reading.reading import Answer, Reading
from lib.ui.draw.reading.switches import choose_steps
from lib.ui.draw.reading.text import first_two
from lib.ui.draw.reading.views import place_looked_at
from lib.ui.draw.strokes import STEP, THICKER, TURN, moved, thickened, turned
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import CLEAR, LEGEND

PRESSES = {
    "left": (mark("Turn left"), "rotate_left", partial(turned, degrees=-TURN)),
    "right": (mark("Turn right"), "rotate_right", partial(turned, degrees=TURN)),
    "thinner": (mark("Thinner"), "pen_size_1", partial(thickened, factor=1 / THICKER)),
    "thicker": (mark("Thicker"), "pen_size_5", partial(thickened, factor=THICKER)),
    "west": (mark("To the left"), "arrow_back", partial(moved, right=-STEP, down=0)),
    "east": (mark("To the right"), "arrow_forward", partial(moved, right=STEP, down=0)),
    "north": (mark("Up"), "arrow_upward", partial(moved, right=0, down=-STEP)),
    "south": (mark("Down"), "arrow_downward", partial(moved, right=0, down=STEP)),
}
"""Each press: its name, its icon, and what it does to the strokes."""
KINDS = {"angle": mark("Angle"), "shift": mark("Shift"), "width": mark("Pen")}
AXES = {
    "angle": mark("degrees clockwise"),
    "shift": mark("% of the picture's height to the right"),
    "width": mark("times as wide"),
}
TICKS = {"angle": 30, "shift": 10, "width": 0.5}
STILL = {
    "angle": mark("read as {name} from {low}° to {high}°"),
    "shift": mark("read as {name} from {low} % to {high} %"),
    "width": mark("read as {name} with a pen {low} to {high} times as wide"),
}
LINES = {
    "drawing": (mark("your drawing, prepared anew"), {"color": "#2E86DE", "width": 2}),
    "input": (mark("only what the network sees"), {"color": "#D55E00", "width": 2, "dash": "dash"}),
}
"""What is changed: the drawing, before its preparation, or the picture that comes out of it."""
PAD, CHART, HEIGHT = 200, 420, 220
"""Widths of the presses and of the chart, and its height, in pixels: side by side, on a phone one above the other."""


def show_moving(reading: Reading | None, on_canvas: bool) -> None:
    """The mode, in a place of its own that opens; nothing is computed before."""
    mode = st.popover(_("Turn"), icon=":material/rotate_right:", key="draw_move", on_change="rerun")
    if not mode.open:
        return
    with mode, st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width=PAD):
            if on_canvas:
                show_presses()
            kind = choose(_("What changes"), {code: _(name) for code, name in KINDS.items()}, "draw_kind", named=False)
        answer = next((one for one in reading.answers if one.prediction is not None), None) if reading else None
        with st.container(width=CHART):
            if reading and answer:
                show_course(reading, answer, kind)
            else:
                st.caption(_("Write a digit first; then you see here how far it can be turned, moved and thickened."))


def show_presses() -> None:
    """The presses that change the strokes on the canvas."""
    drawn = bool(st.session_state.get(OBJECTS))
    with st.container(horizontal=True, gap="xsmall", key="draw_presses"):
        for code, (name, icon, how) in PRESSES.items():
            st.button(
                _(name),
                key=f"draw_press_{code}",
                icon=f":material/{icon}:",
                disabled=not drawn,
                on_click=change,
                args=(how,),
            )
    if st.session_state.get(NO_ROOM):
        plain.warning(_("There is no room for that on the canvas: the drawing stays as it is."))


def show_course(reading: Reading, answer: Answer, kind: str) -> None:
    """The certainty over the amounts of one kind of change, of the digit that is looked at."""
    place = place_looked_at(reading)
    try:
        found = courses(reading, answer, place, kind)
    except CannotPredict as error:
        plain.warning(error.sentence(_))
        return
    best, _second = first_two(answer.probabilities[place])
    classes = [_(name) for name in answer.model.classes]
    said = " ".join(
        f"{_(LINES[line][0]).capitalize()}: {still(kind, probabilities, best, classes[best])}."
        for line, probabilities in found.items()
    )
    steady_chart("draw_course", course_chart(kind, found, best, classes), said, kind, news=said)
    st.caption(said)
    table: dict[str, Any] = {_(AXES[kind]): list(AMOUNTS[kind])}
    for line, probabilities in found.items():
        table[_(LINES[line][0])] = [percent(float(p), 1) for p in probabilities[:, best]]
    as_table("draw_course_table", table)


def courses(reading: Reading, answer: Answer, place: int, kind: str) -> dict[str, Floats]:
    """For each of LINES the probabilities (n, 10) after each of the n amounts. Raises CannotPredict."""
    images: dict[str, Bytes] = {
        "drawing": of_drawing(reading.pictures[place], kind, choose_steps()),
        "input": of_input(reading.digits[place].image, kind),
    }
    return {line: answer.model.predict(one).probabilities for line, one in images.items()}


def still(kind: str, probabilities: Floats, best: int, name: str) -> str:
    """From where to where around no change `best` stays the likeliest: probabilities (n, 10)."""
    amounts, same = AMOUNTS[kind], probabilities.argmax(axis=1) == best
    low = high = amounts.index(UNCHANGED[kind])
    while low > 0 and same[low - 1]:
        low -= 1
    while high < len(amounts) - 1 and same[high + 1]:
        high += 1
    return _(STILL[kind]).format(name=name, low=f"{amounts[low]:g}", high=f"{amounts[high]:g}")


def course_chart(kind: str, found: dict[str, Floats], best: int, classes: list[str]) -> dict[str, Any]:
    """The probability of the class `best` after each amount; a cross where another class is likelier."""
    traces = []
    for line, probabilities in found.items():
        name, style = LINES[line]
        likeliest = probabilities.argmax(axis=1)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": _(name),
                "x": list(AMOUNTS[kind]),
                "y": [round(float(p), 4) for p in probabilities[:, best]],
                "text": [classes[int(digit)] for digit in likeliest],
                "line": style,
                "marker": {
                    "color": style["color"],
                    "size": 7,
                    "symbol": np.where(likeliest == best, "circle", "x").tolist(),
                },
                "cliponaxis": False,
                "hovertemplate": "%{x}: %{y:.1%} · " + _("likeliest") + " %{text}<extra></extra>",
            }
        )
    layout = {
        **CLEAR,
        "height": HEIGHT,
        "margin": {"l": 44, "r": 12, "t": 24, "b": 40},
        "legend": LEGEND,
        "showlegend": True,
        "xaxis": {"title": {"text": _(AXES[kind])}, "zeroline": False, "dtick": TICKS[kind]},
        "yaxis": {"range": [0, 1.02], "tickformat": ".0%", "zeroline": False},
    }
    return {"traces": traces, "layout": layout}
