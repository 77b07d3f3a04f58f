"""A network as a picture: its layers from the image down to the ten classes, with the shapes that pass between them."""

from __future__ import annotations

from collections.abc import Sequence

from lib.core.data.dataset import SIDE
from lib.core.training.architectures import Layer, Shape
from lib.ui.shell.language import _
from lib.ui.widgets.picture import picture, text
from lib.ui.widgets.theme import WAY_COLOURS

WIDE, BOX, GAP = 360, 30, 26
"""Units of the picture: its width, the height of a layer's box, and the room for the shape between two boxes."""


def network_picture(layers: Sequence[Layer]) -> str:
    """Boxes from top to bottom: each layer's name and parameters; on each arrow the shape for one image."""
    parts = [box(0, _("Image"), "", False), arrow(BOX, (SIDE, SIDE, 1))]
    for number, layer in enumerate(layers, start=1):
        top = number * (BOX + GAP)
        count = _("{count} parameters").format(count=f"{layer.parameters:,}") if layer.parameters else ""
        parts += [box(top, layer.kind, count, bool(layer.trainable)), arrow(top + BOX, layer.shape)]
    end = (len(layers) + 1) * (BOX + GAP)
    parts.append(box(end, _("Ten classes"), "", False))
    return picture(network_words(layers), parts, WIDE, end + BOX)


def box(top: float, name: str, count: str, learns: bool) -> str:
    """A layer; those that learn are filled."""
    fill = f'fill="{WAY_COLOURS["graph"]}" fill-opacity="0.25"' if learns else 'fill="none"'
    frame = f'<rect x="1" y="{top + 1}" width="{WIDE - 2}" height="{BOX - 2}" rx="5" stroke="currentColor" {fill}/>'
    return frame + text(12, top + 20, name, bold=True) + text(WIDE - 12, top + 20, count, "end")


def arrow(top: float, shape: Shape) -> str:
    """The way to the next layer, with the shape of what passes."""
    middle = WIDE / 2
    line = f'<path d="M{middle} {top}v{GAP - 2}m-4 -5l4 5l4 -5" stroke="currentColor" fill="none"/>'
    return line + text(middle + 12, top + 17, shape_words(shape))


def shape_words(shape: Shape) -> str:
    """A shape for one image, such as '26 × 26 × 32'."""
    return " × ".join(f"{size:,}" for size in shape)


def network_words(layers: Sequence[Layer]) -> str:
    """The same in words."""
    steps = ", ".join(f"{layer.kind} → {shape_words(layer.shape)}" for layer in layers)
    return _("The network from the image, {image}, to the classes: {steps}.").format(
        image=shape_words((SIDE, SIDE, 1)), steps=steps
    )
