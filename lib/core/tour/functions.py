"""tf.function instead of sessions."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """How often Python's line ran against TensorFlow's, and what a trace cost."""
    lines = outputs.text("print_and_tf_print").splitlines()
    text = _(
        "The notes say that the decorator `tf.function` takes the place of the session. Lines that came out on this "
        "machine: {traced} by `print`, {called} by `tf.print`. A trace for a new Python number took {trace:,.2f} ms, a "
        "call with a tensor {call:,.2f} ms; the notes' training step was traced in {step:,.0f} ms (medians)."
    )
    return text.format(
        traced=sum(line.startswith("print:") for line in lines),
        called=sum(line.startswith("tf.print:") for line in lines),
        trace=1e3 * outputs.seconds("what_a_trace_costs", "get_concrete_function(number)"),
        call=1e3 * outputs.seconds("what_a_trace_costs", "double(tensor)"),
        step=1e3 * outputs.seconds("retracing_the_training_step", "train_step.get_concrete_function(new size)"),
    )


LESSON = Lesson(
    code="functions",
    title=mark("tf.function instead of sessions"),
    claim=mark("The decorator `tf.function` takes the place of the session."),
    about=mark(
        "The first call traces: Python runs the function once with symbols in place of numbers, and TensorFlow notes "
        "its operations in a graph. Later calls run the graph, and Python's lines stay silent. A new shape, a new type "
        "or a new Python number is traced again. AutoGraph rewrites `if` and `while` that depend on a tensor, so that "
        "the decision is part of the graph."
    ),
    functions={
        "print_and_tf_print": mark("`print` against `tf.print`"),
        "a_side_effect_happens_once": mark("A side effect that happens once"),
        "a_variable_on_the_second_call": mark("A variable made on the second call"),
        "made_before_the_call": mark("The fix: make it before"),
        "if_and_while_in_the_graph": mark("AutoGraph: `if` and `while` in the graph"),
        "numbers_against_tensors": mark("Python numbers against tensors"),
        "what_a_trace_costs": mark("What a trace costs"),
        "retracing_the_training_step": mark("The notes' training step, traced anew for a last, smaller batch"),
    },
    varied={
        "calls": Varied(setting=Setting(label=mark("Calls (`calls`)"), kind=int, low=1, high=10), value=3),
        "start": Varied(
            setting=Setting(label=mark("Where the loop starts (`start`)"), kind=int, low=1, high=1000), value=27
        ),
        "last": Varied(
            setting=Setting(label=mark("Images of the last batch (`last`)"), kind=int, low=1, high=32), value=16
        ),
    },
    truth=truth,
    question=mark("A `tf.function` appends to a Python list. You call it 100 times with a tensor of one shape. Then?"),
    answers=(
        Answer(
            text=mark("The list has 100 elements"),
            why=mark("`append` belongs to Python, and Python's lines run only while the function is traced."),
        ),
        Answer(
            text=mark("The list has one element"),
            why=mark(
                "Right: there was one trace. What has to happen in each call must be TensorFlow's, as `assign_add`."
            ),
            right=True,
        ),
        Answer(
            text=mark("TensorFlow raises an error"),
            why=mark("It cannot know that you meant each call. That is what makes this mistake hard to find."),
        ),
    ),
    try_it={
        mark("Compare: what makes TensorFlow trace again"): "compare?show=retraces",
        mark("Compare: eager against graph against XLA"): "compare",
    },
    reading={
        mark("Guide: Better performance with tf.function"): "https://www.tensorflow.org/guide/function",
        mark("Guide: Introduction to graphs and tf.function"): "https://www.tensorflow.org/guide/intro_to_graphs",
        mark("Reference: tf.function"): "https://www.tensorflow.org/api_docs/python/tf/function",
    },
)
