"""What a visitor does and sees, in a few words, for tests that read like a visit.

    with visitor(browser, **DESK) as page:       a browser of this kind that nobody was in
        open_page(page, f"{server.url}/train?{ENDLESS}")
        run_id = start(page)                     Start, pressed; the id that the link then has
        wait_for_status(page, "running")
        press(page, "train_pause")               any other button, by its key or as a locator
        wait_for_status(page, "paused")
        press_key(page, "s", "train_step")       the shortcut of a button
        enter(page, "guess", "97")               typed into a field and sent

The page draws itself anew while a visitor looks at it, and as often on a slow machine as on a quick one. So nothing is
clicked but through `press`, nothing is typed but through `enter` and `press_key`, every wait is for something that
stays as it is once it has come, and a run that something is done to goes on until it is stopped (ENDLESS).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Locator, Page, expect

from tests.waiting import PATIENCE, until

CHART = ".st-key-live_chart .growing-chart"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
"""There while Streamlit has nothing to do for this page."""

ENDLESS = "network=mlp&dense_units=16&execution=eager&batch_size=1&train_size=1000&epochs=100"
"""Settings of a run that ends only when it is stopped: Python calls every operation of its 100,000 steps by itself, at
20 ms of a processor a step. That is half an hour, three times what a test may last, and the chart, which has room for
400 points, still grows every few seconds.
"""

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
"""Whether a click of the mouse or a finger reached the element that listens, waiting for it for some milliseconds."""
LATE_MS = 5_000
"""By then a click has arrived: the mouse's has when Playwright returns, a finger's comes a moment after it."""
HEAR_KEY = (
    """window.addEventListener('keydown', event => { window.keyTaken = event.defaultPrevented }, { once: true })"""
)
TRIES = 10

VIOLATION = "Forbidden by policy:"
TELL_OF_VIOLATIONS = f"""document.addEventListener("securitypolicyviolation", (forbidden) =>
  console.error("{VIOLATION}", forbidden.effectiveDirective, forbidden.blockedURI, forbidden.sourceFile));"""


@contextmanager
def visitor(browser: Browser, **kind: Any) -> Iterator[Page]:
    """A page of a browser of this kind that nobody was in.

    Its own code must not fail, it asks the server alone, and needs nothing that the server's policy forbids.
    """
    context = browser.new_context(**kind)
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(TELL_OF_VIOLATIONS)
    errors: list[str] = []
    asked: list[str] = []
    forbidden: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda line: forbidden.append(line.text) if line.text.startswith(VIOLATION) else None)
    yield context.new_page()
    context.close()
    assert errors == [], "the page's own code failed"
    elsewhere = [url for url in asked if urlsplit(url).hostname not in (None, "localhost", "127.0.0.1")]
    assert elsewhere == [], "nobody but the server is to hear of a visit"
    assert forbidden == [], (
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


def press(page: Page, what: str | Locator, finger: bool = False) -> None:
    """Presses a button, with the mouse or a `finger`: `what` is its key, or a locator of whatever else takes a click.

    A click is a button of the mouse that goes down and comes up on one element. Where the page is drawn anew in
    between, the element may have moved or be another one by then: the browser makes no click of it, and nobody is told.
    So the element itself is asked whether a click reached it, and only where none did is it pressed again. A click that
    arrived is never repeated, whatever became of the element afterwards: to press twice would be another thing than to
    press once. Streamlit loses no press that its page has heard.
    """
    target = page.locator(f".st-key-{what} button") if isinstance(what, str) else what
    for _ in range(TRIES):
        expect(target).to_be_enabled()
        wait_until_idle(page)
        if not (why := missed(target, finger)):
            return
    raise AssertionError(f"no press arrived at {target}: {why}")


def missed(target: Locator, finger: bool) -> str:
    """Presses the one element that `target` is at this moment; '' where it heard the press, else why it did not."""
    node, why = target.element_handle(), "the browser made no click of it"
    try:
        node.evaluate(HEAR)
        (node.tap if finger else node.click)(timeout=PATIENCE * 1000 / TRIES)
    except Error as error:  # it is not on the page any more, or something lies over it
        why = error.message
    return "" if node.evaluate(HEARD, LATE_MS) else why


def press_key(page: Page, key: str, button: str) -> None:
    """Presses a key that is the shortcut of the button with the key `button`, once that button is there to hear it.

    Streamlit keeps a key that is a shortcut from doing anything else in the browser: so it is known whether it was
    taken, and only one that nobody took is pressed again.
    """
    for _ in range(TRIES):
        expect(page.locator(f".st-key-{button} button")).to_be_enabled()
        wait_until_idle(page)
        page.evaluate(HEAR_KEY)
        page.keyboard.press(key)
        if page.evaluate("window.keyTaken"):
            return
    raise AssertionError(f"the key {key} is no shortcut here")


def enter(page: Page, field: str, text: str) -> None:
    """Types `text` into the field with this key and presses Enter; again, where a redraw took it back in between."""
    place = page.locator(f".st-key-{field} input")

    def entered() -> bool:
        wait_until_idle(page)
        place.fill(text)
        place.press("Enter")
        wait_until_idle(page)
        return place.input_value() == text

    until(entered)


def start(page: Page, button: str = "train_start", link: str = "run") -> str:
    """Presses Start; the id of the new run, or of another thing that `link` names in the address."""
    before = linked(page, link)
    press(page, button)
    page.wait_for_function(
        "([link, before]) => new URL(location).searchParams.get(link) !== before", arg=[link, before]
    )
    return linked(page, link) or ""


def linked(page: Page, name: str) -> str | None:
    """What the address says of `name`."""
    return page.evaluate("name => new URL(location).searchParams.get(name)", name)


def shown_run(page: Page) -> str | None:
    return linked(page, "run")


def wait_for_status(page: Page, code: str, of: str = "run") -> None:
    """Waits until the status line of the `run`, or of a study of this kind, begins with `code`.

    Only for one that stays: 'running' of a run that ends by itself may have come and gone between two looks.
    """
    page.wait_for_function(
        "([line, code]) => document.querySelector(line)?.innerText.trim().startsWith(code)",
        arg=[f".st-key-{of}_status", f"[{code}]"],
    )


def points(page: Page) -> int:
    """How many points the live chart holds."""
    return int(page.locator(CHART).get_attribute("data-points") or 0)


def wait_for_points(page: Page, more_than: int = 0, seconds: float = PATIENCE) -> None:
    """Waits until the live chart holds more points than that."""
    page.wait_for_function(
        "([chart, n]) => Number(document.querySelector(chart)?.dataset.points) > n",
        arg=[CHART, more_than],
        timeout=seconds * 1000,
    )
