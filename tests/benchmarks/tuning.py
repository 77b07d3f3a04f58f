"""What fine-tuning on own digits gains, and what it forgets: python -m tests.benchmarks.tuning [--network fast]

A network is trained on MNIST, then tuned on 20 and on 100 digits of a new handwriting, each set separately, exactly
like a visitor's run. Before and after, it is tested on 1,000 other digits of the same handwriting, more than any
visitor keeps, and on MNIST's test images.

mirrored    MNIST's digits in a mirror: the hardest, for a mirrored 2 looks much like a 5
slanted     leaning to the right by 31 degrees
thin        a pixel eaten away from both sides of each stroke
pen         44 people on a tablet (`tests.benchmarks.handwriting`), prepared as every drawing is
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from PIL import Image, ImageFilter

from lib.core.data.dataset import SIDE, Bytes, Images, load_images
from lib.core.drawing.preprocess import prepare
from lib.core.inference.litert import LiteNetwork, Weights, network_of
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import InitialWeights, tuned_config
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.core.training.presets import FASTEST
from lib.ml.training.loop import train
from tests.benchmarks.handwriting import pen
from tests.benchmarks.reporting import load, machine, versions

BASES: Mapping[str, TrainConfig] = {
    "fast": TrainConfig(**FASTEST, execution="xla"),
    "mlp": TrainConfig(network="mlp", epochs=3, execution="xla"),
    "notes": TrainConfig(epochs=3, execution="xla"),
}
LEARNED = (20, 100)
TESTED = 1000
PEN_DIGITS = 2000


@cache
def mnist() -> Images:
    return load_images("mnist")


def rewritten(change: Callable[[Bytes], Bytes]) -> Digits:
    """Test images that hardly influence MNIST's own accuracy, all changed in the same way."""
    some = np.random.default_rng(0).permutation(len(mnist().y_test))[: TESTED + max(LEARNED)]
    return Digits(images=np.stack([change(image) for image in mnist().x_test[some]]), labels=mnist().y_test[some])


def slanted(image: Bytes) -> Bytes:
    lean = 0.6
    lines = (1, lean, -lean * (SIDE - 1) / 2, 0, 1, 0)
    bent = Image.fromarray(image).transform((SIDE, SIDE), Image.Transform.AFFINE, lines, Image.Resampling.BILINEAR)
    return np.asarray(bent)


def thin(image: Bytes) -> Bytes:
    return np.asarray(Image.fromarray(image).filter(ImageFilter.MinFilter(3)))


def from_a_tablet() -> Digits:
    drawings = [(prepare(one.picture), one.label) for one in itertools.islice(pen(seen=True), PEN_DIGITS)]
    read = [(prepared.image, label) for prepared, label in drawings if prepared is not None]
    order = np.random.default_rng(0).permutation(len(read))[: TESTED + max(LEARNED)]
    return Digits(
        images=np.stack([read[place][0] for place in order]),
        labels=np.array([read[place][1] for place in order], np.uint8),
    )


HANDS: Mapping[str, Callable[[], Digits]] = {
    "mirrored": lambda: rewritten(lambda image: image[:, ::-1]),
    "slanted": lambda: rewritten(slanted),
    "thin": lambda: rewritten(thin),
    "pen": from_a_tablet,
}


def newest_weights(config: TrainConfig, tuned: InitialWeights | None = None) -> Weights:
    events = train(config, mnist(), tuned=tuned)
    return [event.weights for event in events if isinstance(event, Checkpoint)][-1]


def read_right(network: LiteNetwork, weights: Weights, images: Bytes, labels: Bytes) -> float:
    return float(np.mean(network.probabilities(weights, images).argmax(axis=1) == labels))


def tuned_rows(name: str, config: TrainConfig, weights: Weights, network: LiteNetwork) -> None:
    """Prints a line for each handwriting and number of digits."""

    def both(weights: Weights, others: Digits) -> str:
        own = read_right(network, weights, others.images, others.labels)
        test = read_right(network, weights, mnist().x_test, mnist().y_test)
        return f"own {own * 100:5.1f} %  MNIST {test * 100:5.2f} %"

    for (hand, written), count in itertools.product(HANDS.items(), LEARNED):
        digits = written()
        others = digits.some(np.arange(max(LEARNED), len(digits)))
        began = time.perf_counter()
        beginning = InitialWeights(digits=digits.some(np.arange(count)), weights=weights)
        after = newest_weights(tuned_config(config), beginning)
        took = time.perf_counter() - began
        words = f"before: {both(weights, others)}   after: {both(after, others)}   {took:.0f} s"
        print(f"{name:6} {hand:9} {count:4} digits  {words}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--network", choices=list(BASES), action="append", help="all unless named")
    given = options.parse_args()
    print(machine(), versions("tensorflow", "numpy"), f"before: {load()}", sep="\n")
    for name in given.network or BASES:
        config = BASES[name]
        tuned_rows(name, config, newest_weights(config), network_of(config))
    print(f"after: {load()}")


if __name__ == "__main__":
    main()
