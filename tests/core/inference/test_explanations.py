"""Pictures of a network's answer to a drawing: each number is at its right place."""

import numpy as np
import pytest

from lib.core.data.dataset import SIDE
from lib.core.inference import explanations


@pytest.mark.parametrize("count", [1, 15, 16, 17, 64])
def test_a_grid_shows_every_map_once_in_order(count: int) -> None:
    maps = np.zeros((5, 4, count), np.float32)
    maps[...] = np.arange(count)
    grid = explanations.feature_grid(maps)
    columns = min(16, count)
    assert grid.shape == (-(-count // columns) * 6 - 1, columns * 5 - 1)
    for k in range(count):
        y, x = k // columns * 6, k % columns * 5
        assert np.abs(grid[y : y + 5, x : x + 4] - 255 * k / max(count - 1, 1)).max() < 0.51


def test_only_patches_with_ink_are_covered_and_only_they() -> None:
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[10:18, 13] = 200
    images, places = explanations.covered(image)
    assert len(images) == len(places) > 4
    for one, (y, x) in zip(images, places, strict=True):
        patch = np.zeros_like(image, bool)
        patch[y : y + explanations.PATCH, x : x + explanations.PATCH] = True
        assert (one[patch] == 0).all()
        assert (one[~patch] == image[~patch]).all()
        assert image[patch].any()
    assert len(explanations.covered(np.zeros((SIDE, SIDE), np.uint8))[0]) == 0


def test_a_map_of_equal_losses_is_flat_where_something_was_covered() -> None:
    shown = explanations.occlusion_map(np.array([[0, 0], [2, 2]]), np.array([0.5, 0.5], np.float32))
    assert set(np.unique(shown)) == {0, np.float32(0.5)}
    assert (shown > 0).sum() == 2 * explanations.PATCH**2 - (explanations.PATCH - 2) ** 2


def test_a_mean_lacks_nothing_of_itself_and_everything_of_its_opposite() -> None:
    images = np.zeros((4, SIDE, SIDE), np.uint8)
    images[:2, 5:9], images[2:, 20:24] = 255, 255
    means = explanations.mean_images(images, np.array([3, 3, 8, 8], np.uint8))
    assert explanations.missing_and_extra(images[0], means[3]) == (0, 0)
    assert explanations.missing_and_extra(images[0], means[8]) == (1, 1)
    assert means[0].max() == 0


def test_colours_follow_the_sign() -> None:
    blue, light, red = explanations.coloured(np.array([[-2.0, 0.0, 2.0]], np.float32), 2.0)[0]
    assert tuple(blue) == explanations.NEGATIVE
    assert tuple(light) == explanations.NOTHING
    assert tuple(red) == explanations.POSITIVE
    assert (explanations.coloured(np.zeros((2, 2), np.float32), 0.0) == explanations.NOTHING).all()
