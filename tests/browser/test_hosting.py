"""Wherever it is hosted and whatever a browser does: below a path, behind a proxy, in another site's frame, translated,
without a connection for a while, with Back and Forward. That nothing is asked for in vain, `visitor` looks at.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page

from lib.ui.shell.visitor import COOKIE
from tests.browser.accessibility import SCHEMES, switch_scheme
from tests.browser.expecting import expect
from tests.browser.proxy import Proxy
from tests.browser.serving import Server
from tests.browser.strokes import canvas, with_the_mouse
from tests.browser.visiting import (
    DESK,
    ENDLESS,
    enter,
    linked,
    open_page,
    press,
    start,
    visitor,
    wait_for_points,
    wait_for_status,
    wait_until_idle,
)
from tests.pages.draw.drawing import FOUR
from tests.processes import free_port
from tests.ui.widgets.test_confusion import THEMES
from tests.waiting import until

LEGEND = "getComputedStyle(document.querySelector('.st-key-live_chart .legendtext')).fill"
TOOLTIP = "document.querySelector('.st-key-live_chart .growing-chart').layout.hoverlabel.bgcolor"
LETTERS = "getComputedStyle(document.querySelector('[data-testid=stApp]')).color"

TRANSLATOR = """(() => {
    const skipped = 'script, style, [translate=no], font';
    const translate = (root) => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) texts.push(walker.currentNode);
        for (const text of texts) {
            if (!text.data.trim() || !text.parentElement || text.parentElement.closest(skipped)) continue;
            const outer = document.createElement('font'), inner = document.createElement('font');
            inner.textContent = '«' + text.data + '»';
            outer.append(inner);
            text.parentNode.insertBefore(outer, text);
            text.parentNode.removeChild(text);
        }
    };
    new MutationObserver(changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(node => {
        if (node.isConnected) translate(node.nodeType === Node.TEXT_NODE ? node.parentNode : node);
    }))).observe(document.body, { childList: true, subtree: true });
    translate(document.body);
})()"""
"""Does to a page what Google Translate does: a <font> in place of every text, also of those that come later."""


def read_four(page: Page, url: str) -> None:
    """Draws a four at this address, and waits for the browser's own reading and the server's."""
    open_page(page, f"{url}/draw")
    canvas(page).wait_for()
    page.locator(".pen-line[data-ready]").wait_for()
    with_the_mouse(page, FOUR)
    expect(page.locator(".digit-name")).to_have_text(re.compile("^4 "))
    expect(page.locator(".pen-line[data-probabilities]")).to_have_count(1)


def test_below_a_path(tmp_path: Path, browser: Browser) -> None:
    with Server(tmp_path, held=True, base="lab") as server, visitor(browser, **DESK) as page:
        for place, drawn in (
            ("", ".st-key-home_race svg"),
            ("/tour", "[class*='st-key-tour_part_']"),
            ("/compare", ".st-key-compare_strip svg"),
        ):
            open_page(page, server.url + place)
            page.locator(drawn).first.wait_for()
        read_four(page, server.url)
        press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Train"))
        expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
        page.locator(".st-key-live_chart svg").first.wait_for()
        assert page.url == f"{server.url}/train"


def test_behind_a_proxy_that_strips_a_prefix_and_loses_the_connection_for_long(
    server: Server, browser: Browser
) -> None:
    """The run's chart and its buttons come back, though the server has forgotten the session and gets no cookie.

    The chart follows the theme.
    """
    with Proxy(server.port, "course/lab") as proxy, visitor(browser, **DESK) as page:
        read_four(page, proxy.url)
        open_page(page, f"{proxy.url}/train?{ENDLESS}")
        start(page)
        wait_for_status(page, "running")
        page.reload()
        page.locator(".st-key-train_stop").wait_for()
        wait_for_points(page)
        proxy.leave()
        page.locator('[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])').wait_for()
        proxy.come_back()
        wait_until_idle(page)
        wait_for_points(page)
        secret = page.evaluate("name => localStorage.getItem(name)", COOKIE)
        assert secret not in page.url, "who gets the link gets no power over the run"
        assert page.locator(".st-key-epochs input").input_value() == "100"
        for scheme in SCHEMES:
            switch_scheme(page, scheme)
            page.wait_for_function(f"() => {LEGEND} === {LETTERS}")
            assert page.evaluate(TOOLTIP).upper() == THEMES[scheme]["backgroundColor"]
        press(page, "train_stop")
        wait_for_status(page, "stopped")


@contextmanager
def other_site(framed: str) -> Iterator[str]:
    """A page of another site with this one in a frame: to browsers localhost and 127.0.0.1 are two sites."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<link rel="icon" href="data:,"><iframe src="{framed}" width=1200 height=850>'.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Site) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://localhost:{site.server_port}"
        site.shutdown()
        thread.join()


