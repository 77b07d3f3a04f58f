"""API clean-up."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs

NOTES = ("tf.Session", "tf.control_dependencies", "tf.global_variables_initializer")
"""Names that the notes call gone."""
NAMES = (
    *NOTES,
    "tf.placeholder",
    "tf.get_variable",
    "tf.layers.dense",
    "tf.layers.batch_normalization",
    "tf.nn.rnn_cell.LSTMCell",
    "tf.contrib.layers.flatten",
    "tf.estimator.Estimator",
    "tf.train.AdamOptimizer",
    "tf.keras.optimizers.Adam",
    "tf.gradients",
    "tf.py_func",
    "tf.app.run",
    "tf.logging.info",
)
"""Names of TensorFlow 1 that are looked up one by one."""


def truth(outputs: Outputs, _: Translate) -> str:
    """How many of the old and of the new names are gone, and what became of those that the notes name."""
    old, new = (outputs.column("every_renamed_name", name) for name in ("old is", "new is"))
    said = dict(line.split("; ")[0].split(": ") for line in outputs.text("names_of_the_notes").splitlines())
    text = _(
        "The notes say that `Session`, `control_dependencies` and `global_variables_initializer` are gone. In this "
        "TensorFlow that is so of {gone}; still there: {there}. Of {count:,} names with a new one, {old:,} old names "
        "are gone, and {new:,} of the new ones as well."
    )
    gone, there = ([f"`{name}`" for name in NOTES if said[name] == here] for here in ("gone", "still there"))
    return text.format(
        gone=", ".join(gone) or "–",
        there=", ".join(there) or "–",
        count=len(old),
        old=old.count("gone"),
        new=new.count("gone"),
    )


LESSON = Lesson(
    code="api",
    title=mark("API clean-up"),
    claim=mark(
        "The API was cleaned up: `Session`, `control_dependencies` and `global_variables_initializer` are gone, and "
        "`tf.compat.v1` keeps the names of TensorFlow 1, such as `tf.compat.v1.Session()`."
    ),
    about=mark(
        "TensorFlow ships a table of names with a new one. Here each is looked up in the installed version, part by "
        "part to the leaf: gone, moved, or still there. Instead of a session you call a function; instead of a "
        "placeholder it has a parameter; a variable has its value as soon as it is made, so nothing has to be "
        "initialized. `tf.control_dependencies` is still there, although a `tf.function` keeps the order of its side "
        "effects without it. Some of the new names are from the first years of TensorFlow 2 and have gone since."
    ),
    functions={
        "one_name_to_its_leaf": mark("One name, part by part"),
        "names_of_the_notes": mark("The names of the notes, and of `tf.placeholder`"),
        "every_renamed_name": mark("All names that have a new one"),
        "a_new_name_that_refuses": mark("A new name that is there and refuses"),
    },
    varied={
        "name": Varied(
            setting=Setting(label=mark("Name (name)"), kind=str, options={name: name for name in NAMES}),
            value="tf.Session",
        ),
    },
    truth=truth,
    question=mark("Your code of 2018 says `tf.control_dependencies`. What do you do with it in TensorFlow 2?"),
    answers=(
        Answer(
            text=mark("Replace it by tf.compat.v1.control_dependencies, because it is gone"),
            why=mark("Look it up above: it is still there under its old name. Only its need has gone."),
        ),
        Answer(
            text=mark("Inside a tf.function mostly delete it"),
            why=mark(
                "Right: a `tf.function` runs prints, assignments and other side effects in the order of the lines, "
                "even though it is a graph. The name still works where you need an order between other operations."
            ),
            right=True,
        ),
        Answer(
            text=mark("Keep it, or operations run in any order"),
            why=mark(
                "That was so in the graphs of TensorFlow 1. Eager code runs line by line, and `tf.function` adds the "
                "dependencies between side effects by itself."
            ),
        ),
    ),
    reading={
        mark("Guide: Migrate from TensorFlow 1 to TensorFlow 2"): "https://www.tensorflow.org/guide/migrate",
        mark("Guide: Rewrite code automatically, and TF1 symbols"): "https://www.tensorflow.org/guide/migrate/upgrade",
        mark("API: tf.control_dependencies"): "https://www.tensorflow.org/api_docs/python/tf/control_dependencies",
    },
)
