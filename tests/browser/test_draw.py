"""Real strokes on the real canvas, with the mouse on a desk and with a finger on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.serving import Server
from tests.browser.visiting import open_page
from tests.pages.drawing import FOUR, ONE, SEVEN, ZERO, Strokes

TWO = [[(85, 95), (110, 60), (155, 55), (185, 85), (175, 125), (130, 175), (80, 220), (200, 220)]]
THREE = [[(85, 70), (130, 50), (180, 75), (170, 120), (130, 138), (175, 155), (185, 200), (135, 230), (80, 210)]]
FIVE = [[(185, 60), (100, 60), (95, 130), (150, 120), (190, 160), (170, 215), (110, 225), (80, 200)]]
SIX = [[(165, 55), (110, 110), (90, 175), (110, 222), (160, 225), (182, 185), (155, 150), (105, 165)]]
EIGHT = [
    [(180, 85), (145, 55), (105, 75), (115, 115), (165, 155), (180, 200), (140, 230), (98, 200), (120, 150), (178, 90)]
]
NINE = [[(180, 95), (145, 58), (100, 80), (105, 125), (150, 135), (182, 95), (175, 170), (155, 230)]]
TEN = (ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE)


def canvas(page: Page) -> Locator:
    return page.locator(".st-key-canvas canvas.upper-canvas")


def expect_read(page: Page, words: str) -> None:
    expect(page.locator("[class*='st-key-draw_read_'] p").first).to_have_text(words)


def with_the_mouse(page: Page, strokes: Strokes) -> None:
    place = canvas(page).bounding_box()
    assert place is not None
    for (x, y), *others in strokes:
        page.mouse.move(place["x"] + x, place["y"] + y)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(place["x"] + x, place["y"] + y, steps=4)
        page.mouse.up()


def with_a_finger(page: Page, strokes: Strokes) -> None:
    """What a touch screen reports: no mouse takes part."""
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
            for k in range(1, 5):
                touch("touchMove", tuple(a + (b - a) * k / 4 for a, b in zip(before, point, strict=True)))
            before = point
        touch("touchEnd")


def clear(page: Page) -> None:
    page.locator(".st-key-draw_clear button").click()
    expect(page.locator("[class*='st-key-draw_read_']")).to_have_count(0)
    expect(page.locator(".st-key-draw_clear button")).to_be_disabled()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="dark", locale="ko-KR"
    )
    yield context.new_page()
    context.close()


@pytest.mark.timeout(120)
def test_all_ten_digits_with_the_mouse(server: Server, page: Page) -> None:
    """One visit: drawn, read, taken back, cleared, and the chart stays one node all the while."""
    open_page(page, f"{server.url}/draw?lang=en")
    canvas(page).wait_for()
    for digit, strokes in enumerate(TEN):
        with_the_mouse(page, strokes)
        expect_read(page, str(digit))
        clear(page)
    with_the_mouse(page, [*FOUR, *[[(20, 20), (260, 260)]]])
    page.locator(".st-key-draw_undo button").click()
    expect_read(page, "4")
    expect(page.locator(".st-key-draw_chart .growing-chart")).to_have_attribute("role", "img")
    page.evaluate("window.chart = document.querySelector('.st-key-draw_chart .growing-chart')")
    page.locator(".st-key-draw_step_centre label").click()
    expect(page.locator(".st-key-draw_steps img")).to_have_count(5)
    assert page.evaluate("window.chart === document.querySelector('.st-key-draw_chart .growing-chart')")


@pytest.mark.timeout(120)
def test_digits_with_a_finger_on_a_phone(server: Server, phone: Page, tmp_path: Path) -> None:
    """Nothing reaches over the phone's edge, and a finger draws instead of moving the page."""
    open_page(phone, f"{server.url}/draw")
    canvas(phone).wait_for()
    for digit, strokes in ((7, SEVEN), (0, ZERO), (4, FOUR)):
        canvas(phone).scroll_into_view_if_needed()
        top = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
        with_a_finger(phone, strokes)
        expect_read(phone, str(digit))
        assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == top
        clear(phone)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
