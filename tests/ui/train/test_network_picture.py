"""The picture of a network shows every layer in order, its parameters, and the shape between it and the next."""

from xml.etree import ElementTree

import pytest

from lib.core.training.architectures import describe
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ui.train.network_picture import network_picture, shape_words


@pytest.mark.parametrize("network", list(SETTINGS["network"].options))
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_layers_and_shapes_stand_in_their_order(network: str, dropout: float) -> None:
    layers = describe(TrainConfig(network=network, dropout=dropout))
    drawn = ElementTree.fromstring(network_picture(layers))
    said = [text.text or "" for text in drawn.iter("text")]
    between = [word for layer in layers for word in (layer.kind, counted(layer.parameters), shape_words(layer.shape))]
    assert said == ["Image", "", "28 × 28 × 1", *between, "Ten classes", ""]
    assert all(f"{layer.kind} → {shape_words(layer.shape)}" in drawn.attrib["aria-label"] for layer in layers)
    high = float(drawn.attrib["viewBox"].split()[-1])
    assert all(0 < float(text.attrib["y"]) < high for text in drawn.iter("text")), "nothing is cut off"
    filled = [box for box in drawn.iter("rect") if box.attrib["fill"] != "none"]
    assert len(filled) == sum(layer.trainable > 0 for layer in layers)


def counted(parameters: int) -> str:
    return f"{parameters:,} parameters" if parameters else ""
