"""Explanations with an open run: its chart grows by itself, and the gradient comes once its worker is free."""

from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import with_the_mouse
from tests.browser.visiting import ENDLESS, open_page, press, start
from tests.pages.draw.drawing import SEVEN

POINTS = ".st-key-draw_inside .js-plotly-plot .points path"


def view(page: Page, name: str) -> None:
    press(page, page.locator(".st-key-draw_view").get_by_text(name, exact=True))


def test_a_run_under_way_is_looked_into_and_nothing_has_to_be_pressed(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/train?lang=en&{ENDLESS}")
    run_id = start(page)
    open_page(page, f"{server.url}/draw?lang=en&run={run_id}")
    with_the_mouse(page, SEVEN)
    page.locator("[class*='st-key-draw_read_']").first.wait_for()
    view(page, "Over the steps of a run")
    page.locator(POINTS).first.wait_for()
    before = page.locator(POINTS).count()
    page.wait_for_function("([points, n]) => document.querySelectorAll(points).length > n", arg=[POINTS, before])
    view(page, "Gradient")
    expect(page.locator(".st-key-draw_gradient img")).to_have_count(2)
    assert server.store.run(run_id).is_open, "a gradient does not wait behind a run"
    server.store.stop(run_id)
    view(page, "Nearest images")
    expect(page.locator(".st-key-draw_nearest img")).to_have_count(5)
    expect(page.get_by_test_id("stException")).to_have_count(0)
