"""tf.keras."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """Which names of the notes are there, how far hands and Keras lie apart, and how often a fit called back."""
    named = [line.split() for line in outputs.text("names_of_the_notes").splitlines()[:8]]
    there = [name for name, _is, place, *_rest in named if place == f"tf.keras.{name}"]
    renamed = [name for name, _is, place, *_rest in named if place == f"tf.keras.{name}s"]
    gone = [name for name, _is, place, *_rest in named if place == "gone"]
    losses = [each.values for each in outputs.numbers("losses_by_hand")]
    hooks = outputs.numbers("callbacks_firing")
    text = _(
        "Of the parts that the notes list, these are there as written in this TensorFlow: {there}; these end in s: "
        "{renamed}; and gone are: {gone}. The map has {count} names. No loss by hand is more than {apart:.1g} away "
        "from Keras' own, and one `fit` called back {calls} times."
    )
    return text.format(
        **{name: ", ".join(f"`{each}`" for each in found) for name, found in (("there", there), ("renamed", renamed))},
        gone=", ".join(f"`{each}`" for each in gone),
        count=len(outputs.column("map_of_keras", "name")),
        apart=max(float(abs(by_hand - keras)) for by_hand, keras in losses),
        calls=sum(len(each.values) for each in hooks),
    )


def number(label: str, value: float) -> Varied:
    """A number before the softmax."""
    return Varied(setting=Setting(label=label, kind=float, low=-5, high=5, step=0.5), value=value)


LESSON = Lesson(
    code="keras",
    title=mark("tf.keras: what is in it"),
    claim=mark(
        "The high-level API is tf.keras: dataset, models, metrics, losses, callback, estimator, optimizer, layers; "
        "Model, Sequential and Input()."
    ),
    about=mark(
        "Everything you build and train with is a name in one of these modules; the map is read from the installed "
        "package. A loss is a formula that you can compute by hand; a metric counts over all that it has seen; a "
        "callback is called by `fit` at fixed moments; `Input()` is a tensor without a value, from which a model knows "
        "its shapes before any data come."
    ),
    functions={
        "names_of_the_notes": mark("The names of the notes, looked up"),
        "map_of_keras": mark("The map: every name, its signature and its first sentence"),
        "losses_by_hand": mark("Losses, by hand and by Keras"),
        "metrics_by_hand": mark("Metrics, by hand and by Keras"),
        "callbacks_firing": mark("When `fit` calls a callback"),
        "input_is_a_symbol": mark("`Input()`: a tensor without a value"),
        "a_symbol_has_no_value": mark("Computing with it: not in TensorFlow"),
        "built_or_not": mark("With `Input()` a model is built at once"),
    },
    uses={"map_of_keras": ("names_in",)},
    lines={
        "map_of_keras": {
            "inspect.getmembers(module)": mark("every name in the module of the installed package, in order."),
            "inspect.getdoc(thing)": mark("what its authors wrote about it; the first paragraph."),
        },
        "callbacks_firing": {
            'name.startswith("on_")': mark(
                "every moment that Keras knows. `fit` makes no predictions, so those do not come. `on_batch_begin` and "
                "`on_batch_end` are older names, called only if a callback has no `on_train_batch_begin` or `…_end`."
            ),
            'type("Recorder"': mark("a callback with a method for each, which notes its number and its time."),
            "jit_compile=False": mark("without it Keras compiles the step with XLA, for longer than all else takes."),
            "validation_data=": mark("one batch to test with, at the end of each epoch."),
        },
    },
    varied={
        "label": Varied(setting=Setting(label=mark("The right class (`label`)"), kind=int, low=0, high=2), value=0),
        "first": number(mark("Logit of class 0 (`first`)"), 2.0),
        "second": number(mark("Logit of class 1 (`second`)"), 1.0),
        "third": number(mark("Logit of class 2 (`third`)"), -1.0),
        "threshold": Varied(
            setting=Setting(
                label=mark("A score above it is a yes (`threshold`)"), kind=float, low=0.05, high=0.9, step=0.05
            ),
            value=0.4,
        ),
        "epochs": Varied(setting=Setting(label=mark("Epochs (`epochs`)"), kind=int, low=1, high=3), value=2),
        "batches": Varied(
            setting=Setting(label=mark("Batches in an epoch (`batches`)"), kind=int, low=1, high=4), value=3
        ),
        "units": Varied(setting=Setting(label=mark("Dense units (`units`)"), kind=int, low=1, high=64), value=3),
    },
    truth=truth,
    question=mark("`Sequential([Dense(3)])` was not called yet. How many weights does it have?"),
    answers=(
        Answer(
            text=mark("It has none yet"),
            why=mark("Right: how many there are depends on the width of the input, and nobody has told it."),
            right=True,
        ),
        Answer(
            text=mark("It has three"),
            why=mark("It will have three biases, and three columns of as many weights as the input is wide."),
        ),
        Answer(
            text=mark("As many as the last model had"),
            why=mark("Models share nothing unless they share a layer."),
        ),
    ),
    reading={
        mark("Keras: API documentation"): "https://keras.io/api/",
        mark("Keras: Losses"): "https://keras.io/api/losses/",
        mark("Keras: Writing your own callbacks"): "https://keras.io/guides/writing_your_own_callbacks/",
        mark("Keras: Input object"): "https://keras.io/api/layers/core_layers/input/",
    },
)
