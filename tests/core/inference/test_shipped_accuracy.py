"""What the model that ships makes of MNIST's test images is the number that pages name."""

import numpy as np

from lib.core.data.dataset import load_images
from lib.core.inference.litert import SHIPPED_RIGHT, in_parts, shipped


def test_it_reads_as_many_of_mnists_test_images_right_as_pages_say() -> None:
    images, (network, weights) = load_images("mnist"), shipped()
    answers = [network.predict(weights, part).probabilities.argmax(axis=1) for part in in_parts(images.x_test)]
    # Processors round differently, which may turn an answer that is a toss-up.
    assert abs(int((np.concatenate(answers) == images.y_test).sum()) - SHIPPED_RIGHT) <= 2
