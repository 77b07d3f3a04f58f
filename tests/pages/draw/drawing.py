"""The messages of the Draw page's canvas, made from strokes, and the page opened with them."""

import base64
import io
import json
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from lib.core.drawing.render import render
from tests.pages.visiting import words_in, works
from tests.waiting import until

SEVEN = [[(70, 60), (200, 60), (120, 230)]]
ONE = [[(140, 60), (140, 220)]]
FOUR = [[(110, 55), (70, 150), (200, 150)], [(165, 90), (165, 230)]]
ZERO = [[(140 + 60 * np.sin(t), 140 - 85 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)]]
SCRIBBLE = [
    [(40 + 200 * (k % 2), 30 + 10 * k) for k in range(23)],
    [(30 + 10 * k, 40 + 200 * (k % 2)) for k in range(23)],
]

Strokes = list[list[tuple[float, float]]]


def beside(*digits: Strokes) -> Strokes:
    """Several digits in a row, each as narrow as necessary."""
    share = 1 / len(digits)
    return [
        [((x * 0.9 + 14 + 280 * k) * share, 90 + y * share) for x, y in stroke]
        for k, strokes in enumerate(digits)
        for stroke in strokes
    ]


def sent(strokes: Strokes, width: float = 18) -> dict[str, Any]:
    """The canvas' message for these strokes, dark on white as displayed."""
    image = Image.fromarray(255 - render([np.array(stroke, float) for stroke in strokes], width=width)).convert("RGBA")
    file = io.BytesIO()
    image.save(file, "PNG")
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    objects = [{"type": "Path", "path": []} for _ in strokes]
    return {"drawing": {"raw": {"objects": objects, "background": "#FFFFFF"}, "data": data}}


def draw(visitor: AppTest, strokes: Strokes, width: float = 18) -> AppTest:
    """Puts these strokes on the page's canvas and reruns it."""
    visitor.session_state["canvas"] = sent(strokes, width)
    return visitor.run()


def read(visitor: AppTest) -> str:
    """The first line of the answer."""
    return words_in(visitor, "prediction").splitlines()[0]


def message(visitor: AppTest, component: str) -> dict[str, Any]:
    """What was sent to the component with this name."""
    (sent,) = [
        json.loads(mount.proto.json)
        for mount in visitor.get("bidi_component")
        if mount.proto.component_name == component
    ]
    return dict(sent)


def boxed(visitor: AppTest) -> list[dict[str, Any]]:
    """The digits with a box over the canvas or the picture."""
    return list(message(visitor, "digit_boxes")["digits"])


def settled(visitor: AppTest) -> AppTest:
    """Reruns the page until nothing is being computed any more."""
    until(lambda: works(visitor.run()) and "hourglass" not in words_in(visitor, "draw_inside"))
    return visitor
