"""Real strokes on the real canvas: all ten digits by mouse on a desktop and by finger on a phone, light and dark."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Page

from lib.core.drawing.preprocess import STEPS
from lib.core.drawing.render import SIDE
from tests.browser.accessibility import expect_accessible
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import TEN, canvas, clear, expect_nothing, expect_read, with_a_finger, with_the_mouse
from tests.browser.visiting import DESK, PHONE, into_view, open_page, press, visitor, wait_until_idle
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, Strokes
from tests.waiting import until

STAYING = [
    ".st-key-canvas",
    ".st-key-prediction",
    ".st-key-draw_chart .bar-chart",
    *(f".st-key-draw_step_{step} label" for step in STEPS),
]
PLACES = """all => all.map(one => {
    const { left, top, width, height } = document.querySelector(one).getBoundingClientRect();
    return [left, top, width, height];
})"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


@contextmanager
def visit(browser: Browser, url: str, **kind: object) -> Iterator[Page]:
    """The Draw page in a browser with these options."""
    with visitor(browser, **kind) as page:
        open_page(page, url)
        canvas(page).wait_for()
        yield page


def desk(scheme: str) -> dict[str, object]:
    return DESK | {"color_scheme": scheme}


def phone(scheme: str) -> dict[str, object]:
    return PHONE | {"color_scheme": scheme, "locale": "ko-KR"}


def width(page: Page) -> float:
    place = canvas(page).bounding_box()
    assert place is not None
    return place["width"]


def ink(page: Page) -> int:
    """How many pixels of the canvas are drawn on."""
    lower = page.locator(".st-key-canvas canvas.dc-canvas.lower-canvas")
    return int(
        lower.evaluate("""canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, k) => k % 4 === 3 && value > 127).length;
        }""")
    )


def boxes(page: Page) -> str:
    """Where the digits are that were found."""
    return str(page.evaluate("[...document.querySelectorAll('.digit-box')].map((box) => box.style.cssText).join()"))


def across(page: Page, *digits: Strokes) -> Strokes:
    """Digits side by side across the whole canvas."""
    share = width(page) / len(digits)
    return [
        [((x - 140) * share / 280 + share * (k + 0.5), y) for x, y in stroke]
        for k, strokes in enumerate(digits)
        for stroke in strokes
    ]


def touching(*digits: Strokes) -> Strokes:
    """Digits so near to each other that they touch."""
    return [[(0.6 * x + 20 + 65 * k, y) for x, y in way] for k, strokes in enumerate(digits) for way in strokes]


def test_all_ten_digits_with_the_mouse_and_a_finger_in_light_and_dark(server: Server, browser: Browser) -> None:
    """Four visitors draw at once. A finger does not move the page, and nothing reaches over a phone's edge."""
    with ExitStack() as stack:
        pages = {
            stack.enter_context(visit(browser, f"{server.url}/draw", **kind(scheme))): draw
            for scheme in ("light", "dark")
            for kind, draw in ((desk, with_the_mouse), (phone, with_a_finger))
        }
        for page in pages:
            into_view(page, canvas(page))
        tops = [page.evaluate(SCROLLED) for page in pages]
        for digit, strokes in enumerate(TEN):
            for page, draw in pages.items():
                draw(page, strokes)
            for page in pages:
                expect_read(page, str(digit))
                press(page, "draw_clear")
            for page in pages:
                expect_nothing(page)
        assert [page.evaluate(SCROLLED) for page in pages] == tops
        for page in pages:
            reached = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
            assert reached <= page.viewport_size["width"]


def test_a_row_has_room_and_is_kept_where_there_is_less(server: Server, browser: Browser) -> None:
    """The canvas is as wide as its column; in a narrower window, or without rows, all that is drawn still shows.

    Digits that touch are told apart by the pen's strokes.
    """
    with visit(browser, f"{server.url}/draw", **desk("light")) as page:
        until(lambda: width(page) > 400)
        with_the_mouse(page, across(page, ONE, FOUR, SEVEN))
        expect_read(page, "147")
        page.set_viewport_size({"width": 390, "height": 844})
        until(lambda: width(page) < 380)
        press(page, "draw_undo")
        expect_read(page, "14")
        clear(page)
        with_the_mouse(page, touching(FOUR, SEVEN))
        expect_read(page, "47")


def test_boxes_are_changed_by_finger_and_by_keys(server: Server, browser: Browser) -> None:
    """A box is pressed, removed, drawn anew, and an edge moved; each time the digits are read anew."""
    with visit(browser, f"{server.url}/draw", **phone("dark")) as page:
        until(lambda: width(page) > SIDE)
        with_a_finger(page, across(page, ONE, FOUR, SEVEN))
        expect_read(page, "147")
        named = page.locator("button.digit-name")
        press(page, named.nth(2), finger=True)
        expect(named.nth(2)).to_have_attribute("aria-pressed", "true")
        page.wait_for_function("() => document.querySelector('.bar-chart').shown[0][7] > 0.5")
        found, four = boxes(page), page.locator(".digit-box").nth(1).bounding_box()
        press(page, "draw_boxes_switch", finger=True)
        press(page, page.locator(".digit-remove").nth(1), finger=True)
        expect_read(page, "17")
        expect_accessible(page)
        sheet = canvas(page).bounding_box()
        left, top = (four[side] - sheet[side] - 6 for side in ("x", "y"))
        with_a_finger(page, [[(left, top), (left + four["width"] + 12, top + four["height"] + 12)]])
        expect_read(page, "147")
        before = boxes(page)
        page.locator(".digit-edge.left").nth(1).press("ArrowRight")
        until(lambda: boxes(page) != before)
        wait_until_idle(page)
        expect_read(page, "147")
        press(page, "draw_boxes_found", finger=True)
        until(lambda: boxes(page) == found)


def test_undo_takes_a_stroke_back_and_the_chart_stays_one_node(server: Server, browser: Browser) -> None:
    chart = ".st-key-draw_chart .bar-chart"
    with visit(browser, f"{server.url}/draw", **desk("light")) as page:
        with_the_mouse(page, [*FOUR, [(20, 20), (260, 260)]])
        press(page, "draw_undo")
        expect_read(page, "4")
        expect(page.locator(chart)).to_have_attribute("role", "figure")
        page.evaluate("chart => { window.chart = document.querySelector(chart) }", chart)
        steps = page.locator(".st-key-draw_steps [data-testid='stCheckbox'] label")
        wait_until_idle(page)
        before = page.evaluate(PLACES, STAYING)
        for k in range(len(STEPS)):
            press(page, steps.nth(k))
            expect(page.locator(".st-key-draw_steps img")).to_have_count(len(STEPS) - k)
            wait_until_idle(page)
            assert page.evaluate(PLACES, STAYING) == before, "a switch does not move anything"
        assert page.evaluate("chart => window.chart === document.querySelector(chart)", chart)
        turn_and_back(page)


def turn_and_back(page: Page) -> None:
    """Turned on the real canvas the drawing is as large; `tests/ui/draw/test_strokes.py` turns it all the way round."""
    found, before = boxes(page), ink(page)
    assert before > 0
    press(page, page.locator(".st-key-draw_move button").first)
    for way, there in (("right", False), ("left", True)):
        press(page, f"draw_press_{way}")
        until(lambda there=there: (boxes(page) == found) == there)
        assert ink(page) == pytest.approx(before, rel=0.02)
    expect_accessible(page)
