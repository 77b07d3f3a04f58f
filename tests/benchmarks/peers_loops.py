"""The seed's network and its training, written in each common way; one process runs one of them.

python -m tests.benchmarks.peers_loops NAME reads numbers of steps, one per line, makes each block and prints its
seconds.

All train Conv 32 × 3 × 3, Dense 128, Dense 10 with Adam at 0.001, float32, batches of 32 in an order drawn beforehand;
each gets its images as its users usually provide them. Tracing and compiling end before the first line is printed.
Besides TensorFlow: `jax` needs jax and optax, `torch` needs torch and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

MNIST = Path(__file__).parents[2] / "lib" / "core" / "data" / "mnist.npz"
BATCH = 32
STEPS_PER_CALL = 50
RATE = 0.001
FLAT, HIDDEN, CLASSES = 26 * 26 * 32, 128, 10
"""The convolution's outputs per image, and the widths of the dense layers."""

Run = Callable[[NDArray[np.int32]], object]
"""Makes a step for each row of an order, int32 (steps, BATCH), and waits for the last step."""


class Course:
    """The batches, epoch after epoch, each in a new order."""

    def __init__(self, size: int) -> None:
        self.size, self.random = size, np.random.default_rng(0)
        self.rest = np.empty((0, BATCH), np.int32)

    def take(self, steps: int) -> NDArray[np.int32]:
        """The next `steps` batches: int32 (steps, BATCH)."""
        while len(self.rest) < steps:
            epoch = self.random.permutation(self.size).astype(np.int32)[: self.size // BATCH * BATCH]
            self.rest = np.concatenate([self.rest, epoch.reshape(-1, BATCH)])
        taken, self.rest = self.rest[:steps], self.rest[steps:]
        return taken


def digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """MNIST's training images, uint8 (60000, 28, 28), and labels, uint8 (60000,)."""
    with np.load(MNIST, allow_pickle=False) as arrays:
        return arrays["x_train"], arrays["y_train"]


def ours(**settings: Any) -> Callable[[], Run]:
    """The app's own trainer with these settings; it draws its batches itself."""

    def build() -> Run:
        from lib.core.data.dataset import load_images
        from lib.core.training.config import TrainConfig
        from lib.ml.training.trainer import Trainer

        config = TrainConfig(epochs=100, **settings)
        trainer = Trainer(config, load_images("mnist"))
        trainer.prepare()

        def run(order: NDArray[np.int32]) -> None:
            end = trainer.step + len(order)
            while trainer.step < end:
                trainer.advance(min(config.steps_per_call, end - trainer.step))

        return run

    return build


def seed() -> Run:
    """The seed's own graph loop; its tf.data draws the batches."""
    from lib.core.data.dataset import load_images
    from tests.benchmarks.seed_loop import seed_loop

    block = seed_loop(load_images("mnist"))
    return lambda order: block(len(order))


def keras_fit(jit_compile: bool) -> Callable[[], Run]:
    """`Model.fit` over arrays, many steps in each execution."""

    def build() -> Run:
        import tensorflow as tf
        from tensorflow.keras import layers

        x, y = digits()
        pixels = x[..., np.newaxis].astype(np.float32) / 255
        model = tf.keras.Sequential([
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(HIDDEN, activation="relu"),
            layers.Dense(CLASSES),
        ])  # fmt: skip
        loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        adam = tf.keras.optimizers.Adam(RATE)
        model.compile(adam, loss, metrics=["accuracy"], jit_compile=jit_compile, steps_per_execution=STEPS_PER_CALL)

        def run(order: NDArray[np.int32]) -> None:
            rows = order.reshape(-1)
            model.fit(pixels[rows], y[rows], batch_size=BATCH, shuffle=False, verbose=0)

        return run

    return build


def session() -> Run:
    """TensorFlow 1: a graph of placeholders, fed by a Session."""
    import tensorflow.compat.v1 as v1

    v1.disable_eager_execution()
    x, y = digits()
    scaled = x[..., np.newaxis].astype(np.float32) / 255
    pixels, labels = v1.placeholder(v1.float32, [None, 28, 28, 1]), v1.placeholder(v1.int32, [None])

    def variable(name: str, *shape: int):
        start = v1.glorot_uniform_initializer() if len(shape) > 1 else v1.zeros_initializer()
        return v1.get_variable(name, shape, initializer=start)

    patterns = v1.nn.relu(v1.nn.conv2d(pixels, variable("k", 3, 3, 1, 32), padding="VALID") + variable("kb", 32))
    hidden = v1.nn.relu(v1.reshape(patterns, [-1, FLAT]) @ variable("w", FLAT, HIDDEN) + variable("wb", HIDDEN))
    logits = hidden @ variable("v", HIDDEN, CLASSES) + variable("vb", CLASSES)
    loss = v1.reduce_mean(v1.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    move = v1.train.AdamOptimizer(RATE, epsilon=1e-7).minimize(loss)
    running = v1.Session()
    running.run(v1.global_variables_initializer())

    def run(order: NDArray[np.int32]) -> None:
        for rows in order:
            running.run([move, loss], {pixels: scaled[rows], labels: y[rows]})

    return run


def jax_jit() -> Run:
    """A pure function of weights and batch, compiled as a whole; weights and Adam's moments are donated."""
    import jax
    import jax.numpy as jnp
    import optax

    pixels, labels = (jnp.asarray(part) for part in digits())
    keys, glorot = jax.random.split(jax.random.key(0), 3), jax.nn.initializers.glorot_uniform()
    weights = {
        "k": glorot(keys[0], (3, 3, 1, 32)),
        "kb": jnp.zeros(32),
        "w": glorot(keys[1], (FLAT, HIDDEN)),
        "wb": jnp.zeros(HIDDEN),
        "v": glorot(keys[2], (HIDDEN, CLASSES)),
        "vb": jnp.zeros(CLASSES),
    }
    adam = optax.adam(RATE)

    def loss_of(w, rows):
        images = pixels[rows][..., None].astype(jnp.float32) / 255
        layout = jax.lax.conv_dimension_numbers(images.shape, w["k"].shape, ("NHWC", "HWIO", "NHWC"))
        patterns = jax.nn.relu(jax.lax.conv_general_dilated(images, w["k"], (1, 1), "VALID", dimension_numbers=layout))
        hidden = jax.nn.relu((patterns + w["kb"]).reshape(BATCH, FLAT) @ w["w"] + w["wb"])
        logits = hidden @ w["v"] + w["vb"]
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels[rows]).mean()

    def step(w, memory, rows):
        loss, slopes = jax.value_and_grad(loss_of)(w, rows)
        moves, memory = adam.update(slopes, memory)
        return optax.apply_updates(w, moves), memory, loss

    compiled = jax.jit(step, donate_argnums=(0, 1))
    state = [weights, adam.init(weights)]

    def run(order: NDArray[np.int32]) -> None:
        for rows in order:
            *state[:], loss = compiled(*state, rows)
        jax.block_until_ready(loss)

    return run


def torch_fused() -> Run:
    """PyTorch's usual loop, with its fused Adam."""
    import torch
    from torch import nn

    x, y = digits()
    pixels, labels = torch.from_numpy(x).unsqueeze(1), torch.from_numpy(y).long()
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Flatten(), nn.Linear(FLAT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)
    )
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    error = nn.CrossEntropyLoss()

    def run(order: NDArray[np.int32]) -> None:
        for rows in torch.from_numpy(order).long():
            adam.zero_grad()
            loss = error(model(pixels[rows].float() / 255), labels[rows])
            loss.backward()
            adam.step()
        loss.item()

    return run


LOOPS: Mapping[str, Callable[[], Run]] = {
    "seed": seed,
    "ours": ours(),
    "ours-xla": ours(execution="xla"),
    "ours-bfloat16": ours(precision="mixed_bfloat16"),
    "keras-fit": keras_fit(jit_compile=False),
    "keras-fit-xla": keras_fit(jit_compile=True),
    "session": session,
    "jax": jax_jit,
    "torch": torch_fused,
}
"""Every way to write the loop, by name."""


def main() -> None:
    run = LOOPS[sys.argv[1]]()
    course = Course(60_000)
    # Each kind of call once, whole and cut short, so that nothing is traced or compiled in a block that counts.
    run(course.take(STEPS_PER_CALL))
    for line in sys.stdin:
        order = course.take(int(line))
        started = time.perf_counter()
        run(order)
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
