"""A callback's moments are joined to spans, and drawn from the first call to the last."""

import numpy as np

from lib.core.tour.outputs import Numbers, Outputs, Printed
from lib.ui.tour import keras

HOOKS = {
    "on_train_begin": [[1, 5.0]],
    "on_epoch_begin": [[2, 6.0], [6, 90.0]],
    "on_train_batch_begin": [[3, 7.0], [7, 91.0]],
    "on_train_batch_end": [[4, 87.0], [8, 92.5]],
    "on_epoch_end": [[5, 89.0], [9, 93.0]],
    "on_train_end": [[10, 94.0]],
}


def test_each_begin_belongs_to_its_end_from_outside_to_inside() -> None:
    moments = [Numbers(name="callbacks_firing", key=key, values=np.float32(each)) for key, each in HOOKS.items()]
    heard = keras.spans(Outputs([*moments, Printed(name="callbacks_firing", text="")]))
    assert [(span.level, span.first, span.last) for span in heard] == [
        ("train", 1, 10),
        ("epoch", 2, 5),
        ("epoch", 6, 9),
        ("train_batch", 3, 4),
        ("train_batch", 7, 8),
    ]
    assert [span.milliseconds for span in heard] == [89.0, 83.0, 3.0, 80.0, 1.5]
    (bars,) = keras.timeline_figure(heard).data
    assert list(bars.base) == [1, 2, 6, 3, 7]
    assert list(bars.x) == [9, 3, 3, 1, 1]
    assert bars.text[3] == "80 ms"


def test_a_name_is_found_by_all_words_in_any_case() -> None:
    row = keras.Entry("layers", "Dense", "(units)", "Just your regular densely-connected NN layer.")
    assert row.has(["dense", "layer"])
    assert row.has([])
    assert not row.has(["dense", "conv"])
