"""The parts of a run's script that train: of each, the lines that its settings need.

What they calculate is what `lib.ml.training` calculates; what is only there for speed (many steps in one call, images
that stay on the device) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from lib.core.i18n import Translate
from lib.core.training.config import TrainConfig
from lib.core.training.events import RateChanged
from lib.core.training.schedule import FIRST, LAST, WARM_UP
from lib.core.training.shuffling import trained_on

ADAM = ("adam", "adamw")
TEST_BATCH = 500
"""As many test images at a time as the app takes."""


def loading(config: TrainConfig, _: Translate) -> str:
    """The images, and how many of them are trained on."""
    size, trained = config.train_size, trained_on(config.train_size, config.validation_split)
    lines = [
        f"{config.dataset} = tf.keras.datasets.{config.dataset}",
        "",
        f"(x_train, y_train), (x_test, y_test) = {config.dataset}.load_data()",
    ]
    if size < 60_000:
        lines += [f"x_train, y_train = x_train[:{size}], y_train[:{size}]"]
    lines += [
        *scaling(config, _),
        "",
        "# " + _("Adds a channel axis."),
        "x_train = x_train[..., tf.newaxis]",
        "x_test = x_test[..., tf.newaxis]",
        "",
    ]
    if trained < size:
        lines += [
            "# " + _("The last images are held out."),
            f"x_val, y_val = x_train[{trained}:], y_train[{trained}:]",
            f"x_train, y_train = x_train[:{trained}], y_train[:{trained}]",
            f"val_ds = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch({TEST_BATCH})",
        ]
    lines.append(f"test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch({TEST_BATCH})")
    return "\n".join(lines)


def scaling(config: TrainConfig, _: Translate) -> list[str]:
    """Pixels from 0 to 1. TensorFlow makes a product of the division by 255 where the app has it in a graph."""
    if config.execution == "eager":
        return ["x_train, x_test = x_train / np.float32(255), x_test / np.float32(255)"]
    return [
        "# " + _("A product, as a graph makes it of / 255.0."),
        "x_train, x_test = x_train * np.float32(1 / 255), x_test * np.float32(1 / 255)",
    ]


FUSED = """\
class FusedAdam(tf.keras.optimizers.Adam):
    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=learning_rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )


"""


def optimizer(config: TrainConfig, _: Translate) -> str:
    """The loss and the optimizer, and the means over an epoch."""
    rate = repr(config.learning_rate)
    made = {
        "adam": f"FusedAdam({rate})",
        "adamw": f"FusedAdam({rate}, weight_decay=0.004)",
        "sgd": f"tf.keras.optimizers.SGD({rate})",
        "momentum": f"tf.keras.optimizers.SGD({rate}, momentum=0.9)",
        "rmsprop": f"tf.keras.optimizers.RMSprop({rate})",
    }
    why = _("Keras’ Adam as one operation per variable, as in the run: the same rule, other last digits.")
    fused = f"# {why}\n{FUSED}" if config.optimizer in ADAM else ""
    parts = ["train", "test", *(["val"] if is_held_out(config) else [])]
    means = "".join(
        f'{part}_loss = tf.keras.metrics.Mean(name="{part}_loss")\n'
        f'{part}_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="{part}_accuracy")\n'
        for part in parts
    )
    return (
        f"{fused}loss_object = tf.keras.losses.SparseCategoricalCrossentropy()\n\n"
        f"optimizer = {made[config.optimizer]}\noptimizer.build(model.trainable_variables)\n\n{means}"
    ).rstrip()


def is_held_out(config: TrainConfig) -> bool:
    return trained_on(config.train_size, config.validation_split) < config.train_size


SIGNATURE = "signature = [tf.TensorSpec((None, 28, 28, 1)), tf.TensorSpec((None,), tf.uint8)]"


def steps(config: TrainConfig, _: Translate) -> str:
    """The two steps, in the run's way of execution; a test is a graph where training is compiled by XLA.

    With the sizes of the first batch in the graph, TensorFlow would simplify it in another way than the app's.
    """
    graph, xla = (
        "@tf.function(input_signature=signature)\n",
        "@tf.function(input_signature=signature, jit_compile=True)\n",
    )
    train, test = {"eager": ("", ""), "graph": (graph, graph), "xla": (xla, graph)}[config.execution]
    open_sizes = "# " + _("The number of images stays open: the last batch may be smaller.") + f"\n{SIGNATURE}\n\n\n"
    while_training, while_testing = (", training=True", ", training=False") if behaves_otherwise(config) else ("", "")
    return f"""\
{open_sizes if graph in (train, test) else ""}{train}def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images{while_training})
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


{test}def test_step(images, labels):
    predictions = model(images{while_testing})
    return loss_object(labels, predictions), predictions"""


def behaves_otherwise(config: TrainConfig) -> bool:
    """Whether a layer does in training what it does not in a test."""
    return bool(config.dropout) or config.network == "fast"


def order(config: TrainConfig, _: Translate) -> str:
    """The order of the images in each epoch."""
    size = trained_on(config.train_size, config.validation_split)
    if config.shuffle_buffer >= size:
        return f"def order_of(epoch):\n    return np.random.default_rng(({config.seed}, epoch)).permutation({size})"
    if config.shuffle_buffer == 1:
        return f"def order_of(epoch):\n    return np.arange({size})"
    why = _("Draws from a buffer of {buffer} images, like tf.data’s shuffle, and the same in every run.")
    return f"""\
