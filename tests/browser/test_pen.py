"""While the pen moves, the bars follow it in the browser, without the server; its answer then stands in their place."""

import json

import numpy as np
from playwright.sync_api import Browser, Page

from lib.core.drawing.render import SIDE
from tests.browser.serving import Server
from tests.browser.strokes import canvas, expect_read
from tests.browser.visiting import DESK, PHONE, open_page, visitor, wait_until_idle
from tests.waiting import until

LINE = "document.querySelector('.st-key-draw_pen .pen-line')"
BARS = "document.querySelector('.st-key-draw_chart .bar-chart')?.shown"
PLACE = "document.querySelector('.st-key-draw_chart .bar-chart').getBoundingClientRect().top"
WAY = [(80, 60), (140, 58), (200, 60), (165, 140), (120, 230)]


def ready(page: Page, url: str) -> dict[str, float]:
    """The Draw page once the network has come and the chart is drawn; the canvas' place."""
    open_page(page, url)
    canvas(page).wait_for()
    # The canvas is as wide as its column: it is not about to be drawn anew.
    page.wait_for_function(f"() => {LINE}?.dataset.ready && {BARS}?.length")
    until(lambda: canvas(page).bounding_box()["width"] > SIDE)
    wait_until_idle(page)
    place = canvas(page).bounding_box()
    assert place is not None
    return place


def pull(page: Page, place: dict[str, float]) -> None:
    """Pulls the pen along WAY and keeps it down."""
    (x, y), *others = WAY
    page.mouse.move(place["x"] + x, place["y"] + y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(place["x"] + x, place["y"] + y, steps=6)


def test_the_bars_follow_the_pen_and_the_servers_answer_takes_their_place(server: Server, browser: Browser) -> None:
    sent: list[object] = []
    with visitor(browser, **DESK) as page:
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        place = ready(page, f"{server.url}/draw")
        page.on("request", lambda request: sent.append(request.url))
        sent.clear()
        pull(page, place)
        page.wait_for_function(f"() => {LINE}.dataset.probabilities && {BARS}[0].some((p) => p > 0.5)")
        # The last move has been read.
        until(lambda: page.evaluate(f"{LINE}.dataset.probabilities") == page.evaluate(f"JSON.stringify({BARS}[0])"))
        assert sent == []
        top = page.evaluate(PLACE)
        told = np.array(json.loads(page.evaluate(f"{LINE}.dataset.probabilities")))
        page.mouse.up()
        expect_read(page, "7")
        wait_until_idle(page)
        page.wait_for_function(
            f"told => Math.max(...{BARS}[0].map((p, k) => Math.abs(p - told[k]))) < 2e-3", arg=told.tolist()
        )
        assert told.argmax() == 7
        assert page.evaluate(PLACE) == top
        assert sent


def test_in_korean_on_a_dark_phone_the_line_speaks_korean(server: Server, browser: Browser) -> None:
    with visitor(browser, **PHONE | {"locale": "ko-KR", "color_scheme": "dark"}) as page:
        place = ready(page, f"{server.url}/draw")
        assert "브라우저" in page.evaluate(f"{LINE}.textContent")
        pull(page, place)
        page.wait_for_function(f"() => {LINE}.textContent.includes('펜 아래: 7')")
        page.mouse.up()
