"""GradientTape."""

from __future__ import annotations

from typing import Any

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs

OPTIMIZERS = ("SGD", "Momentum", "RMSprop", "Adam", "AdamW")


def height(point: tuple[Any, Any]) -> Any:
    """The surface that the optimizers descend, as in `lib/ml/tour/tape.py`; numbers or arrays."""
    x, y = point
    return x**2 + 8 * y**2


def truth(outputs: Outputs, _: Translate) -> str:
    """The slope that came out, and who is lowest after the last step."""
    paths = {name: outputs.array("descent", name) for name in OPTIMIZERS}
    ends = {name: height((float(path[-1, 0]), float(path[-1, 1]))) for name, path in paths.items()}
    best = min(ends, key=lambda name: ends[name])
    text = _(
        "The notes' training step takes its gradients from a `GradientTape` and hands them to Adam. On this machine: "
        "`{slope}`. Steps taken: {steps}. Lowest stands {best}, at {low:.3g}; Adam at {adam:.3g}."
    )
    return text.format(
        slope=outputs.text("gradient_and_tangent").strip(),
        steps=len(paths[best]) - 1,
        best=best,
        low=ends[best],
        adam=ends["Adam"],
    )


LESSON = Lesson(
    code="tape",
    title=mark("GradientTape and optimizers"),
    claim=mark("The training step records its computation on a GradientTape, which then gives the gradients."),
    about=mark(
        "A tape notes each operation on what it watches: variables by themselves, other tensors if told to. Played "
        "backwards it gives the slope by the chain rule, exactly and not by trying. An optimizer turns slopes into "
        "steps: below, five of them walk down the same valley with the same learning rate. Adam's first step is as "
        "long as the rate, however steep the ground; that of SGD grows with the slope."
    ),
    functions={
        "gradient_and_tangent": mark("The slope of a function, and its tangent"),
        "what_the_tape_watches": mark("What the tape watches"),
        "descent": mark("Five optimizers in one valley"),
    },
    varied={
        "function": Varied(
            setting=Setting(
                label=mark("Function (`function`)"),
                kind=str,
                options={"square": "x²", "sine": "sin x", "relu": "ReLU", "cubic": "x³ − x"},
            ),
            value="cubic",
        ),
        "at": Varied(
            setting=Setting(label=mark("Where the slope is taken (`at`)"), kind=float, low=-3, high=3, step=0.25),
            value=1.0,
        ),
        "steps": Varied(setting=Setting(label=mark("Steps (`steps`)"), kind=int, low=1, high=60), value=20),
        "rate": Varied(
            setting=Setting(label=mark("Learning rate (`rate`)"), kind=float, low=0.01, high=0.12, step=0.01), value=0.1
        ),
        "start_x": Varied(
            setting=Setting(label=mark("Start along the valley (`start_x`)"), kind=float, low=-3, high=3, step=0.25),
            value=-2.5,
        ),
        "start_y": Varied(
            setting=Setting(label=mark("Start across the valley (`start_y`)"), kind=float, low=-2, high=2, step=0.25),
            value=1.5,
        ),
    },
    truth=truth,
    question=mark("What does the tape give for ReLU at exactly 0, where the curve has a corner?"),
    answers=(
        Answer(
            text="0",
            why=mark("Right: mathematics leaves the slope open there, and TensorFlow takes that of the flat side."),
            right=True,
        ),
        Answer(
            text="1",
            why=mark("That is the slope on the right side. At 0 itself TensorFlow takes the left one: set `at` to 0."),
        ),
        Answer(
            text=mark("An error, because there is none"),
            why=mark("A training would stop at the first such pixel. TensorFlow picks one of the slopes next to it."),
        ),
    ),
    reading={
        mark("Guide: Introduction to gradients and automatic differentiation"): (
            "https://www.tensorflow.org/guide/autodiff"
        ),
        mark("Reference: tf.GradientTape"): "https://www.tensorflow.org/api_docs/python/tf/GradientTape",
        mark("Keras: Optimizers"): "https://keras.io/api/optimizers/",
    },
)
