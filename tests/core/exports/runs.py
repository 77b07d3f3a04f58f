"""A run made up for reports, 300 steps in two epochs, and weights for any network."""

import numpy as np

from lib.core.exports.code.script import script_of
from lib.core.exports.report import Reported
from lib.core.i18n import untranslated
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.curve import Curve
from lib.core.training.events import Compiled, Evaluated, Finished, Progress, RateChanged, Started

NAME = "<b>나</b>"
DEVICE = "<script>alert(1)</script>"


def evaluated(epoch: int) -> Evaluated:
    right = 900 + 20 * epoch
    confusion = np.full((10, 10), (10_000 - 10 * right) // 90)
    np.fill_diagonal(confusion, 1000 - 9 * confusion[0, 0])
    return Evaluated(
        epoch=epoch,
        step=150 * epoch,
        train_loss=0.4 / epoch,
        train_accuracy=0.9,
        test_loss=0.3 / epoch,
        test_accuracy=confusion.trace() / 10_000,
        confusion=tuple(map(tuple, confusion.tolist())),
        training_seconds=1.25,
        evaluating_seconds=0.5,
    )


def a_run() -> Reported:
    config = TrainConfig(epochs=2, dropout=0.25, train_size=4_800)
    curve = Curve(300)
    losses = np.geomspace(2.3, 0.1, 300).astype(np.float32)
    curve.extend([Progress(first_step=1, losses=losses, accuracies=1 - losses / 3, images_per_second=9_000.0)])
    curve.finish()
    return Reported(
        config=config,
        name=NAME,
        epochs=[evaluated(1), evaluated(2)],
        end=Finished(step=300, reason="epochs"),
        started=Started(
            device=DEVICE,
            threads=2,
            versions={"tensorflow": "2.21.0"},
            parameters=1_234_567,
            steps_per_epoch=150,
            total_steps=300,
            loading_seconds=0.5,
        ),
        compiled=Compiled(tracing_seconds=0.25, compiling_seconds=0.75),
        lines=curve.since(0),
        rate_changes=[RateChanged(step=200, learning_rate=5e-4)],
        code=script_of(config, untranslated, name=NAME),
    )


def drawn_weights(config: TrainConfig, seed: int = 5) -> dict[str, np.ndarray]:
    """Weights as large as a trained network's; a variance is positive."""
    random = np.random.default_rng(seed)
    return {
        part: np.abs(random.normal(0, 0.5, shape)).astype(np.float32) + 0.1
        if part.endswith("variance")
        else random.normal(0, 0.15, shape).astype(np.float32)
        for part, shape in weight_shapes(config).items()
    }
