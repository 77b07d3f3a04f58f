"""Every page and section can be used by everybody, in light and dark.

Pages with a run, a comparison or a drawing are checked where those are made (`test_first_screen`), lessons where they
are walked through (`test_tour`).
"""

from playwright.sync_api import Page

from lib.ui.compare.sections import TITLES
from tests.browser.accessibility import SCHEMES, expect_accessible, switch_scheme
from tests.browser.serving import Server
from tests.browser.visiting import open_page

PLACES = ("home", "train", *(f"compare?show={section}" for section in TITLES), "draw?projector=1", "class")


def test_every_page_in_light_and_dark(server: Server, page: Page) -> None:
    for place in PLACES:
        open_page(page, f"{server.url}/{place}")
        for scheme in SCHEMES:
            switch_scheme(page, scheme)
            expect_accessible(page)
