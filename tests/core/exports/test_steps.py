"""The table of steps: other programs read from the files exactly what the run recorded."""

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest

from lib.core.exports.steps import AT_EPOCHS, steps_table, to_csv, to_parquet
from lib.core.training.events import Evaluated, Progress

CHUNKS = [
    Progress(
        first_step=first,
        losses=np.random.default_rng(first).uniform(0, 3, count).astype(np.float32),
        accuracies=np.linspace(0, 1, count, dtype=np.float32),
        images_per_second=speed,
    )
    for first, count, speed in ((1, 7, math.nan), (8, 13, 1234.5), (21, 20, 2000.0))
]
EPOCHS = [
    Evaluated(
        epoch=number,
        step=20 * number,
        train_loss=0.1 / number,
        train_accuracy=0.9,
        test_loss=1 / 3,
        test_accuracy=0.98 + number / 1000,
        confusion=(),
        training_seconds=1.0,
        evaluating_seconds=0.1,
    )
    for number in (1, 2)
]
LOSSES = np.concatenate([chunk.losses for chunk in CHUNKS])


def test_parquet_holds_every_number_as_it_was() -> None:
    read = pd.read_parquet(io.BytesIO(to_parquet(steps_table(CHUNKS, EPOCHS))))
    assert read["step"].tolist() == list(range(1, 41))
    assert read["loss"].dtype == np.float32
    assert (read["loss"].to_numpy() == LOSSES).all()
    assert read["images_per_second"].isna().tolist() == [True] * 7 + [False] * 33
    ends = read[read["epoch"].notna()]
    assert ends["step"].tolist() == [20, 40]
    assert ends["test_accuracy"].tolist() == [0.981, 0.982]
    assert ends["validation_loss"].isna().all()


def test_csv_is_read_back_to_the_same_numbers_by_python_alone() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(steps_table(CHUNKS, EPOCHS)).decode("utf-8"))))
    assert [int(row["step"]) for row in rows] == list(range(1, 41))
    assert [np.float32(row["loss"]) for row in rows] == LOSSES.tolist()
    assert [row["epoch"] for row in rows if row["epoch"]] == ["1", "2"]
    assert float(rows[19]["test_loss"]) == 1 / 3
    assert {rows[0][name] for name in ("images_per_second", *AT_EPOCHS)} == {""}


@pytest.mark.parametrize("write", [to_csv, to_parquet])
def test_a_run_without_steps_has_an_empty_table(write) -> None:
    assert steps_table([], []).num_rows == 0
    assert write(steps_table([], []))
