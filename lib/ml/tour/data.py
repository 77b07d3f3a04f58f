"""tf.data: the functions of this lesson."""

import numpy as np
import tensorflow as tf


def slices_shuffled_in_batches(buffer, batch):
    numbers = tf.data.Dataset.from_tensor_slices(np.arange(40))
    print("sliced:  ", [int(number) for number in numbers])
    for place, part in enumerate(numbers.shuffle(buffer, seed=1).batch(batch), start=1):
        print(f"batch {place}: ", part.numpy().tolist())


def what_a_buffer_mixes(buffer):
    count = 500
    shuffled = tf.data.Dataset.range(count).shuffle(buffer, seed=1)
    order = np.array(list(shuffled.as_numpy_iterator()))
    ahead = order - np.arange(count)
    print(f"the farthest jump ahead:  {ahead.max()} places (a buffer of {buffer})")
    print(f"the farthest fall behind: {-ahead.min()} places")
    return {"order": order}


def map_with_and_without_cache(batch):
    runs = tf.Variable(0, dtype=tf.int64)

    def halve(x):
        runs.assign_add(1)
        return x / 2

    numbers = tf.data.Dataset.range(100).map(halve)
    for name, pipeline in {"map": numbers, "map and cache": numbers.cache()}.items():
        runs.assign(0)
        for _ in range(3):
            for _ in pipeline.batch(batch):
                pass
        print(f"{name:14} 100 elements, 3 epochs: the function ran {runs.numpy()} times")


def one_epoch_timed(batch):
    images = np.random.default_rng(7).integers(0, 256, [128, 28, 28], np.uint8)

    def scaled(image):
        return tf.cast(image, tf.float32) / 255

    def loop():
        for start in range(0, 128, batch):
            scaled(images[start : start + batch])

    options = tf.data.Options()
    options.autotune.enabled = False  # it prefetches unasked, and ends with a pause
    slices = tf.data.Dataset.from_tensor_slices(images).with_options(options)
    batches = slices.batch(batch)
    pipelines = {
        "batch": batches,
        "map, batch": slices.map(scaled).batch(batch),
        "batch, map": batches.map(scaled),
        "batch, map, cache": batches.map(scaled).cache(),
        "batch, map, prefetch": batches.map(scaled).prefetch(2),
    }

    def epoch_of(pipeline):
        return lambda: [None for _ in pipeline]

    return {"NumPy[start:end]": loop} | {name: epoch_of(pipeline) for name, pipeline in pipelines.items()}
