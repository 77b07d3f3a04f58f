"""A real server and a real browser. Most tests share one server; those that kill processes start their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.visiting import DESK, visitor
from tests.waiting import until


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    """The shared server. Jobs that a test leaves open, such as an endless run of a failed one, are stopped after it."""
    yield one_server
    for job in one_server.store.open_runs():
        one_server.store.stop(job.id)
    until(lambda: not one_server.store.open_runs())


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own. To be asked for before the page, which must close first: a page whose server is gone
    cannot load the rest of its own code.
    """
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def held_server(tmp_path: Path) -> Iterator[Server]:
    """The same, and its TensorFlow waits for `let_load`."""
    with Server(tmp_path, held=True) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with visitor(browser, **DESK) as page:
        yield page


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Another visitor's browser."""
    with visitor(browser, **DESK) as page:
        yield page