# {why.format(buffer=f"{config.shuffle_buffer:,}")}
def order_of(epoch):
    random = np.random.default_rng(({config.seed}, epoch))
    buffer = list(range({config.shuffle_buffer}))
    drawn = []
    for image, place in enumerate(random.integers(len(buffer), size={size} - len(buffer)), start=len(buffer)):
        drawn.append(buffer[place])
        buffer[place] = image
    return np.concatenate([np.array(drawn), random.permutation(buffer)])"""


def rates(config: TrainConfig, changes: Sequence[RateChanged], _: Translate) -> list[str]:
    """The learning rate of every step, if it is not always the same."""
    if config.schedule == "constant" and not changes:
        return []
    size = trained_on(config.train_size, config.validation_split)
    total = -(-size // min(config.batch_size, size)) * config.epochs
    shapes = {
        "constant": f"shape = np.ones({total})",
        "cosine": f"shape = (1 + np.cos(np.pi * np.arange({total}) / {total})) / 2",
        "one_cycle": f"up = np.linspace({FIRST!r}, 1, {int(total * WARM_UP)}, endpoint=False)\n"
        f"down = (1 + np.cos(np.linspace(0, np.pi, {total - int(total * WARM_UP)}))) / 2\n"
        f"shape = np.concatenate([up, {LAST!r} + {1 - LAST!r} * down])",
    }
    lines = [
        "# " + _("The learning rate of every step."),
        shapes[config.schedule],
        f"rates = np.float32({config.learning_rate!r} * shape)",
    ]
    if changes:
        lines.append("# " + _("It was changed by hand during the run."))
    lines += [
        f"rates[{change.step}:] = np.float32({change.learning_rate!r} * shape[{change.step}:])" for change in changes
    ]
    return [*lines, ""]


def training(config: TrainConfig, is_changed: bool, _: Translate) -> str:
    """The loop over the epochs."""
    size = trained_on(config.train_size, config.validation_split)
    parts = ["test", *(["val"] if is_held_out(config) else [])]
    paced = config.schedule != "constant" or is_changed
    ends = endings(config, parts[-1])
    lines = [
        f"EPOCHS = {config.epochs}",
        f"BATCH = {min(config.batch_size, size)}",
        "",
        "losses = []",
        *(["lowest, waited = np.inf, 0"] if config.patience else []),
        "",
        "for epoch in range(EPOCHS):",
        indent("for metric in (" + ", ".join(f"{p}_loss, {p}_accuracy" for p in ["train", *parts]) + "):", "    "),
        "        metric.reset_state()",
        "",
        "    order = order_of(epoch)",
        "    for start in range(0, len(order), BATCH):",
        "        rows = order[start : start + BATCH]",
        *(["        optimizer.learning_rate = rates[len(losses)]"] if paced else []),
        "        loss, predictions = train_step(x_train[rows], y_train[rows])",
        "        losses.append(float(loss))",
        "        train_loss.update_state(loss, sample_weight=len(rows))",
        "        train_accuracy.update_state(y_train[rows], predictions)",
        *(line for part in parts for line in look(part)),
        "",
        *printing(parts, _),
        *ends,
    ]
    return "\n".join(lines)


def look(part: str) -> list[str]:
    """The loop over the test images, or those held out."""
    return [
        "",
        f"    for images, labels in {part}_ds:",
        "        loss, predictions = test_step(images, labels)",
        f"        {part}_loss.update_state(loss, sample_weight=len(labels))",
        f"        {part}_accuracy.update_state(labels, predictions)",
    ]


def printing(parts: Sequence[str], _: Translate) -> list[str]:
    """The notes' line after each epoch."""
    words = _("epoch: {}, loss: {}, accuracy: {}, test loss: {}, test accuracy: {}")
    if "val" in parts:
        words = _(
            "epoch: {}, loss: {}, accuracy: {}, test loss: {}, test accuracy: {}, "
            "validation loss: {}, validation accuracy: {}"
        )
    results = [f"        {part}_loss.result(),\n        {part}_accuracy.result() * 100," for part in ["train", *parts]]
    return [f'    template = "{words}"', "    print(template.format(", "        epoch + 1,", *results, "    ))"]


def endings(config: TrainConfig, watched: str) -> list[str]:
    """What ends the run early."""
    lines = []
    if config.target_accuracy:
        lines += [f"    if {watched}_accuracy.result() >= {config.target_accuracy!r}:", "        break"]
    if config.patience:
        lines += [
            f"    waited = 0 if {watched}_loss.result() < lowest else waited + 1",
            f"    lowest = min(lowest, {watched}_loss.result())",
            f"    if waited == {config.patience}:",
            "        break",
        ]
    return ["", *lines] if lines else []
