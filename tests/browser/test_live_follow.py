"""A part of a page that follows a run has itself made anew until it is what the run's last event says."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from lib.ui.shell.web_server import ASSETS
from tests.browser.visiting import new_context

HERE = "http://follow.test"
PAGE = """<!doctype html><div id="part">part</div><script type="module">
import { update } from "/live_follow.js";
window.asked = 0;
// The part as it was made when the run was so.
window.made = (drawn) => update({
  data: { stream: { url: "/live/x", after: "" }, drawn, own: true, poll: 500 },
  parentElement: document.getElementById("part"),
  setTriggerValue: () => { window.asked += 1; },
});
</script>"""
BEFORE, BEGUN, OVER = ({"begun": begun, "over": over} for begun, over in ((0, 0), (1, 0), (1, 1)))
MORE_THAN_PATIENCE_MS = 6_000


def serve(route: Route) -> None:
    """The part's code, and a run that begins and is over at once: its stream has two events."""
    path = urlsplit(route.request.url).path
    if path.startswith("/live/"):
        told = [f"data: {json.dumps({'state': state, 'viewers': 1, 'points': []})}\n\n" for state in (BEGUN, OVER)]
        route.fulfill(body="".join(told), content_type="text/event-stream")
    elif path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    else:
        route.fulfill(body=ASSETS[path[1:]].read_bytes(), content_type="text/javascript")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = new_context(browser).new_page()
    page.clock.install()
    page.route(f"{HERE}/**", serve)
    page.goto(HERE)
    page.wait_for_function("() => window.made !== undefined")
    page.evaluate("drawn => made(drawn)", BEFORE)
    page.clock.run_for(100)
    page.wait_for_function("() => asked === 1")
    yield page
    page.context.close()


def test_what_was_made_before_the_run_was_over_is_made_once_more(page: Page) -> None:
    """Its data were read between the two events, and nothing else will be told."""
    page.evaluate("drawn => made(drawn)", BEGUN)
    page.clock.run_for(100)
    page.wait_for_function("() => asked === 2")


def test_what_is_asked_for_in_vain_is_asked_for_again(page: Page) -> None:
    page.clock.run_for(MORE_THAN_PATIENCE_MS)
    page.wait_for_function("() => asked === 2")


def test_what_is_as_the_run_is_asks_for_nothing(page: Page) -> None:
    page.evaluate("drawn => made(drawn)", OVER)
    page.clock.run_for(2 * MORE_THAN_PATIENCE_MS)
    assert page.evaluate("asked") == 1
