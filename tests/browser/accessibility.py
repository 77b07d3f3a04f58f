"""What keeps people from using a page, found by axe-core (https://github.com/dequelabs/axe-core)."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.visiting import wait_until_idle

RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
AT_REST = """() => !document.querySelector('[data-stale="true"]')
    && document.getAnimations().every(({ playState }) => playState !== 'running')"""
"""What is drawn anew is dimmed for a moment, and letters then stand out less."""
GRAVE = ("serious", "critical")
SCHEMES = ("light", "dark")


def expect_accessible(page: Page) -> None:
    """axe-core finds nothing serious or critical on a page of the app as it stands now."""
    wait_until_idle(page)
    expect_nothing_grave(page)


def expect_nothing_grave(page: Page) -> None:
    """The same of any page."""
    page.wait_for_function(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(RUN)["violations"]
    grave = [line for violation in found if violation["impact"] in GRAVE for line in told(violation)]
    assert not grave, "\n".join(grave)


def told(violation: dict[str, Any]) -> list[str]:
    """Each element with its fault, and what is wrong with it."""
    return [f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}" for node in violation["nodes"]]


def switch_scheme(page: Page, scheme: str) -> None:
    """Light or dark, as the visitor's system wants it; the page follows without a reload."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme", arg=scheme
    )
