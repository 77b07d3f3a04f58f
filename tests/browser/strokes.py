"""Digits drawn on the real canvas, with the mouse or a finger, and their reading."""

from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError

from tests.browser.expecting import expect
from tests.browser.visiting import press, wait_until_idle
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, ZERO, Strokes

TWO = [[(85, 95), (110, 60), (155, 55), (185, 85), (175, 125), (130, 175), (80, 220), (200, 220)]]
THREE = [[(85, 70), (130, 50), (180, 75), (170, 120), (130, 138), (175, 155), (185, 200), (135, 230), (80, 210)]]
FIVE = [[(185, 60), (100, 60), (95, 130), (150, 120), (190, 160), (170, 215), (110, 225), (80, 200)]]
SIX = [[(165, 55), (110, 110), (90, 175), (110, 222), (160, 225), (182, 185), (155, 150), (105, 165)]]
EIGHT = [
    [(180, 85), (145, 55), (105, 75), (115, 115), (165, 155), (180, 200), (140, 230), (98, 200), (120, 150), (178, 90)]
]
NINE = [[(180, 95), (145, 58), (100, 80), (105, 125), (150, 135), (182, 95), (175, 170), (155, 230)]]
TEN = (ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE)
"""The strokes of every digit, in pixels of a canvas of 280 × 280."""

STEPS = 2
"""Pen samples between two points."""


def canvas(page: Page) -> Locator:
    return page.locator(".st-key-canvas canvas.upper-canvas")


def expect_read(page: Page, words: str) -> None:
    """Waits for this reading. `expect` would describe the whole page at every poll, which slows it down."""
    answer = "document.querySelector(\"[class*='st-key-draw_read_'] p\")?.textContent"
    with suppress(TimeoutError):
        page.wait_for_function(f"words => {answer} === words", arg=words)
    expect(page.locator("[class*='st-key-draw_read_'] p").first).to_have_text(words, timeout=1_000)


def with_the_mouse(page: Page, strokes: Strokes) -> None:
    wait_until_idle(page)
    place = canvas(page).bounding_box()
    assert place is not None
    for (x, y), *others in strokes:
        page.mouse.move(place["x"] + x, place["y"] + y)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(place["x"] + x, place["y"] + y, steps=STEPS)
        page.mouse.up()


def with_a_finger(page: Page, strokes: Strokes) -> None:
    """Touch events only, without a mouse."""
    wait_until_idle(page)
    place = canvas(page).bounding_box()
    assert place is not None
    screen = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": place["x"] + x, "y": place["y"] + y} for x, y in points]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    for first, *others in strokes:
        touch("touchStart", first)
        before = first
        for point in others:
            for k in range(1, STEPS + 1):
                x, y = (a + (b - a) * k / STEPS for a, b in zip(before, point, strict=True))
                touch("touchMove", (x, y))
            before = point
        touch("touchEnd")


def expect_nothing(page: Page) -> None:
    """Waits until nothing is read and nothing can be cleared."""
    read = "document.querySelector(\"[class*='st-key-draw_read_']\")"
    page.wait_for_function(f"() => !{read} && document.querySelector('.st-key-draw_clear button').disabled")


def clear(page: Page) -> None:
    press(page, "draw_clear")
    expect_nothing(page)
