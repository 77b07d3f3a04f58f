"""The ecosystem around a trained network."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import BLOCK, Answer, Lesson, Varied
from lib.core.tour.outputs import NoOutput, Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """What came out of a block."""
    for name, tell in TOLD.items():
        if outputs.of(name):
            return tell(outputs, _)
    raise NoOutput("ecosystem")


def network(outputs: Outputs, _: Translate) -> str:
    text = _(
        "The notes' picture begins with data and training. Here a small network was fitted at once; it reads {right} "
        "of {count} digits that it has never seen."
    )
    words = outputs.text("how_well_it_reads").splitlines()[-1].split()
    return text.format(right=words[2], count=words[4])


def saved_model(outputs: Outputs, _: Translate) -> str:
    lines = [line.split() for line in outputs.text("files_and_signatures").splitlines()]
    sizes = [int(words[0].replace(",", "")) for words in lines if words[1] == "bytes"]
    text = _(
        "In the notes' picture all ways lead through the SavedModel. Here it is {files} files of {size:,} bytes in "
        "all, with graph, weights and signatures: whoever opens it needs none of the Python that made it."
    )
    return text.format(files=len(sizes), size=sum(sizes))


def serving(outputs: Outputs, _: Translate) -> str:
    text = _(
        "The notes' picture has TensorFlow Serving on a server. No such server runs here: the same SavedModel answered "
        "a request in its format. `{line}`"
    )
    return text.format(line=outputs.text("predict_as_tensorflow_serving").splitlines()[-1])


def litert(outputs: Outputs, _: Translate) -> str:
    sizes, same = outputs.text("litert_beside_keras").splitlines()[-2:]
    keras, lite = (1e6 * outputs.seconds("litert_beside_keras", way) for way in ("Keras", "LiteRT"))
    text = _(
        "The notes' picture has TensorFlow Lite, LiteRT by now, for phones and boards. On this machine: `{sizes}`; "
        "`{same}`. A digit takes {lite:,.0f} µs with LiteRT and {keras:,.0f} µs with Keras (medians)."
    )
    return text.format(sizes=sizes, same=same, lite=lite, keras=keras)


def tensorboard(outputs: Outputs, _: Translate) -> str:
    curve = outputs.array("event_file", "accuracy")
    text = _(
        "TensorBoard draws what lies in event files. This one was written and read again here: {count} values, from "
        "{first:.1%} to {last:.1%}."
    )
    return text.format(count=len(curve), first=curve[0], last=curve[-1])


def browser(outputs: Outputs, _: Translate) -> str:
    probabilities = outputs.array("weights_for_a_browser", "probabilities")
    text = _(
        "The notes' picture has TensorFlow.js. Here your own browser multiplies the same weights, with a page of "
        "JavaScript of our own: for the first digit Python says {digit} with {share:.2%}, and the table has what your "
        "browser says."
    )
    return text.format(digit=probabilities[0].argmax(), share=probabilities[0].max())


def languages(outputs: Outputs, _: Translate) -> str:
    text = _(
        "The notes' picture has other languages. Java, Go and Rust call TensorFlow's library for C, and so was done "
        "here: `{line}`"
    )
    return text.format(line=outputs.text("called_from_c").splitlines()[-1])


TOLD: Mapping[str, Callable[[Outputs, Translate], str]] = {
    "how_well_it_reads": network,
    "files_and_signatures": saved_model,
    "predict_as_tensorflow_serving": serving,
    "litert_beside_keras": litert,
    "event_file": tensorboard,
    "weights_for_a_browser": browser,
    "called_from_c": languages,
}
"""What is told of each block, by its last function."""

LESSON = Lesson(
    code="ecosystem",
    title=mark("The ecosystem"),
    claim=mark("The architecture: data and training on one side, uses on the other, and SavedModel between them."),
    about=mark(
        "Press a block of the picture: each opens a real thing, a lesson or a function below. The network is the "
        "notes', made small: a convolution that stays as it begins, and a layer fitted to digits as on a clock by "
        "least squares, so that no press waits for epochs. A block takes less than half a second at rest, but for the "
        "conversion to LiteRT, which takes nearly one."
    ),
    functions={
        "trained_network": mark("A small network, fitted at once"),
        "how_well_it_reads": mark("Digits that it has never seen"),
        "files_and_signatures": mark("SavedModel: its files and signatures"),
        "predict_as_tensorflow_serving": mark("A request and its answer, as with TensorFlow Serving"),
        "litert_beside_keras": mark("LiteRT beside Keras: size, classes, time"),
        "event_file": mark("An event file for TensorBoard, written and read"),
        "weights_for_a_browser": mark("The network in your own browser"),
        "called_from_c": mark("The SavedModel from C, as other languages call it"),
    },
    varied={
        BLOCK: Varied(
            setting=Setting(
                label=mark("Block of the picture (`block`)"),
                kind=str,
                options={
                    "network": mark("Training"),
                    "saved_model": "SavedModel",
                    "serving": "TensorFlow Serving",
                    "litert": "LiteRT",
                    "tensorboard": "TensorBoard",
                    "browser": mark("Browser"),
                    "languages": mark("Other languages"),
                },
            ),
            value="saved_model",
        ),
        "filters": Varied(setting=Setting(label=mark("Filters (`filters`)"), kind=int, low=1, high=8), value=4),
        "learned": Varied(
            setting=Setting(label=mark("Digits to learn from (`learned`)"), kind=int, low=20, high=2000), value=1000
        ),
        "count": Varied(
            setting=Setting(label=mark("Other digits to read (`count`)"), kind=int, low=8, high=1000), value=500
        ),
        "seed": Varied(
            setting=Setting(label=mark("Seed of the other digits (`seed`)"), kind=int, low=1, high=1000), value=3
        ),
    },
    blocks={
        "network": ("trained_network", "how_well_it_reads"),
        "saved_model": ("files_and_signatures",),
        "serving": ("predict_as_tensorflow_serving",),
        "litert": ("litert_beside_keras",),
        "tensorboard": ("event_file",),
        "browser": ("weights_for_a_browser",),
        "languages": ("called_from_c",),
    },
    truth=truth,
    question=mark("A colleague gets your SavedModel, but not your Python. What can they do with it?"),
    answers=(
        Answer(
            text=mark("Nothing: the class of the model is missing"),
            why=mark(
                "That is so for a subclass in a `.keras` file. A SavedModel holds the traced graph, so the class is "
                "not needed."
            ),
        ),
        Answer(
            text=mark("Predict by its signature, serve it, convert it to LiteRT"),
            why=mark("Right: the signature says what goes in and what comes out, and the graph computes it."),
            right=True,
        ),
        Answer(
            text=mark("Only read the weights"),
            why=mark("The weights are there, and the graph that uses them as well: look at `saved_model.pb`."),
        ),
    ),
    reading={
        mark("Guide: Using the SavedModel format"): "https://www.tensorflow.org/guide/saved_model",
        mark("TensorFlow Serving: RESTful API"): "https://www.tensorflow.org/tfx/serving/api_rest",
        mark("LiteRT: Convert TensorFlow models"): ("https://ai.google.dev/edge/litert/models/convert_tf"),
        mark("TensorBoard: Get started"): "https://www.tensorflow.org/tensorboard/get_started",
        mark("TensorFlow.js: Import a Keras model"): "https://www.tensorflow.org/js/tutorials/conversion/import_keras",
        mark("Install TensorFlow for C"): "https://www.tensorflow.org/install/lang_c",
    },
)
