"""Playwright's `expect`, for pages that redraw themselves.

While Streamlit redraws a page, an element and its next version stand on it together for a moment. Playwright's own
`expect` waits for a text, but fails at once where a locator meets two elements ("strict mode violation"). This one
waits until that moment has passed. A locator that goes on meeting two fails as ever, with Playwright's words.
"""

import time
from collections.abc import Callable
from typing import Any, cast, overload

from playwright.sync_api import Locator, LocatorAssertions, Page, PageAssertions  # type: ignore[attr-defined]
from playwright.sync_api import expect as expect_at_once  # noqa: TID251

from tests.waiting import PATIENCE

expect_at_once.set_options(timeout=PATIENCE * 1000)
TWICE = "strict mode violation"
LOOK_AGAIN_MS = 50


class PatientAssertions:
    """The assertions of `expect(locator)`, each asked again while the locator meets more than one element."""

    def __init__(self, locator: Locator):
        self.locator = locator

    def __getattr__(self, name: str) -> Callable[..., None]:
        def wait(*args: Any, **kwargs: Any) -> None:
            deadline = time.monotonic() + kwargs.get("timeout", PATIENCE * 1000) / 1000
            while True:
                try:
                    return getattr(expect_at_once(self.locator), name)(*args, **kwargs)
                except AssertionError as error:
                    if TWICE not in str(error) or time.monotonic() > deadline:
                        raise
                self.locator.page.wait_for_timeout(LOOK_AGAIN_MS)

        return wait


@overload
def expect(what: Locator) -> LocatorAssertions: ...
@overload
def expect(what: Page) -> PageAssertions: ...
def expect(what: Locator | Page) -> LocatorAssertions | PageAssertions:
    """What is expected of the page, or of the one element that a locator will meet."""
    if isinstance(what, Page):
        return expect_at_once(what)
    return cast(LocatorAssertions, PatientAssertions(what))
