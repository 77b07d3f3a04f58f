"""Real strokes on the real canvas: all ten digits by mouse on a desktop and by finger on a phone, light and dark."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Server
from tests.browser.strokes import TEN, canvas, expect_nothing, expect_read, with_a_finger, with_the_mouse
from tests.browser.visiting import DESK, PHONE, open_page, press, visitor
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, Strokes
from tests.waiting import until

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
            canvas(page).scroll_into_view_if_needed()
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
        press(page, "draw_clear")
        expect_nothing(page)
        with_the_mouse(page, touching(FOUR, SEVEN))
        expect_read(page, "47")


def test_undo_takes_a_stroke_back_and_the_chart_stays_one_node(server: Server, browser: Browser) -> None:
    chart = ".st-key-draw_chart .bar-chart"
    with visit(browser, f"{server.url}/draw", **desk("light")) as page:
        with_the_mouse(page, [*FOUR, [(20, 20), (260, 260)]])
        press(page, "draw_undo")
        expect_read(page, "4")
        expect(page.locator(chart)).to_have_attribute("role", "figure")
        page.evaluate("chart => { window.chart = document.querySelector(chart) }", chart)
        press(page, page.locator(".st-key-draw_step_centre label"))
        expect(page.locator(".st-key-draw_steps img")).to_have_count(5)
        assert page.evaluate("chart => window.chart === document.querySelector(chart)", chart)
