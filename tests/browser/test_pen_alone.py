"""The browser's own reading of a drawing equals the server's: the same files, in a page with nothing else."""

import gzip
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from lib.core.drawing.preprocess import STEPS, prepare
from lib.core.inference.litert import network_of, shipped
from lib.core.inference.portable import Portable, run_portable, shipped_portable
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.ui.shell.web_server import ASSETS
from tests.browser.drawn_thousand import DRAWINGS, drawings, pictures, read_by_server
from tests.browser.visiting import new_context

CLOSE = 2e-3
HERE = "http://pen.test"
SCRIPTS = ("prepare_drawing.js", "run_network.js", "break_network.js")
READ_ALL = """async ({ layers, sizes, steps }) => {
  const { look, prepared } = await import("/prepare_drawing.js");
  const { network } = await import("/run_network.js");
  const bytes = async (name) => new Response(
    (await fetch(name)).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const read = network(layers, await bytes("/weights")), pixels = new Uint8Array(await bytes("/drawings"));
  let at = 0;
  return sizes.map(([h, w], k) => {
    const drawn = look({ h, w, d: pixels.slice(at, at += h * w) });
    const image = drawn && prepared(drawn, steps[k]).d;
    return drawn && { image: [...image], probabilities: [...read(image)] };
  });
}"""
READ_IMAGES = """async ({ layers, images }) => {
  const { network } = await import("/run_network.js");
  const weights = await new Response(
    (await fetch("/weights")).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const read = network(layers, weights);
  return images.map((image) => [...read(image)]);
}"""

READ_BROKEN = """async ({ layers, images, ways }) => {
  const { running, weightsIn } = await import("/run_network.js");
  const { broken } = await import("/break_network.js");
  const weights = weightsIn(await new Response(
    (await fetch("/weights")).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  return ways.map((how) => {
    const read = running(layers, broken(layers, weights, how));
    return images.map((image) => [...read(image)]);
  });
}"""
WAYS_TO_BREAK = [
    {"layer": layer, "filter": number, "noise": noise, "seed": seed, "biases": biases}
    for layer, number, noise, seed, biases in (
        ("", 0, 0, 1, True),
        ("conv2", 0, 0, 1, True),
        ("conv1", 3, 0, 1, True),
        ("d1", 7, 0, 1, True),
        ("d2", 0, 0, 1, True),
        ("", 0, 0, 1, False),
        ("", 0, 0.3, 1, True),
        ("", 0, 0.3, 2, True),
        ("conv3", 5, 0.6, 1, False),
    )
]


