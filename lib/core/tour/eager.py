"""Eager by default, like NumPy."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """Where the values and the two errors appeared."""
    text = _(
        "The notes say that values are computed at once. On this machine they were: `{line}`. The same mistake was "
        "found as `{eager}` before any graph, and as `{graph}` only when the finished graph ran."
    )
    return text.format(
        line=" ".join(outputs.text("values_at_once").splitlines()[-1].split()),
        eager=outputs.error("the_failing_line").split(":")[0],
        graph=outputs.error("hidden_in_a_graph").splitlines()[0].rstrip(":"),
    )


LESSON = Lesson(
    code="eager",
    title=mark("Eager by default, like NumPy"),
    claim=mark("Eager execution is the default: values are computed without building a graph, much as in NumPy."),
    about=mark(
        "Each line runs when Python reaches it, so you see its value at once, you mix tensors with NumPy arrays, and a "
        "mistake stops in the very line that made it. A graph is built first and runs later: it cannot show a value "
        "while it is built, and the same mistake ends in a trace of the whole call."
    ),
    functions={
        "values_at_once": mark("A value as soon as its line has run"),
        "numpy_in_and_out": mark("NumPy in, NumPy out"),
        "broadcasting": mark("Shapes that stretch, and types that do not mix"),
        "python_decides": mark("Python's own `if` and `while`"),
        "the_failing_line": mark("The line that failed, eagerly"),
        "hidden_in_a_graph": mark("The same mistake in a graph"),
    },
    varied={
        "n": Varied(setting=Setting(label=mark("Numbers (n)"), kind=int, low=1, high=8), value=3),
        "start": Varied(
            setting=Setting(label=mark("Where halving starts (start)"), kind=int, low=1, high=1000), value=20
        ),
    },
    truth=truth,
    question=mark("Inside a `tf.function`, what does `print(x + 1)` show for a tensor x while the graph is traced?"),
    answers=(
        Answer(
            text=mark("The numbers of x + 1"),
            why=mark("There are no numbers yet: tracing only records which operations will run."),
        ),
        Answer(
            text=mark('A symbol such as Tensor("add:0", shape=(3,), dtype=float32)'),
            why=mark("Right: while the graph is built a tensor has a name, a shape and a type, and no value."),
            right=True,
        ),
        Answer(
            text=mark("Nothing: print is not allowed there"),
            why=mark("It is allowed, and runs once for each trace. `tf.print` is what prints with every call."),
        ),
    ),
    reading={
        mark("Guide: Introduction to tensors"): "https://www.tensorflow.org/guide/tensor",
        mark("Guide: NumPy API on TensorFlow"): "https://www.tensorflow.org/guide/tf_numpy",
        mark("Guide: Basics, eager execution"): "https://www.tensorflow.org/guide/basics",
    },
)
