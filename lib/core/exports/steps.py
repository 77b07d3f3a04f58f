"""A table of all steps of a run, as CSV and as Parquet."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lib.core.training.events import Evaluated, Progress

AT_EPOCHS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy", "validation_loss", "validation_accuracy")
"""Columns that have a value at the last step of each epoch only: `Evaluated` says what they are."""


def steps_table(chunks: Sequence[Progress], epochs: Sequence[Evaluated]) -> pa.Table:
    """One row for each step, in order.

    `step` counts from 1; `loss` and `accuracy` are those of its images, as float32, unrounded; `images_per_second` is
    the speed that was measured over the steps around it, null where none was. The columns AT_EPOCHS are null except at
    the last step of an epoch, `epoch` likewise.
    """
    steps = np.concatenate([np.zeros(0, np.int64), *(np.arange(c.first_step, c.last_step + 1) for c in chunks)])
    speeds = np.concatenate([np.zeros(0), *(np.full(len(c.losses), c.images_per_second) for c in chunks)])
    columns = {
        "step": pa.array(steps),
        "loss": pa.array(np.concatenate([np.zeros(0, np.float32), *(c.losses for c in chunks)])),
        "accuracy": pa.array(np.concatenate([np.zeros(0, np.float32), *(c.accuracies for c in chunks)])),
        "images_per_second": pa.array(speeds, mask=np.isnan(speeds)),
    }
    ends = {epoch.step: epoch for epoch in epochs}
    at = [ends.get(step) for step in steps.tolist()]
    columns["epoch"] = pa.array([epoch.epoch if epoch else None for epoch in at], pa.int64())
    for name in AT_EPOCHS:
        columns[name] = pa.array([getattr(epoch, name) if epoch else None for epoch in at], pa.float64())
    return pa.table(columns)


def to_csv(table: pa.Table) -> bytes:
    """The table as CSV with a header, in UTF-8; nulls are empty."""
    file = io.BytesIO()
    pyarrow.csv.write_csv(table, file)
    return file.getvalue()


def to_parquet(table: pa.Table) -> bytes:
    """The table as a Parquet file."""
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()