@pytest.fixture
def bare(browser) -> Iterator[Page]:
    """A page that serves the scripts alone."""
    page = new_context(browser).new_page()
    page.route(f"{HERE}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    for name in SCRIPTS:
        page.route(f"{HERE}/{name}", serving(ASSETS[name].read_bytes(), "text/javascript"))
    page.goto(HERE)
    yield page
    page.context.close()


def serving(body: bytes, kind: str = "application/octet-stream"):
    def serve(route: Route) -> None:
        route.fulfill(body=body, content_type=kind)

    return serve


def give(page: Page, portable: Portable) -> None:
    page.route(f"{HERE}/weights", serving(gzip.compress(portable.weights, 1)))


def test_a_thousand_drawings_are_read_as_the_server_reads_them(bare: Page) -> None:
    """Every tenth drawing is prepared with some steps left out."""
    random = np.random.default_rng(21)
    network, weights = shipped()
    portable = shipped_portable(weights)
    steps = [[step for step in STEPS if k % 10 or random.random() < 0.5] for k in range(DRAWINGS)]
    give(bare, portable)
    bare.route(f"{HERE}/drawings", serving(gzip.compress(b"".join(one.tobytes() for one in pictures()), 1)))
    asked = {"layers": portable.layers, "sizes": [one.shape for one in pictures()], "steps": steps}
    found = bare.evaluate(READ_ALL, asked)
    ready = [
        whole if k % 10 else prepare(picture, steps[k])
        for k, (picture, whole) in enumerate(zip(pictures(), read_by_server(), strict=True))
    ]
    assert [one is None for one in found] == [one is None for one in ready]
    assert sum(one is None for one in ready) == DRAWINGS // 100
    images = np.stack([one.image for one in ready if one])
    seen = np.array([one["image"] for one in found if one]).reshape(images.shape)
    assert np.abs(seen - images.astype(int)).max() <= 1
    wanted = network.probabilities(weights, images)
    told = np.array([one["probabilities"] for one in found if one])
    assert np.abs(told - wanted).max() <= CLOSE
    assert (told.argmax(axis=1) == wanted.argmax(axis=1)).all()


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh", "sigmoid"])
@pytest.mark.parametrize("name", ["seed", "mlp", "lenet", "fast"])
def test_every_network_says_in_the_browser_what_it_says_here(name: str, activation: str, bare: Page) -> None:
    config = TrainConfig(network=name, activation=activation, filters=8, dense_units=24)
    random = np.random.default_rng(22)
    weights = {
        part: np.abs(random.normal(0, 0.5, shape)).astype(np.float32) + 0.1
        if part.endswith("variance")
        else random.normal(0, 0.15, shape).astype(np.float32)
        for part, shape in weight_shapes(config).items()
    }
    portable = run_portable(config, weights)
    assert portable is not None
    images = random.integers(0, 256, (20, 28, 28)) * (random.random((20, 28, 28)) < 0.2)
    give(bare, portable)
    told = bare.evaluate(READ_IMAGES, {"layers": portable.layers, "images": images.reshape(20, -1).tolist()})
    wanted = network_of(config).probabilities(weights, images.astype(np.uint8))
    assert np.abs(np.array(told) - wanted).max() <= 2 * CLOSE


def evenly(seed: int, places: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1 by MurmurHash3's finaliser, as `break_network.js` draws them."""
    k = np.uint32(seed * 0x9E3779B9 % 2**32) + places.astype(np.uint32)
    k = (k ^ (k >> 16)) * np.uint32(0x85EBCA6B)
    k = (k ^ (k >> 13)) * np.uint32(0xC2B2AE35)
    return ((k ^ (k >> 16)) + 0.5) / 2**32


def broken(weights: dict[str, np.ndarray], how: dict[str, Any]) -> dict[str, np.ndarray]:
    """The shipped model's weights, float32, with something broken: noise, then biases, then a layer or filter."""
    found, start = {}, 0
    for layer in ("conv1", "conv2", "conv3", "conv4", "d1", "d2"):
        kernel, bias = (weights[f"{layer}/{part}"].copy() for part in ("kernel", "bias"))
        places = np.arange(start, start + kernel.size)
        normal = np.sqrt(-2 * np.log(evenly(how["seed"], 2 * places)))
        normal *= np.cos(2 * np.pi * evenly(how["seed"], 2 * places + 1))
        size = np.sqrt(np.mean(kernel.astype(float) ** 2))
        kernel += (how["noise"] * size * normal.reshape(kernel.shape)).astype(np.float32)
        bias *= how["biases"]
        if layer == how["layer"]:
            silent = slice(how["filter"] - 1, how["filter"]) if how["filter"] else slice(None)
            kernel[..., silent] = bias[silent] = 0
        start += kernel.size + bias.size
        found |= {f"{layer}/kernel": kernel, f"{layer}/bias": bias}
    return found


def test_what_is_broken_in_the_browser_says_what_it_says_here(bare: Page) -> None:
    """Each way to break the shipped model, on drawings: the same answers, and noise is normal and follows its seed."""
    network, weights = shipped()
    portable = shipped_portable(weights)
    images = np.stack([one.image for one in map(prepare, drawings(40)) if one])
    give(bare, portable)
    asked = {"layers": portable.layers, "images": images.reshape(len(images), -1).tolist(), "ways": WAYS_TO_BREAK}
    told = np.array(bare.evaluate(READ_BROKEN, asked))
    wanted = np.stack([network.probabilities(broken(weights, how), images) for how in WAYS_TO_BREAK])
    assert np.abs(told - wanted).max() <= CLOSE
    whole, *others = told
    assert all(np.abs(other - whole).max() > 10 * CLOSE for other in others), "each way changes some answer"
    assert np.allclose(told[4], 0.1), "nothing comes out of the last layer: all are equally likely"
    assert np.abs(told[6] - told[7]).max() > 10 * CLOSE, "other noise"
    drawn = np.sqrt(-2 * np.log(evenly(1, np.arange(0, 20_000, 2))))
    drawn *= np.cos(2 * np.pi * evenly(1, np.arange(1, 20_000, 2)))
    assert abs(drawn.mean()) < 0.04
    assert abs(drawn.std() - 1) < 0.03


def test_weights_that_float16_cannot_hold_stay_with_the_server() -> None:
    config = TrainConfig(network="mlp", dense_units=16)
    weights = {name: np.full(shape, 1e5, np.float32) for name, shape in weight_shapes(config).items()}
    assert run_portable(config, weights) is None
