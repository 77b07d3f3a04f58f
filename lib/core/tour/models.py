"""Three ways to build a model."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """The number of parameters of each way, and how far their outputs lie apart."""
    lines = outputs.text("same_outputs").splitlines()
    counts = {line.split(":")[1].split()[0] for line in lines if "parameters" in line}
    differences = [float(line.split(":")[1]) for line in lines if "difference" in line]
    if len(counts) > 1:
        return _("The notes offer three ways to one model; on this machine their parameters differ.")
    if max(differences) > 0:
        apart = _("the largest difference of an output is {difference:.1e}.").format(difference=max(differences))
    else:
        apart = _("every output is the same to the last bit.")
    text = _(
        "The notes offer three ways to one model. On this machine each has {parameters} parameters, and with the same "
        "weights {apart}"
    )
    return text.format(parameters=counts.pop(), apart=apart)


LESSON = Lesson(
    code="models",
    title=mark("Three ways to build a model"),
    claim=mark("Model groups layers into an object, Sequential is a linear stack, Input() makes a Keras tensor."),
    about=mark(
        "The notes' network, small, in three notations. `Sequential` is a row of layers. The functional way calls "
        "layers on the symbol that `Input()` makes, so paths may fork and meet. A subclass of `Model` is free Python: "
        "it may loop over what it computes, but Keras no longer knows what it does, so it cannot draw it or open it "
        "without your code."
    ),
    functions={
        "sequential": mark("A row of layers: Sequential"),
        "functional": mark("Layers called on Input(): functional"),
        "subclass": mark("A class of your own: subclass"),
        "same_outputs": mark("Same weights, same outputs"),
        "drawn_with_its_shapes": mark("The model, drawn with the shapes between its layers"),
        "two_inputs_and_a_skip": mark("Two inputs and a skip connection: functional"),
        "two_inputs_in_a_row": mark("Two inputs: not with Sequential"),
        "a_loop_that_looks_at_values": mark("A loop that looks at values: subclass"),
        "opened_from_its_description": mark("Opened from its description alone"),
    },
    varied={
        "filters": Varied(setting=Setting(label=mark("Filters (`filters`)"), kind=int, low=1, high=8), value=4),
        "units": Varied(setting=Setting(label=mark("Dense units (`units`)"), kind=int, low=1, high=64), value=16),
    },
    truth=truth,
    question=mark("You save a subclassed model and open it on a machine that has Keras but not your code. Then?"),
    answers=(
        Answer(
            text=mark("It opens like any other"),
            why=mark("A row of layers can be written down. What your `call` does is Python, and stays in your file."),
        ),
        Answer(
            text=mark("Keras cannot find the class"),
            why=mark("Right: bring the code and register the class, or export a SavedModel, which holds the graph."),
            right=True,
        ),
        Answer(
            text=mark("Only the weights are lost"),
            why=mark(
                "The other way round: weights are arrays and easy to keep. What is missing is what to do with them."
            ),
        ),
    ),
    reading={
        mark("Keras: The Sequential model"): "https://keras.io/guides/sequential_model/",
        mark("Keras: The functional API"): "https://keras.io/guides/functional_api/",
        mark("Keras: Making new layers and models via subclassing"): (
            "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"
        ),
    },
)