def test_in_another_sites_frame_a_run_stays_ones_own(server: Server, browser: Browser) -> None:
    with other_site(f"{server.url}/train?{ENDLESS}") as outer, visitor(browser, **DESK) as page:
        page.goto(outer)
        frame: Any = framed(page)
        wait_until_idle(frame)
        start(frame)
        wait_for_status(frame, "running")
        frame.evaluate("() => { window.before = true; location.reload() }")
        frame.wait_for_function("() => !window.before")
        press(frame, "train_stop")
        wait_for_status(frame, "stopped")
        (kept,) = [cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE]
        assert kept["value"] not in frame.url, "who gets the link gets no power over the run"


def framed(page: Page) -> Frame:
    return next(frame for frame in page.frames if frame is not page.main_frame)


def words(page: Page, what: str) -> str:
    """What a translated page says, without the marks of the translator."""
    return page.locator(what).first.inner_text().replace("«", "").replace("»", "")


def test_translated_the_page_goes_on_working(server: Server, page: Page) -> None:
    """Texts, pages and languages change while each text is replaced as it comes; none is old, no code is changed."""
    open_page(page, f"{server.url}/train?{ENDLESS}")
    page.evaluate(TRANSLATOR)
    press(page, "train_start")
    page.wait_for_function("() => document.querySelector('.st-key-run_status')?.innerText.includes('running')")
    wait_for_points(page)
    seen = words(page, ".st-key-run_status")
    until(lambda: words(page, ".st-key-run_status") != seen)
    press(page, "train_stop")
    page.wait_for_function("() => document.querySelector('.st-key-run_status')?.innerText.includes('Stopped')")
    assert page.locator("code font, .growing-chart font").count() == 0
    for name in ("Draw", "Compare", "Tour", "Home"):
        press(page, page.get_by_test_id("stTopNavLink").filter(has_text=name))
        expect(page.locator("h1", has_text="TF2 Lab" if name == "Home" else name)).to_be_visible()
    press(page, page.get_by_role("radio", name="한국어"))
    expect(page.get_by_text("직접 실행하며 이해합니다")).to_be_visible()
    assert page.locator("font").count() > 0


def test_back_and_forward_show_what_the_address_says_and_back_leaves(server: Server, page: Page) -> None:
    open_page(page, server.url)
    press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Train"))
    for number in ("2", "3"):
        enter(page, "epochs", number)
        page.wait_for_function("n => new URL(location).searchParams.get('epochs') === n", arg=number)
    press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Compare"))
    press(page, page.get_by_role("radio", name="Code"))
    page.wait_for_function("() => new URL(location).searchParams.get('show') === 'code'")
    page.go_back()
    expect(page.locator(".st-key-compare_start")).to_be_visible()
    epochs = page.locator(".st-key-epochs input")
    for number in ("3", "2", "5"):
        page.go_back()
        expect(epochs).to_have_value(number)
        wait_until_idle(page)
        assert linked(page, "epochs") == (None if number == "5" else number)
    page.go_forward()
    expect(epochs).to_have_value("2")
    wait_until_idle(page)
    page.go_back()
    expect(epochs).to_have_value("5")
    wait_until_idle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="TF2 Lab")).to_be_visible()
    wait_until_idle(page)
    page.go_back()
    page.wait_for_url("about:blank")
