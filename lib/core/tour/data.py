"""tf.data."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """How far the buffer let an element jump, and what the pipeline took against a loop."""
    order = outputs.array("what_a_buffer_mixes", "order")
    text = _(
        "The notes shuffle with a buffer and batch. On this machine no element jumped ahead by more than {ahead} "
        "places of {count}. One epoch took {loop:.2f} ms in a loop over slices, {slow:.2f} ms with `map` before "
        "`batch` and {fast:.2f} ms with `map` after it (medians)."
    )
    return text.format(
        ahead=max(int(number) - place for place, number in enumerate(order)),
        count=len(order),
        loop=1e3 * outputs.seconds("one_epoch_timed", "NumPy[start:end]"),
        slow=1e3 * outputs.seconds("one_epoch_timed", "map, batch"),
        fast=1e3 * outputs.seconds("one_epoch_timed", "batch, map"),
    )


LESSON = Lesson(
    code="data",
    title=mark("tf.data pipelines"),
    claim=mark("`from_tensor_slices((x_train, y_train)).shuffle(10000).batch(32)` feeds the training."),
    about=mark(
        "`from_tensor_slices` cuts an array along its first axis. `shuffle` holds a buffer, gives out one of it at "
        "random and takes in the next: an element cannot come earlier than the buffer reaches, so a small buffer "
        "leaves sorted data almost sorted. `map` changes each element, `cache` keeps what came out, and `prefetch` "
        "prepares the next ones while you compute with this one. Below, 128 small pictures are only read and nobody "
        "computes meanwhile, so `prefetch` has nothing to hide behind."
    ),
    functions={
        "slices_shuffled_in_batches": mark("Sliced, shuffled, in batches"),
        "what_a_buffer_mixes": mark("What a buffer really mixes"),
        "map_with_and_without_cache": mark("`map`, with and without `cache`"),
        "one_epoch_timed": mark("One epoch of each, timed"),
    },
    varied={
        "buffer": Varied(setting=Setting(label=mark("Shuffle buffer (`buffer`)"), kind=int, low=1, high=500), value=50),
        "batch": Varied(setting=Setting(label=mark("Batch size (`batch`)"), kind=int, low=8, high=64), value=16),
    },
    truth=truth,
    question=mark("60,000 images are sorted by digit, and `shuffle(10000)` mixes them. What is in the first batch?"),
    answers=(
        Answer(
            text=mark("All ten digits alike"),
            why=mark("The nines lie at the end, and nothing from there is in the buffer yet."),
        ),
        Answer(
            text=mark("Only the first digits"),
            why=mark(
                "Right: the first batch comes from the first 10,031 images. MNIST's own order is mixed already, so the "
                "notes' training does not suffer."
            ),
            right=True,
        ),
        Answer(
            text=mark("Only zeros, in order"),
            why=mark(
                "The order is mixed, and 10,000 images reach beyond the zeros: there are about 6,000 of each digit."
            ),
        ),
    ),
    reading={
        mark("Guide: tf.data, build TensorFlow input pipelines"): "https://www.tensorflow.org/guide/data",
        mark("Guide: Better performance with the tf.data API"): "https://www.tensorflow.org/guide/data_performance",
        mark("Reference: tf.data.Dataset"): "https://www.tensorflow.org/api_docs/python/tf/data/Dataset",
    },
)
