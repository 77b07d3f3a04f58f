"""What a page is about stands within the first screen, on a projector and on a phone; nobody has to scroll."""

import re
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from lib.core.drawing.render import SIDE
from tests.browser.accessibility import expect_accessible
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import canvas, clear, with_a_finger, with_the_mouse
from tests.browser.visiting import (
    DESK,
    ENDLESS,
    ONE_EPOCH,
    PHONE,
    expect_in_sight,
    open_page,
    press,
    start,
    visitor,
    wait_for_points,
    wait_for_status,
    wait_until_idle,
)
from tests.pages.compare.comparisons import tell
from tests.pages.draw.drawing import FOUR
from tests.waiting import until

PROJECTOR: dict[str, Any] = DESK | {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
LANDSCAPE: dict[str, Any] = PHONE | {"viewport": {"width": 844, "height": 390}}
SCREENS = (PROJECTOR, PHONE | {"color_scheme": "dark"})

LIVE = ".st-key-live_chart .growing-chart"
STAYING = [LIVE, ".st-key-train_buttons", ".st-key-run_status", ".st-key-ways_on", ".stTabs"]
PLACES = """all => all.map(one => {
    const { left, top, width } = document.querySelector(one).getBoundingClientRect();
    return [left, top, width];
})"""
BARS = ".st-key-draw_chart .bar-chart"
VERDICT, STRIP = ".st-key-compare_verdict", ".st-key-compare_strip .growing-chart"
MEASURING = "work=tiny_ops&modes=eager,graph&depth=thorough&sizes=" + ",".join(map(str, range(10, 310)))

MEASURE_SHIFTS = """window.shifted = 0;
const wasSeen = ({ previousRect: { width, height } }) => width > 0 && height > 0;
new PerformanceObserver(list => list.getEntries().forEach(({ value, hadRecentInput, sources }) => {
    const isThere = document.querySelector('.st-key-ways_in');
    if (!hadRecentInput && isThere && sources.some(wasSeen)) window.shifted += value;
})).observe({ type: 'layout-shift', buffered: true });"""
"""Adds up how far what is already on the page moves (https://web.dev/articles/cls): above 0.1 it disturbs. The canvas
is no part of it for as long as it has no height: what appears in its own place moves nothing."""


@pytest.fixture
def screens(browser: Browser):
    """The first visitor has a projector, light and English, the second a phone, dark and Korean."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(visitor(browser, **screen | {"locale": locale}))
            for screen, locale in zip(SCREENS, ("en-US", "ko-KR"), strict=True)
        ]


def places(page: Page) -> list[list[float]]:
    """Where what stays on the page is, once all of it has been loaded."""
    wait_until_idle(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page.evaluate(PLACES, STAYING)


def scroll(page: Page, down: int) -> None:
    page.evaluate("down => document.querySelector('[data-testid=stMain]').scrollTo(0, down)", down)


def test_home_reads_what_one_writes_and_nothing_on_it_moves(server: Server, screens: list[Page]) -> None:
    """Ways in and canvas are on both first screens, curve and race on the projector's; a run shows up live."""
    ways = [f".st-key-go_{page}" for page in ("tour", "train", "compare", "draw")]
    pictures = [".st-key-home_recorded svg", ".st-key-home_race svg"]
    for page, draw in zip(screens, (with_the_mouse, with_a_finger), strict=True):
        page.add_init_script(MEASURE_SHIFTS)
        open_page(page, server.url)
        canvas(page).wait_for()
        expect(page.locator(pictures[1])).to_be_visible()
        expect_in_sight(page, *ways, ".st-key-canvas", *(pictures if page is screens[0] else ()))
        draw(page, FOUR)
        expect(page.locator(".st-key-home_digits")).to_have_text("4")
        expect_in_sight(page, ".st-key-canvas", ".st-key-home_digits")
        expect_accessible(page)
        assert page.evaluate("window.shifted") < 0.05
    owner, _watcher = screens
    open_page(owner, f"{server.url}/train?{ENDLESS}")
    start(owner)
    open_page(owner, server.url)
    expect(owner.locator(".st-key-home_status")).to_contain_text("[running]")
    expect(owner.locator(".st-key-home_live svg")).to_be_visible()
    expect_in_sight(owner, ".st-key-home_live svg")


def test_the_chart_of_a_run_before_during_and_after(server: Server, screens: list[Page]) -> None:
    """One visitor starts it, the other watches it by its link; it is stopped in its first epoch."""
    owner, watcher = screens
    for page in screens:
        open_page(page, f"{server.url}/train?{ONE_EPOCH}")
        expect_in_sight(page, LIVE, ".st-key-train_start", ".st-key-preset")
    start(owner)
    open_page(watcher, owner.url)
    for page in screens:
        wait_for_points(page)
        wait_for_status(page, "running")
        expect_in_sight(page, LIVE)
    expect_in_sight(owner, ".st-key-train_pause", ".st-key-train_stop")
    scroll(owner, 1000)
    expect(owner.locator(".st-key-train_pause")).to_be_in_viewport(ratio=1)
    expect(owner.locator(".st-key-train_stop")).to_be_in_viewport(ratio=1)
    scroll(owner, 0)
    before = [places(page) for page in screens]
    press(owner, "train_stop")
    for page in screens:
        wait_for_status(page, "stopped")
        page.locator(".st-key-run_summary").wait_for()
        expect_in_sight(page, LIVE)
        expect_accessible(page)
    assert [places(page) for page in screens] == before, "nothing moves when the run ends"


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_all_buttons_of_a_run_are_in_one_row_on_a_phone(server: Server, browser: Browser, locale: str) -> None:
    with visitor(browser, **PHONE | {"locale": locale}) as phone:
        open_page(phone, f"{server.url}/train?{ONE_EPOCH}")
        start(phone)
        expect(phone.locator(".st-key-train_stop button")).to_be_visible()
        row = phone.locator(".st-key-train_buttons").bounding_box()
        pressed = [button.bounding_box() for button in phone.locator(".st-key-train_buttons button").all()]
        assert max(box["x"] + box["width"] for box in pressed) <= row["x"] + row["width"]
        assert len({round(box["y"] + box["height"] / 2) for box in pressed}) == 1


def test_the_verdict_and_chart_of_a_comparison_before_during_and_after(server: Server, screens: list[Page]) -> None:
    for page in screens:
        open_page(page, f"{server.url}/compare")
        expect_in_sight(page, STRIP, ".st-key-compare_start")
    study_id = tell(server.store, "finished, training")
    for page in screens:
        open_page(page, f"{server.url}/compare?compare={study_id}")
        expect_in_sight(page, VERDICT, STRIP)
        expect_accessible(page)
    owner, watcher = screens
    open_page(owner, f"{server.url}/compare?{MEASURING}")
    start(owner, "compare_start", "compare")
    wait_for_status(owner, "running", of="compare")
    open_page(watcher, owner.url)
    for page in screens:
        press(page, page.get_by_role("radio", name=re.compile("^(Samples|표본)$")))
        expect_in_sight(page, STRIP)
    expect_in_sight(owner, ".st-key-compare_stop")
    press(owner, "compare_stop")
    wait_for_status(owner, "stopped", of="compare")


def test_the_canvas_and_the_answer_before_during_and_after_a_stroke(server: Server, screens: list[Page]) -> None:
    """The bars follow the pen, so they stand there as well. The canvas' own bar is away: it would stop the drawing."""
    for page, draw in zip(screens, (with_the_mouse, with_a_finger), strict=True):
        open_page(page, f"{server.url}/draw")
        canvas(page).wait_for()
        until(lambda page=page: canvas(page).bounding_box()["width"] > SIDE)
        expect_in_sight(page, ".st-key-canvas", ".st-key-prediction", BARS)
        place = canvas(page).bounding_box()
        page.mouse.move(place["x"] + 100, place["y"] + 80)
        page.mouse.down()
        page.mouse.move(place["x"] + 150, place["y"] + 90, steps=3)
        expect_in_sight(page, ".st-key-canvas", ".st-key-prediction", BARS)
        expect(page.locator(".st-key-canvas .dc-toolbar")).to_be_hidden()
        page.mouse.up()
        expect(page.locator("[class*='st-key-draw_read_']")).to_be_visible()
        clear(page)
        draw(page, FOUR)
        expect(page.locator(".digit-name")).to_have_text(re.compile("^4 "))
        expect_in_sight(page, ".st-key-canvas", "[class*='st-key-draw_read_']", BARS)
        expect_accessible(page)
    sideways, upright = screens[1], canvas(screens[1]).bounding_box()
    sideways.set_viewport_size(LANDSCAPE["viewport"])
    until(lambda: canvas(sideways).bounding_box()["width"] > upright["width"])
    assert canvas(sideways).bounding_box()["height"] >= upright["height"]
    until(lambda: canvas(sideways).bounding_box()["y"] + upright["height"] <= LANDSCAPE["viewport"]["height"])


@pytest.mark.parametrize("screen", [PHONE, LANDSCAPE], ids=["upright", "on its side"])
def test_on_a_phone_the_menu_and_the_language_are_reached_by_finger(
    server: Server, browser: Browser, screen: dict[str, Any]
) -> None:
    with visitor(browser, **screen) as phone:
        open_page(phone, f"{server.url}/train")
        press(phone, phone.get_by_role("radio", name="한국어"), finger=True)
        expect(phone.get_by_role("heading", name="학습하기")).to_be_visible()
        if phone.get_by_test_id("stExpandSidebarButton").is_visible():
            press(phone, phone.get_by_test_id("stExpandSidebarButton"), finger=True)
        press(phone, phone.get_by_role("link", name="그리기"), finger=True)
        expect(phone.get_by_role("heading", name="그리기")).to_be_visible()
        expect(phone.locator(".st-key-canvas")).to_be_in_viewport()
