"""The settings of one training run: one frozen value that every part of the app reads.

Widgets, validation, links, database rows, files and the command line all come from the fields of `TrainConfig`. Their
order, bounds, defaults, labels and help are defined only here, and so are the facts that other parts need about a
setting (`lib.core.settings.Setting`). A new setting is a field here, the code that reads it, and its Korean texts.

    slider ──▶ TrainConfig ──▶ store ──▶ worker ──▶ train(config, data)
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.core.errors import Refusal
from lib.core.i18n import Translate, mark, untranslated
from lib.core.incoming import FileError, take_in_json
from lib.core.settings import UNLIKE, Setting, read_values
from lib.core.untrusted import beginning


class SettingError(Refusal):
    """A refused value of a setting: which field, which value, what would be right."""

    def __init__(self, name: str, value: object) -> None:
        self.name, self.value = name, value
        super().__init__()

    def sentence(self, _: Translate = untranslated) -> str:
        """The refusal as one sentence in the language of `_`."""
        setting = SETTINGS.get(self.name)
        if setting is None:
            return _("There is no setting named {name}.").format(name=beginning(self.name))
        return _("{label} ({name}) must be {bounds}, but {value} was given.").format(
            label=setting.title(_), name=self.name, bounds=setting.bounds(_), value=beginning(repr(self.value))
        )


def _choice(default: str, options: Mapping[str, str], **about: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(kind=str, options=options, **about)})


def _whole(default: int, low: int, high: int, **about: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(kind=int, low=low, high=high, **about)})


def _real(default: float, low: float, high: float, **about: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(kind=float, low=low, high=high, **about)})


DATA, NETWORK, LEARNING, MACHINE, ENDING = "data", "network", "learning", "machine", "ending"
GROUPS: Mapping[str, str] = {
    DATA: mark("Data"),
    NETWORK: mark("Network"),
    LEARNING: mark("Learning"),
    MACHINE: mark("Execution"),
    ENDING: mark("Ending early"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Every setting of a training run. The defaults are the notes': its training, its data, its `tf.function`.

    Raises `SettingError` for the first refused value.
    """

    network: str = _choice(
        "seed",
        {
            "seed": mark("MyModel of the notes"),
            "mlp": mark("Dense only (MLP)"),
            "lenet": mark("LeNet style"),
            "fast": mark("Small and strided"),
        },
        label=mark("Network"),
        help=mark("The layers that turn an image into ten probabilities."),
        group=NETWORK,
        speed=UNLIKE,
    )
    epochs: int = _whole(
        5,
        1,
        100,
        label=mark("Epochs"),
        help=mark("How often the whole training set is gone through."),
        group=LEARNING,
        rebuilds=False,
        finetuned=4,
    )
    batch_size: int = _whole(
        32,
        1,
        10_000,
        label=mark("Batch size"),
        help=mark("Images per training step. Larger batches make fewer, smoother steps."),
        group=LEARNING,
        speed=2.0,
        finetuned=32,
    )
    learning_rate: float = _real(
        1e-3,
        1e-6,
        10.0,
        step=1e-4,
        by_factor=True,
        label=mark("Learning rate"),
        help=mark("How far one step moves the weights. Too high and the loss explodes, too low and it crawls."),
        group=LEARNING,
        rebuilds=False,
    )
    optimizer: str = _choice(
        "adam",
        {"adam": "Adam", "sgd": "SGD", "momentum": mark("SGD with momentum"), "rmsprop": "RMSprop", "adamw": "AdamW"},
        label=mark("Optimizer"),
        help=mark("The rule that turns gradients into a change of the weights."),
        group=LEARNING,
        speed=2.0,
    )
    schedule: str = _choice(
        "constant",
        {"constant": mark("Constant"), "cosine": mark("Cosine"), "one_cycle": mark("One cycle")},
        label=mark("Learning rate schedule"),
        help=mark("How the learning rate changes over the run; the learning rate above is its highest value."),
        group=LEARNING,
        advanced=True,
        rebuilds=False,
        finetuned="cosine",
    )
    execution: str = _choice(
        "graph",
        {"eager": mark("Eager"), "graph": mark("Graph"), "xla": "XLA"},
        label=mark("Execution"),
        help=mark(
            "The same training step, wrapped three ways: run line by line (eager), "
            "as a graph (tf.function), or as a graph compiled by XLA."
        ),
        group=MACHINE,
        speed=UNLIKE,
        incidental=True,
    )
    steps_per_call: int = _whole(
        25,
        1,
        1000,
        label=mark("Steps per call"),
        help=mark(
            "How many steps TensorFlow makes each time Python calls it; the calls are cut shorter where they would "
            "keep Stop waiting. With 1, every step returns to Python, as in the notes."
        ),
        group=MACHINE,
        advanced=True,
        rebuilds=False,
        speed=2.0,
        incidental=True,
    )
    precision: str = _choice(
        "float32",
        {"float32": "float32", "mixed_bfloat16": "mixed_bfloat16"},
        label=mark("Precision"),
        help=mark("The numbers that the layers calculate with; with mixed_bfloat16 the weights stay float32."),
        group=MACHINE,
        advanced=True,
        speed=UNLIKE,
    )
    dataset: str = _choice(
        "mnist",
        {"mnist": mark("MNIST digits"), "fashion_mnist": mark("Fashion-MNIST clothes")},
        label=mark("Data set"),
        help=mark("MNIST comes with the app. Fashion-MNIST is downloaded the first time it is used."),
        group=DATA,
    )
    train_size: int = _whole(
        60_000,
        1,
        60_000,
        step=1000,
        label=mark("Training images"),
        help=mark("How many of the 60,000 training images are used, counted from the first."),
        group=DATA,
        finetuned=16_000,
    )
    shuffle_buffer: int = _whole(
        10_000,
        1,
        60_000,
        step=1000,
        label=mark("Shuffle buffer"),
        help=mark("Images are drawn at random from a buffer of this many, as tf.data does it; 1 keeps their order."),
        group=DATA,
        advanced=True,
        rebuilds=False,
        finetuned=16_000,
    )
    filters: int = _whole(
        32,
        1,
        128,
        label=mark("Filters"),
        help=mark("Width of the convolutions: how many patterns each place of the image is searched for."),
        group=NETWORK,
        advanced=True,
        speed=4.0,
        unused_by=("mlp",),
    )
    dense_units: int = _whole(
        128,
        1,
        1024,
        label=mark("Dense units"),
        help=mark("Width of the hidden dense layer."),
        group=NETWORK,
        advanced=True,
        speed=4.0,
    )
    dropout: float = _real(
        0.0,
        0.0,
        0.9,
        step=0.05,
        label=mark("Dropout"),
        help=mark("Share of the hidden dense layer that is switched off at random in each step, against overfitting."),
        group=NETWORK,
        advanced=True,
    )
    activation: str = _choice(
        "relu",
        {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU"},
        label=mark("Activation"),
        help=mark("The bend after each hidden layer; without one, many layers would be no more than one."),
        group=NETWORK,
        advanced=True,
    )
    seed: int = _whole(
        0,
        0,
        2**31 - 1,
        label=mark("Random seed"),
        help=mark("Decides the first weights and the order of the images: the same seed gives the same run."),
        group=MACHINE,
        advanced=True,
        incidental=True,
    )
    validation_split: float = _real(
        0.0,
        0.0,
        0.5,
        step=0.05,
        label=mark("Validation part"),
        help=mark("Share of the training images, the last ones, that is held out and only looked at after each epoch."),
        group=ENDING,
        advanced=True,
        zero=mark("0 is off"),
        finetuned=0.0,
    )
    patience: int = _whole(
        0,
        0,
        100,
        label=mark("Early stopping patience"),
        help=mark(
            "Stop after this many epochs without a lower loss on the validation part, or on the test set without one."
        ),
        group=ENDING,
        advanced=True,
        zero=mark("0 is off"),
        rebuilds=False,
        finetuned=0,
    )
    target_accuracy: float = _real(
        0.0,
        0.0,
        1.0,
        step=0.01,
        label=mark("Target accuracy"),
        help=mark(
            "Stop after the epoch whose accuracy on the validation part, or on the test set without one, "
            "reaches this share, such as 0.98."
        ),
        group=ENDING,
        advanced=True,
        zero=mark("0 is off"),
        rebuilds=False,
        finetuned=0.0,
    )

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            if not setting.allows(getattr(self, name)):
                raise SettingError(name, getattr(self, name))

    def to_dict(self) -> dict[str, Any]:
        """Every field by name, as plain values for JSON."""
        return {name: getattr(self, name) for name in SETTINGS}

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their defaults, for a link."""
        default = TrainConfig()
        return {name: value for name, value in self.to_dict().items() if value != getattr(default, name)}


SETTINGS: Mapping[str, Setting] = {f.name: f.metadata["setting"] for f in dataclasses.fields(TrainConfig)}
"""Every setting by its field name, in the order of the page."""

HIGH_RATES: Mapping[str, float] = {"adam": 0.01, "adamw": 0.01, "rmsprop": 0.01, "momentum": 0.1, "sgd": 0.5}
"""Learning rates, by optimizer, above which the weights often explode; a tenth of them is usual."""


def settings_file(config: TrainConfig) -> str:
    """The settings as a file, which `settings_in` reads."""
    return json.dumps(config.to_dict(), indent=2)


def settings_in(data: bytes, name: str) -> Mapping[str, object]:
    """The content of a settings file of this name, by field name, for `read_config`. Raises FileError."""
    given = take_in_json(data, name)
    if not isinstance(given, dict):
        raise FileError(mark("The file {name} does not hold settings by name."), name=f"“{beginning(name)}”")
    return given


def read_config(
    given: Mapping[str, object], ignore: Callable[[str], bool] = lambda name: False
) -> tuple[TrainConfig, tuple[SettingError, ...]]:
    """The settings in `given` (texts or values by field name), and the refusals.

    A refused field keeps its default while the good ones apply. `ignore(name)` is true for names that are no settings
    (a link's `lang` and `run`).
    """
    meant = {name: text for name, text in given.items() if not ignore(name)}
    good, refused = read_values(meant, lambda _good: SETTINGS, lambda name, text, _setting: SettingError(name, text))
    return TrainConfig(**good), tuple(refused)
