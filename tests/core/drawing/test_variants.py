"""A drawing turned, moved and thickened keeps its size; the preparation undoes what it is there to undo."""

import numpy as np
import pytest

from lib.core.drawing.preprocess import STEPS, centre_of_mass, inked, look, prepare
from lib.core.drawing.render import render
from lib.core.drawing.thickness import stroke_width
from lib.core.drawing.variants import AMOUNTS, UNCHANGED, changed, of_drawing, of_input
from tests.pages.draw.drawing import FOUR

PAPER = 255 - render([np.array(stroke, float) for stroke in FOUR])
WIDE = np.pad(PAPER, ((0, 0), (200, 60)), constant_values=255)
NETWORKS = prepare(PAPER).image


def at(kind: str, amount: float) -> int:
    return list(AMOUNTS[kind]).index(amount)


@pytest.mark.parametrize("kind", list(AMOUNTS))
@pytest.mark.parametrize("steps", [frozenset(STEPS), frozenset(), frozenset({"invert"})], ids=["all", "none", "invert"])
def test_without_a_change_the_network_sees_what_it_saw(kind: str, steps: frozenset[str]) -> None:
    found = of_drawing(WIDE, kind, steps)[at(kind, UNCHANGED[kind])]
    assert np.abs(found.astype(int) - prepare(WIDE, steps).image).max() <= 1


@pytest.mark.parametrize("paper", [PAPER, WIDE, 255 - WIDE], ids=["square", "wide", "white on black"])
def test_a_quarter_turn_is_that_of_the_picture_and_nothing_shrinks(paper: np.ndarray) -> None:
    turned = of_drawing(paper, "angle", STEPS)
    for degrees, quarters in ((90, -1), (-90, 1)):
        wanted = prepare(np.rot90(paper, quarters)).image
        assert np.abs(turned[at("angle", degrees)].astype(int) - wanted).max() < 60
        assert np.abs(turned[at("angle", degrees)].astype(int) - wanted).mean() < 2
    masks = [inked(image) for image in turned]
    longer = [max(np.ptp(np.argwhere(mask), axis=0)) + 1 for mask in masks]
    assert min(longer) >= 19, "the longer side stays 20 pixels"


def test_four_quarter_turns_give_the_drawing_back() -> None:
    drawn = look(PAPER)
    for _ in range(4):
        drawn = look(changed(drawn, "angle", 90))
    assert (drawn.kept != look(PAPER).kept).mean() < 0.01
    assert drawn.kept.sum() == pytest.approx(look(PAPER).kept.sum(), rel=0.02)


def test_all_steps_undo_a_shift_and_most_of_another_pen() -> None:
    moved = of_drawing(PAPER, "shift", STEPS).astype(int)
    assert np.abs(moved - moved[at("shift", 0)]).max() <= 25
    widths = [stroke_width(inked(image.repeat(6, 0).repeat(6, 1))) for image in of_drawing(PAPER, "width", STEPS)]
    assert max(widths) < 1.5 * min(widths)


def test_what_the_network_sees_is_moved_and_thickened_itself() -> None:
    moved = of_input(NETWORKS, "shift")
    for amount in (-20, 10, 20):
        right = centre_of_mass(moved[at("shift", amount)]) - centre_of_mass(NETWORKS)
        assert right == pytest.approx([0, 28 * amount / 100], abs=0.15)
    ink = of_input(NETWORKS, "width").sum(axis=(1, 2), dtype=int)
    assert (np.diff(ink) > 0).all()
    assert ink[at("width", 2)] == pytest.approx(2 * ink[at("width", 1)], rel=0.25)


def test_a_blank_input_stays_blank() -> None:
    assert not of_input(np.zeros((28, 28), np.uint8), "angle").any()
