"""While the pen moves, the bars follow it in the browser, without the server; its answer then stands in their place."""

import json

import numpy as np
from playwright.sync_api import Browser, Page

from lib.core.drawing.render import SIDE
from tests.browser.accessibility import expect_accessible
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import canvas, expect_read
from tests.browser.visiting import DESK, PHONE, open_page, press, visitor, wait_until_idle
from tests.waiting import until

LINE = "document.querySelector('.st-key-draw_pen .pen-line')"
CHART = "document.querySelector('.st-key-draw_chart .bar-chart')"
BARS = f"{CHART}?.shown"
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
        break_and_mend(page, place, sent)


def break_and_mend(page: Page, place: dict[str, float], sent: list[object]) -> None:
    """A network broken on purpose answers at once, without the server, whose own answer waits until it is mended."""
    whole = page.evaluate(f"{BARS}[0]")
    press(page, page.locator(".st-key-draw_break summary"))
    sent.clear()
    page.get_by_label("A layer that gives 0").select_option("d2")
    page.wait_for_function(f"() => {BARS}[0].every((p) => Math.abs(p - 0.1) < 1e-6)")
    strip = page.locator(".bar-broken")
    expect(strip).to_contain_text("Broken on purpose: d2 gives 0")
    page.get_by_label("Noise on the weights").press("End")
    expect(strip).to_contain_text("noise of 200 %")
    expect_accessible(page)
    assert sent == []
    page.mouse.move(place["x"] + 110, place["y"] + 140)
    page.mouse.down()
    page.mouse.move(place["x"] + 200, place["y"] + 145, steps=3)
    page.mouse.up()
    expect(page.locator(".st-key-draw_undo button")).to_be_enabled()
    page.wait_for_function(f"whole => JSON.stringify({CHART}.whole[0]) !== JSON.stringify(whole)", arg=whole)
    assert page.evaluate(f"{BARS}[0].every((p) => Math.abs(p - 0.1) < 1e-6)"), "the server's answer waits"
    press(page, strip.get_by_role("button"))
    expect(strip).to_have_count(0)
    assert page.evaluate(f"JSON.stringify({BARS}) === JSON.stringify({CHART}.whole)")


def test_in_korean_on_a_dark_phone_the_line_speaks_korean(server: Server, browser: Browser) -> None:
    with visitor(browser, **PHONE | {"locale": "ko-KR", "color_scheme": "dark"}) as page:
        place = ready(page, f"{server.url}/draw")
        assert "브라우저" in page.evaluate(f"{LINE}.textContent")
        pull(page, place)
        page.wait_for_function(f"() => {LINE}.textContent.includes('펜 아래: 7')")
        page.mouse.up()
