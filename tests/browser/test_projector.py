"""The projector mode: everything is larger, arrow keys go from part to part, and no key is taken from anything else."""

from playwright.sync_api import Page

from lib.core.tour.lessons import LESSONS
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import linked, open_page, press, wait_until_idle

TOP = "document.querySelector('[data-testid=stMain]').scrollTop"
ENDED = """(({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - 1)(
    document.querySelector('[data-testid=stMain]'))"""
ON = ".st-key-projector_keys"


def letters(page: Page) -> float:
    """The size of the page's letters, in pixels."""
    return page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")


def test_it_stays_from_page_to_page_until_escape(server: Server, page: Page) -> None:
    """Pressed on one page, it is in the link of the next, and its charts' letters are larger too."""
    open_page(page, f"{server.url}/compare")
    before = letters(page)
    press(page, "projector_switch")
    expect(page.locator(ON)).to_have_count(1)
    assert letters(page) > 1.2 * before
    press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Train"))
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    page.wait_for_function("() => new URL(location).searchParams.get('projector') === '1'")
    page.wait_for_function(
        "() => document.querySelector('.st-key-live_chart .growing-chart')?.layout?.font?.size === 18"
    )
    wait_until_idle(page)
    page.locator("body").press("Escape")
    expect(page.locator(ON)).to_have_count(0)
    page.wait_for_function("() => !new URL(location).searchParams.has('projector')")
    assert letters(page) == before
    page.wait_for_function(
        "() => document.querySelector('.st-key-live_chart .growing-chart')?.layout?.font?.size !== 18"
    )


def test_arrows_go_through_the_tour(server: Server, page: Page) -> None:
    """Part after part to the next lesson, and back; a field, a choice and a held Ctrl keep their keys."""
    first, second, *_ = LESSONS
    open_page(page, f"{server.url}/tour?lesson={first}&projector=1")
    expect(page.locator(ON)).to_have_count(1)
    wait_until_idle(page)
    page.locator("[class*='st-key-tour_'] input[type=number], [class*='st-key-tour_'] input").first.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("radio", name="English").focus()
    page.keyboard.press("Control+ArrowDown")
    assert page.evaluate(TOP) == 0
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => {TOP} > 50")
    while not page.evaluate(ENDED):
        page.keyboard.press("PageDown")
    assert linked(page, "lesson") == first
    page.keyboard.press("PageDown")
    page.wait_for_function("second => new URL(location).searchParams.get('lesson') === second", arg=second)
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    page.wait_for_function(f"() => {TOP} === 0")
    assert linked(page, "projector") == "1"
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("first => new URL(location).searchParams.get('lesson') === first", arg=first)
