"""TensorBoard's event files, written and read with TensorFlow alone: the package tensorboard is not needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

from lib.core.exports.curves import Curve

Event = tf.compat.v1.Event
FIRST = "brain.Event:2"
"""The version that every event file begins with."""


def write_event_files(curves: Mapping[str, Curve], folder: Path) -> None:
    """One folder for each part, such as `train`, which TensorBoard shows as a run; tags are `loss` and `accuracy`."""
    for part in {name.partition("/")[0] for name in curves}:
        own = {name.partition("/")[2]: curve for name, curve in curves.items() if name.startswith(f"{part}/")}
        (folder / part).mkdir()
        begun = min(float(curve.moments[0]) for curve in own.values())
        with tf.io.TFRecordWriter(str(folder / part / f"events.out.tfevents.{int(begun)}.tf2lab")) as writer:
            writer.write(Event(wall_time=begun, file_version=FIRST).SerializeToString())
            for step, moment, values in by_step(own):
                summary = tf.compat.v1.Summary(
                    value=[tf.compat.v1.Summary.Value(tag=tag, simple_value=number) for tag, number in values.items()]
                )
                writer.write(Event(wall_time=moment, step=step, summary=summary).SerializeToString())


def by_step(curves: Mapping[str, Curve]) -> list[tuple[int, float, dict[str, float]]]:
    """Each step with its moment, and the values of these curves by their tag."""
    found: dict[int, tuple[float, dict[str, float]]] = {}
    for tag, curve in curves.items():
        for step, moment, number in zip(*(part.tolist() for part in curve), strict=True):
            found.setdefault(step, (moment, {}))[1][tag] = number
    return [(step, *found[step]) for step in sorted(found)]


def read_event_files(folder: Path) -> dict[str, Curve]:
    """The curves in all event files of the folder, by part and tag."""
    rows: dict[str, list[tuple[int, float, float]]] = {}
    for file in sorted(folder.rglob("*tfevents*")):
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            event = Event.FromString(record)
            for value in event.summary.value:
                row = event.step, event.wall_time, value.simple_value
                rows.setdefault(f"{file.parent.name}/{value.tag}", []).append(row)
    return {
        name: Curve(*(np.array(part, kind) for part, kind in zip(zip(*own, strict=True), KINDS, strict=True)))
        for name, own in rows.items()
    }


KINDS = np.int64, np.float64, np.float32
