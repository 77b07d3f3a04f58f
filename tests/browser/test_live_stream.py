"""A run's page by its event stream: no script runs, unless a proxy cuts the stream."""

from playwright.sync_api import Browser, Page

from tests.browser.proxy import Proxy
from tests.browser.serving import Server
from tests.browser.visiting import DESK, ONE_EPOCH, open_page, press, start, visitor, wait_for_points, wait_for_status
from tests.waiting import until

LINE = ".st-key-run_status"


def asked_in_a_while(page: Page, sent: list[str | bytes]) -> int:
    """What the page has sent to its script while the line on its run changed five times."""
    before = len(sent)
    for _ in range(5):
        said = page.locator(LINE).inner_text()
        page.wait_for_function("([line, said]) => document.querySelector(line)?.innerText !== said", arg=[LINE, said])
    return len(sent) - before


def test_a_stream_draws_without_a_script_and_polling_takes_over_where_it_is_cut(
    server: Server, browser: Browser
) -> None:
    with Proxy(server.port, "lab") as proxy, visitor(browser, **DESK) as page:
        sent: list[str | bytes] = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        proxy.streams = False
        open_page(page, f"{proxy.url}/train?{ONE_EPOCH}")
        start(page)
        wait_for_status(page, "running")
        wait_for_points(page)
        # The first of the five changes may have been asked for just before.
        assert asked_in_a_while(page, sent) >= 4, "without a stream each change is asked for"
        proxy.streams = True
        until(lambda: asked_in_a_while(page, sent) == 0)
        press(page, "train_stop")
        wait_for_status(page, "stopped")
