"""What a visitor does and sees, in a few words, for tests that read like a visit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

CHART = ".st-key-live_chart .growing-chart"

VIOLATION = "Forbidden by policy:"
TELL_OF_VIOLATIONS = f"""document.addEventListener("securitypolicyviolation", (forbidden) =>
  console.error("{VIOLATION}", forbidden.effectiveDirective, forbidden.blockedURI, forbidden.sourceFile));"""


@contextmanager
def visitor(browser: Browser, **kind: Any) -> Iterator[Page]:
    """A page of a browser of this kind that nobody was in.

    Its own code must not fail, it asks the server alone, and needs nothing that the server's policy forbids.
    """
    context = browser.new_context(**kind)
    context.add_init_script(TELL_OF_VIOLATIONS)
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    forbidden: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: forbidden.append(line.text) if line.text.startswith(VIOLATION) else None)
    yield page
    context.close()
    assert errors == [], "the page's own code failed"
    elsewhere = [url for url in asked if urlsplit(url).hostname not in (None, "localhost", "127.0.0.1")]
    assert elsewhere == [], "nobody but the server is to hear of a visit"
    assert forbidden == [], "the policy (lib.ui.policy) forbids what the page needs, or something has slipped in"


def open_page(page: Page, url: str) -> None:
    """Opens `url` and waits until Streamlit has drawn the page."""
    page.goto(url)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=20_000)


def start(page: Page) -> str:
    """Presses Start; the new run's id."""
    before = shown_run(page)
    page.locator(".st-key-train_start button").click()
    page.wait_for_function("before => new URL(location).searchParams.get('run') !== before", arg=before)
    return shown_run(page) or ""


def shown_run(page: Page) -> str | None:
    return page.evaluate("new URL(location).searchParams.get('run')")


def wait_for_status(page: Page, *codes: str, seconds: float = 60) -> None:
    """Waits until the status line begins with one of `codes`."""
    words = "|".join(codes)
    page.wait_for_function(
        """words => new RegExp(`^\\\\s*\\\\[(${words})\\\\]`).test(
               document.querySelector('.st-key-run_status')?.innerText ?? '')""",
        arg=words,
        timeout=seconds * 1000,
    )


def points(page: Page) -> int:
    """How many points the live chart holds."""
    return int(page.locator(CHART).get_attribute("data-points") or 0)


def wait_for_points(page: Page, more_than: int, seconds: float = 60) -> None:
    page.wait_for_function(
        "([chart, n]) => Number(document.querySelector(chart)?.dataset.points) > n",
        arg=[CHART, more_than],
        timeout=seconds * 1000,
    )


def expect_status(page: Page, code: str) -> None:
    expect(page.locator(".st-key-run_status")).to_contain_text(f"[{code}]")
