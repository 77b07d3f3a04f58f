"""Ready-made settings, each of which demonstrates one thing.

The promises in their texts were observed in real training on two processor cores. A rate of 0.1 would not do for the
last preset: the network recovered from it with one seed of five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lib.core.i18n import mark
from lib.core.training.config import SETTINGS, TrainConfig

FASTEST: Mapping[str, Any] = MappingProxyType(
    {
        "network": "fast",
        "filters": 16,
        "dense_units": 256,
        "batch_size": 256,
        "schedule": "one_cycle",
        "learning_rate": 0.015,
        "epochs": 2,
    }
)
"""What differs from the notes' settings for the fastest way to 99 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings with a name: `title`, one line on what to `watch`, and `changes` to the defaults, by field."""

    code: str
    title: str
    watch: str
    changes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def config(self) -> TrainConfig:
        """The settings themselves."""
        return TrainConfig(**self.changes)

    def fits(self, config: TrainConfig) -> bool:
        """Whether `config` has these settings; incidental ones may differ, unless the preset sets them itself."""
        own, given = self.config().to_dict(), config.to_dict()
        return all(
            given[name] == own[name]
            for name, setting in SETTINGS.items()
            if not setting.incidental or name in self.changes
        )


_ALL = (
    Preset(
        code="notes",
        title=mark("The notes' example"),
        watch=mark(
            "Most is learned at once: watch the loss fall within the first 200 steps. About 98 % of the test images "
            "are right after one epoch; the other four add little, although the train loss keeps falling."
        ),
    ),
    Preset(
        code="fastest",
        title=mark("Fastest to 99 %"),
        watch=mark(
            "A small network, larger batches, and a learning rate that first rises and then falls: watch the test "
            "accuracy pass what the notes' network reaches, in a fraction of its time."
        ),
        changes=FASTEST,
    ),
    Preset(
        code="overfit",
        title=mark("Overfit on purpose"),
        watch=mark(
            "Only 500 training images, again and again: watch the train loss go to 0 while the dashed test loss turns "
            "upwards after a few epochs. The network learns these images by heart."
        ),
        changes=MappingProxyType({"train_size": 500, "epochs": 12}),
    ),
    Preset(
        code="too_high",
        title=mark("Learning rate too high"),
        watch=mark(
            "Three hundred times the usual learning rate: watch the loss jump up in the very first steps and then stay "
            "near 2.3, which is what pure guessing among ten classes gives."
        ),
        changes=MappingProxyType({"learning_rate": 0.3, "train_size": 10_000, "epochs": 2}),
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.code: preset for preset in _ALL})
"""Every preset by its code, in the order of the page."""


def preset_of(config: TrainConfig) -> str | None:
    """The code of the preset with these settings; None for the visitor's own settings."""
    return next((code for code, preset in PRESETS.items() if preset.fits(config)), None)
