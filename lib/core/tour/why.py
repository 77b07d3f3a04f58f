"""Why TensorFlow 2."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs

ALIKE = 1.1
"""Times that differ by less than this factor are called alike: single calls vary more than that."""


def truth(outputs: Outputs, _: Translate) -> str:
    """The three times, and whether the session was the slow one."""
    session, eager, function = (
        1e6 * outputs.seconds("side_by_side", way) for way in ("session.run", "eager", "tf.function")
    )
    if session > ALIKE * max(eager, function):
        found = _("here the session was indeed the slowest.")
    elif session > ALIKE * min(eager, function):
        found = _("here the session was neither the slowest nor the fastest.")
    else:
        found = _("here no way was faster than the session. What it cost is the code around it.")
    text = _(
        "The notes say that graph and session were slow and unintuitive. On this machine a call took {session:,.0f} µs "
        "with a session, {eager:,.0f} µs eagerly and {function:,.0f} µs as a `tf.function` (medians): {found}"
    )
    return text.format(session=session, eager=eager, function=function, found=found)


LESSON = Lesson(
    code="why",
    title=mark("Why TensorFlow 2"),
    claim=mark(
        "TensorFlow 1 had people build a graph and run it in a session. That was complicated, slow and unintuitive."
    ),
    about=mark(
        "One computation, three ways: x is multiplied by itself several times, each product goes through tanh, and all "
        "is summed. In TensorFlow 1 a line only adds to a graph; a session computes it later, from what `feed_dict` "
        "puts into the placeholder. TensorFlow 2 computes at once, and makes a graph of a plain function if you ask. "
        "Each timed call gets a NumPy array and ends with a NumPy number, so all three do the same."
    ),
    functions={
        "tf1_graph_and_session": mark("TensorFlow 1: a graph, then a session"),
        "tf2_eager": mark("TensorFlow 2: at once"),
        "tf2_function": mark("TensorFlow 2: a graph from a function"),
        "what_the_graph_holds": mark("The graph, drawn from its operations"),
        "side_by_side": mark("All three, timed"),
    },
    varied={
        "size": Varied(
            setting=Setting(label=mark("Rows and columns of x (`size`)"), kind=int, low=2, high=256), value=8
        ),
        "depth": Varied(setting=Setting(label=mark("Products in a row (`depth`)"), kind=int, low=1, high=10), value=3),
    },
    truth=truth,
    question=mark("You raise `size` to 256. What happens to the three times?"),
    answers=(
        Answer(
            text=mark("They come closer together"),
            why=mark(
                "Right: the products take most of the time now, and all three use the same code for them. What differs "
                "is the cost of starting each operation, which hardly depends on the size."
            ),
            right=True,
        ),
        Answer(
            text=mark("The session falls far behind"),
            why=mark(
                "It runs the same operations as `tf.function`. A session was awkward to write, not slow to compute."
            ),
        ),
        Answer(
            text=mark("Eager stays as fast as with size 2"),
            why=mark("Doubling the size takes eight times as many multiplications, and somebody has to do them."),
        ),
    ),
    try_it={mark("Compare: eager, graph, XLA and Session with Adam equal"): "compare"},
    reading={
        mark("Guide: Migrate from TensorFlow 1 to TensorFlow 2"): "https://www.tensorflow.org/guide/migrate",
        mark("Guide: Introduction to graphs and tf.function"): "https://www.tensorflow.org/guide/intro_to_graphs",
        mark("Guide: TensorFlow 1 and TensorFlow 2 behaviors"): ("https://www.tensorflow.org/guide/migrate/tf1_vs_tf2"),
    },
)
