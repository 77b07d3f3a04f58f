"""A visitor's actions and views as short functions, for tests that read like a visit.

    with visitor(browser, **DESK) as page:       a new browser with these options
        open_page(page, f"{server.url}/train?{ENDLESS}")
        run_id = start(page)                     presses Start; the id in the link
        wait_for_status(page, "running")
        press(page, "train_pause")               any other button, by key or locator
        wait_for_status(page, "paused")
        press_key(page, "s", "train_step")       the shortcut of a button
        enter(page, "guess", "97")               types into a field and submits
        enter(page, "code", "abc", leads_to=…)    …into one that the page then no longer shows

The page redraws itself while a visitor looks at it, as often on a slow machine as on a fast one. Therefore all clicks
go through `press`, all typing through `enter` and `press_key`; every wait is for a state that lasts; and a run under
test goes on until it is stopped (ENDLESS).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, TimeoutError

from lib.ui.shell.visitor import COOKIE, known_by
from tests.browser.expecting import expect
from tests.waiting import PATIENCE, until

CHART = ".st-key-live_chart .growing-chart"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
"""Matches while Streamlit has nothing to do for this page."""

ENDLESS = "network=mlp&dense_units=16&execution=eager&batch_size=1&train_size=1000&epochs=100"
"""Settings of a run that only ends when stopped: Python calls every operation of its 100,000 steps separately, which
takes 20 ms of a processor per step. That is half an hour, three times a test's time limit, and the chart, with room for
400 points, still grows every few seconds."""
ONE_EPOCH = ENDLESS.replace("epochs=100", "epochs=1").replace("train_size=1000", "train_size=60000")
"""As long, and in most of that time nothing comes but steps: no figures, no words on an epoch."""

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-US",
}

HEAR = """node => {
    node.pressed = new Promise(heard =>
        node.addEventListener('click', event => event.isTrusted && heard(true), { capture: true }))
}"""
HEARD = "(node, ms) => Promise.race([node.pressed, new Promise(late => setTimeout(late, ms, false))])"
"""Whether a click of mouse or finger reached the listening element, waiting for it up to some milliseconds."""
LATE_MS = 5_000
"""A click has arrived by then: a mouse click when Playwright returns, a tap shortly after. And what was there when the
page was idle is there still, or a redraw has taken it away."""
HEAR_KEY = (
    """window.addEventListener('keydown', event => { window.keyTaken = event.defaultPrevented }, { once: true })"""
)
TRIES = 10

VIOLATION = "Forbidden by policy:"
TELL_OF_VIOLATIONS = f"""document.addEventListener("securitypolicyviolation", (forbidden) =>
  console.error("{VIOLATION}", forbidden.effectiveDirective, forbidden.blockedURI, forbidden.sourceFile));"""

TRACEBACK = "An exception on the page:"
TELL_OF_TRACEBACKS = f"""{{
  const shown = '[data-testid="stException"]';
  const look = (node) => node instanceof Element && (node.matches(shown) ? node : node.querySelector(shown));
  const tell = (node) => node && console.error("{TRACEBACK}", node.textContent);
  const watcher = new MutationObserver((changes) =>
    changes.forEach((change) => change.addedNodes.forEach((node) => tell(look(node)))));
  watcher.observe(document, {{ childList: true, subtree: true }});
}}"""
"""A page that is drawn anew a moment later shows an exception for that moment only."""


def new_context(browser: Browser, **kind: Any) -> BrowserContext:
    """A new browser with these options, as patient as all our waits: Playwright alone gives up after 30 s."""
    context = browser.new_context(**kind)
    context.set_default_timeout(PATIENCE * 1000)
    return context


@contextmanager
def visitor(browser: Browser, **kind: Any) -> Iterator[Page]:
    """A page in a new browser with these options.

    Neither its own code nor the server's may fail; it sends requests to the server alone, none of them for something
    that is not there, and needs nothing that the server's policy forbids.
    """
    context = new_context(browser, **kind)
    context.add_init_script(TELL_OF_VIOLATIONS + TELL_OF_TRACEBACKS)
    errors: list[str] = []
    asked: list[str] = []
    missing: list[str] = []
    said: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    context.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    context.on("console", lambda line: said.append(line.text))
    yield context.new_page()
    context.close()
    assert errors == [], "the page's own code failed"
    assert [line for line in said if line.startswith(TRACEBACK)] == [], "the server's code failed"
    elsewhere = [url for url in asked if urlsplit(url).hostname not in (None, "localhost", "127.0.0.1")]
    assert elsewhere == [], "nobody but the server is to hear of a visit"
    assert missing == [], "the page asks for what is not there"
    assert [line for line in said if line.startswith(VIOLATION)] == [], (
        "the policy (lib.ui.shell.content_policy) forbids what the page needs, or something has slipped in"
    )


def open_page(page: Page, url: str) -> None:
    """Opens `url` and waits until Streamlit has drawn the page."""
    page.goto(url)
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    """Waits until Streamlit is connected and has nothing to do, and the browser has shown it."""
    page.wait_for_function("idle => document.querySelector(idle)", arg=IDLE)
    page.evaluate("new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))")


def into_view(page: Page, place: Locator) -> None:
    """Scrolls to the element, or to the one that a redraw has put in its place meanwhile."""
    wait_until_idle(page)
    until(lambda: place.evaluate("node => { node.scrollIntoView({ block: 'nearest' }); return node.isConnected }"))


def press(page: Page, what: str | Locator, finger: bool = False) -> None:
    """Presses a button, with the mouse or a `finger`. `what` is the button's key, or a locator of anything clickable.

    A click is a press and a release on the same element. If the page is redrawn in between, the element may have moved
    or been replaced: then the browser fires no click, and reports nothing. So the element itself is asked whether a
    click reached it, and only if not is it pressed again. A click that arrived is never repeated, whatever became of
    the element: pressing twice is not the same as pressing once. Streamlit loses no press that its page has received.
    """
    target = page.locator(f".st-key-{what} button") if isinstance(what, str) else what
    for _ in range(TRIES):
        wait_until_idle(page)
        expect(target).to_be_enabled()
        if not (why := missed(target, finger)):
            return
    raise AssertionError(f"no press arrived at {target}: {why}")


def missed(target: Locator, finger: bool) -> str:
    """Presses the current element of `target`; returns '' if it received the press, else why not."""
    why = "the browser made no click of it"
    try:
        node = target.element_handle()
    except Error as error:  # for a moment of a redraw it is there twice, the old one and the new one
        return error.message
    try:
        node.evaluate(HEAR)
        (node.tap if finger else node.click)(timeout=PATIENCE * 1000 / TRIES)
    except Error as error:  # it is not on the page any more, or something lies over it
        why = error.message
    return "" if node.evaluate(HEARD, LATE_MS) else why


def press_key(page: Page, key: str, button: str) -> None:
    """Presses a key that is the shortcut of the button with the key `button`, once that button can receive it.

    Streamlit prevents the default action of a shortcut key in the browser: this shows whether the key was handled, and
    only an unhandled one is pressed again.
    """
    for _ in range(TRIES):
        expect(page.locator(f".st-key-{button} button")).to_be_enabled()
        wait_until_idle(page)
        page.evaluate(HEAR_KEY)
        page.keyboard.press(key)
        if page.evaluate("window.keyTaken"):
            return
    raise AssertionError(f"the key {key} is no shortcut here")


def enter(page: Page, field: str | Locator, text: str, leads_to: str | None = None) -> None:
    """Types `text` into a field and presses Enter; repeats it if a redraw discarded the text.

    `field` is the field's key, or a locator of it. Where the text leads to a page without that field, `leads_to` is the
    key of what is there instead.
    """
    place = page.locator(f".st-key-{field} input") if isinstance(field, str) else field

    def entered() -> bool:
        wait_until_idle(page)
        if leads_to and page.locator(f".st-key-{leads_to}").count():
            return True
        try:
            place.fill(text, timeout=LATE_MS)
            place.press("Enter", timeout=LATE_MS)
            wait_until_idle(page)
            return not leads_to and place.input_value(timeout=LATE_MS) == text
        except TimeoutError:  # a redraw has taken the field away: for good if it leads elsewhere
            return False

    until(entered)


def start(page: Page, button: str = "train_start", link: str = "run") -> str:
    """Presses Start; returns the id of the new run, or of another item that the URL parameter `link` names."""
    before = linked(page, link)
    press(page, button)
    page.wait_for_function(
        "([link, before]) => new URL(location).searchParams.get(link) !== before", arg=[link, before]
    )
    return linked(page, link) or ""


def linked(page: Page, name: str) -> str | None:
    """The value of the URL parameter `name`."""
    return page.evaluate("name => new URL(location).searchParams.get(name)", name)


def who(page: Page) -> str:
    """The visitor of this browser, as the store knows them."""
    (secret,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)
    return known_by(secret)


def shown_run(page: Page) -> str | None:
    return linked(page, "run")


def wait_for_status(page: Page, code: str, of: str = "run") -> None:
    """Waits until the status line of the `run`, or of a study of this kind, begins with `code`.

    Use it only for a lasting status: 'running' of a run that ends by itself may come and go between two polls.
    """
    page.wait_for_function(
        "([line, code]) => document.querySelector(line)?.innerText.trim().startsWith(code)",
        arg=[f".st-key-{of}_status", f"[{code}]"],
    )


def expect_in_sight(page: Page, *what: str, height: int | None = None, at_least: int | None = None) -> None:
    """Waits until each of these is within the first screen, wholly or with `at_least` so many pixels.

    The screen's height is the page's, or `height`; nothing is scrolled.
    """
    size = page.viewport_size
    assert size is not None
    until_seen = """([what, width, height, atLeast]) => {
        const box = document.querySelector(what)?.getBoundingClientRect();
        return box && box.height > 0 && box.left >= 0 && box.right <= width && box.top >= 0
            && Math.min(box.bottom, box.top + (atLeast ?? Infinity)) <= height
            && document.querySelector('[data-testid=stMain]').scrollTop === 0;
    }"""
    for one in what:
        try:
            page.wait_for_function(until_seen, arg=[one, size["width"], height or size["height"], at_least])
        except TimeoutError:
            raise AssertionError(f"{one} is at {page.locator(one).first.bounding_box()} of {size}") from None


def points(page: Page) -> int:
    """The number of points in the live chart."""
    return int(page.locator(CHART).get_attribute("data-points") or 0)


def wait_for_points(page: Page, more_than: int = 0, seconds: float = PATIENCE) -> None:
    """Waits until the live chart has more points than that."""
    page.wait_for_function(
        "([chart, n]) => Number(document.querySelector(chart)?.dataset.points) > n",
        arg=[CHART, more_than],
        timeout=seconds * 1000,
    )
