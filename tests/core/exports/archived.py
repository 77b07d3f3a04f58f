"""A small run with every kind of event, as an archive holds it."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from lib.core.data.arrays import pack
from lib.core.diagnosis.paired import packed
from lib.core.exports.archive import SUMS, RunArchive
from lib.core.incoming import take_in_zip
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.events import (
    Checkpoint,
    Compiled,
    Evaluated,
    Event,
    Finished,
    Inside,
    OwnEvaluated,
    Paused,
    Progress,
    RateChanged,
    Started,
)

CONFIG = TrainConfig(network="mlp", dense_units=4, train_size=1000, batch_size=50, epochs=2, seed=7)
STEPS = 20
"""Steps of an epoch with CONFIG."""
STARTED = Started(
    device="Some Processor",
    threads=2,
    versions={"python": "3.11.7", "tensorflow": "2.21.0"},
    parameters=3190,
    steps_per_epoch=STEPS,
    total_steps=2 * STEPS,
    loading_seconds=0.1,
    scheme=2,
)
CREATED = datetime(2026, 11, 26, 12, 0, 0, 123456, UTC)


def progress(first: int, last: int, speed: float) -> Progress:
    """Steps with arbitrary losses, the very first of them a NaN with bits of its own."""
    losses = np.random.default_rng(first).uniform(0, 3, last - first + 1).astype(np.float32)
    losses[:1] = np.array([0x7FC12345], np.uint32).view(np.float32) if first == 1 else losses[:1]
    return Progress(
        first_step=first, losses=losses, accuracies=(losses / 3).astype(np.float32), images_per_second=speed
    )


def evaluated(epoch: int, wrong: int) -> Evaluated:
    """An epoch's end: the first `wrong` test images were taken for a 3."""
    right = np.arange(10_000) >= wrong
    confusion = np.diag([1000] * 10)
    confusion[0, 0], confusion[0, 3] = 1000 - wrong, wrong
    return Evaluated(
        epoch=epoch,
        step=epoch * STEPS,
        train_loss=math.nan if epoch == 1 else 1 / 3,
        train_accuracy=0.9,
        test_loss=0.25,
        test_accuracy=1 - wrong / 10_000,
        confusion=tuple(map(tuple, confusion.tolist())),
        training_seconds=0.5,
        evaluating_seconds=0.25,
        right=packed(right),
        mistaken=np.full(wrong, 3, np.uint8),
    )


def inside(epoch: int) -> Inside:
    random = np.random.default_rng(epoch)
    spread = {"d1": np.array([[-0.1, 0.1], [3.0, 4.0]]), "d2": np.array([[0.0], [5.0]])}
    return Inside(
        epoch=epoch,
        step=epoch * STEPS,
        mistakes=np.array([[8, 5, 6], [9, 0, 3]], np.int32),
        probabilities=random.uniform(0, 1, (2, 10)).astype(np.float32),
        first_layer=random.normal(size=(4, 28, 28)).astype(np.float32),
        weights=spread,
        gradients=spread if epoch else {},
        dead={"d1": 0.25},
        seconds=0.01,
    )


def tested(epoch: int) -> OwnEvaluated:
    return OwnEvaluated(
        step=epoch * STEPS, epoch=epoch, own_accuracy=0.75, own_count=12, held_out=True, test_accuracy=0.9,
        own_right=packed(np.arange(12) < 9), test_right=packed(np.arange(10_000) < 9000),
    )  # fmt: skip


EVENTS: tuple[Event, ...] = (
    STARTED,
    Compiled(tracing_seconds=0.5, compiling_seconds=0.0),
    inside(0),
    tested(0),
    evaluated(1, wrong=60),
    tested(1),
    inside(1),
    RateChanged(step=STEPS + 5, learning_rate=0.01),
    Paused(step=STEPS + 5),
    replace(STARTED, step=STEPS + 5, scheme=None),
    Compiled(tracing_seconds=0.0, compiling_seconds=0.0),
    evaluated(2, wrong=50),
    tested(2),
    inside(2),
    Finished(step=2 * STEPS, reason="epochs"),
)


def archived(**changes: object) -> RunArchive:
    """The run, with other values for some fields."""
    weights = {
        name: np.random.default_rng(1).normal(size=shape).astype(np.float32)
        for name, shape in weight_shapes(CONFIG).items()
    }
    run = RunArchive(
        origin="Abc_de-f1234",
        config=CONFIG,
        name="첫 <b>run</b>",
        guess=0.97,
        base="Base0000",
        created_at=CREATED,
        ended_at=CREATED + timedelta(seconds=90),
        events=EVENTS,
        progress=(
            progress(1, 1, math.nan),
            progress(2, STEPS, 5000.0),
            progress(STEPS + 1, STEPS + 5, 1 / 3),
            progress(STEPS + 6, 2 * STEPS, 0.0),
        ),
        weights=Checkpoint(step=2 * STEPS, weights=weights),
    )
    return replace(run, **changes)  # type: ignore[arg-type]


def members(data: bytes) -> dict[str, bytes]:
    """What a zip file of ours holds."""
    return take_in_zip(data, "any.zip", most_members=50, most_bytes=2**26)


def signed(parts: Mapping[str, bytes]) -> bytes:
    """An archive with these members and checksums that fit them, as somebody hostile would make it."""
    rest = {name: data for name, data in parts.items() if name != SUMS}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in rest.items())
    return pack(rest | {SUMS: sums.encode()})
