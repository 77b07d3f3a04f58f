"""One step under the microscope."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """The loss before and after the step, and the farthest move of a weight."""
    lines = outputs.text("weights_before_and_after").splitlines()
    before, after = lines[-1].split(": ")[1].split(" -> ")
    moved = abs(
        outputs.array("weights_before_and_after", "after") - outputs.array("weights_before_and_after", "before")
    )
    if float(after) < float(before):
        found = _("The step helped.")
    else:
        found = _("The step went too far: with a smaller rate it would have helped.")
    text = _(
        "The notes write a step in five lines. On this machine one step moved no weight of d2 by more than {moved:.2g} "
        "and changed the loss of its batch from {before} to {after}. {found}"
    )
    return text.format(moved=float(moved.max()), before=before, after=after, found=found)


LESSON = Lesson(
    code="step",
    title=mark("One step under the microscope"),
    claim=mark("A step: predictions, loss, gradients from the tape, and the optimizer changes the weights."),
    about=mark(
        "32 pictures of MNIST go through the notes' network. Its probabilities are all near 0.1 at first, so each "
        "loss is near ln 10 ≈ 2.30. The tape gives a gradient for each weight; its size tells how strongly a layer is "
        "asked to change. Adam then moves almost every weight by about the rate, because its first step divides each "
        "gradient by its own size."
    ),
    functions={
        "batch_of_32": mark("A batch of 32 pictures"),
        "network": mark("The network"),
        "probabilities_and_losses": mark("Probabilities, and the loss of each picture"),
        "gradients_of_each_layer": mark("The size of each layer's gradient"),
        "weights_before_and_after": mark("The weights before and after"),
    },
    varied={
        "seed": Varied(setting=Setting(label=mark("Which pictures (`seed`)"), kind=int, low=0, high=100), value=1),
        "filters": Varied(setting=Setting(label=mark("Filters (`filters`)"), kind=int, low=1, high=32), value=32),
        "rate": Varied(
            setting=Setting(label=mark("Learning rate (`rate`)"), kind=float, low=0.001, high=0.1, step=0.001),
            value=0.001,
        ),
    },
    truth=truth,
    question=mark("Before the first step the network knows nothing. Why is the loss about 2.30?"),
    answers=(
        Answer(
            text=mark("Because it is −ln(1/10)"),
            why=mark("Right: ten classes, each at about 0.1, and the loss is minus the logarithm of the right one's."),
            right=True,
        ),
        Answer(
            text=mark("Because of the learning rate"),
            why=mark("The rate has done nothing yet: the loss is computed before the optimizer moves a weight."),
        ),
        Answer(
            text=mark("It is the number of wrong answers"),
            why=mark(
                "That would be about 29 of 32. The loss looks at the probability, not at whether it was the largest."
            ),
        ),
    ),
    try_it={mark("Train: the same step on MNIST, one press of Step at a time"): "train"},
    reading={
        mark("Guide: Basic training loops"): "https://www.tensorflow.org/guide/basic_training_loops",
        mark("Keras: Writing a training loop from scratch in TensorFlow"): (
            "https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/"
        ),
        mark("Keras: Adam"): "https://keras.io/api/optimizers/adam/",
    },
)
