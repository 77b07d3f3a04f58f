"""The harness itself: a press happens exactly once, and typed text stays, although the page is redrawn."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.expecting import expect
from tests.browser.visiting import DESK, enter, press, press_key, visitor

APP = """
<div data-testid="stApp" data-test-script-state="notRunning" data-test-connection-state="CONNECTED">
  <div class="st-key-go"><button>Go</button></div>
  <div class="st-key-name"><input></div>
</div>
<script>
  window.presses = 0;
  const place = document.querySelector('.st-key-go'), field = document.querySelector('.st-key-name');
  const draw = () => { place.innerHTML = '<button>Go</button>'; };
  place.addEventListener('click', event => { window.presses += event.target.tagName === 'BUTTON'; });
</script>
"""
ONCE = "{ once: true, capture: true }"


def draw_at(page: Page, event: str) -> None:
    """Makes the page redraw its button at the first event of this type."""
    page.set_content(APP)
    page.evaluate(f"place.addEventListener('{event}', () => draw(), {ONCE})")


def test_a_plain_click_is_lost_in_a_redraw(page: Page) -> None:
    """What the harness is there for: nobody is told of it."""
    draw_at(page, "mousedown")
    page.locator(".st-key-go button").click()
    assert page.evaluate("presses") == 0


@pytest.mark.parametrize("event", ["mousedown", "mouseup", "click", "mousemove", "never"])
def test_a_press_arrives_once_whenever_the_page_is_drawn_anew(page: Page, event: str) -> None:
    draw_at(page, event)
    press(page, "go")
    assert page.evaluate("presses") == 1


def test_a_button_is_pressed_once_it_can_be(page: Page) -> None:
    page.set_content(APP)
    page.evaluate("place.firstChild.disabled = true; setTimeout(draw, 200)")
    press(page, "go")
    assert page.evaluate("presses") == 1


def test_a_key_that_nobody_hears_yet_is_pressed_again_and_one_that_was_taken_is_not(page: Page) -> None:
    page.set_content(APP)
    page.evaluate("""window.addEventListener('keydown', () => document.addEventListener('keydown', event => {
        event.preventDefault();
        window.presses += 1;
    }), { once: true })""")
    press_key(page, "s", "go")
    assert page.evaluate("presses") == 1


def test_what_a_redraw_takes_back_is_typed_again(page: Page) -> None:
    page.set_content(APP)
    page.evaluate(f"field.addEventListener('input', () => {{ field.innerHTML = '<input>' }}, {ONCE})")
    enter(page, "name", "97.5")
    expect(page.locator(".st-key-name input")).to_have_value("97.5")


def test_a_field_that_its_own_text_takes_away_is_not_waited_for(page: Page) -> None:
    """The first Enter is heard late, when the text is being typed again."""
    page.set_content(APP)
    page.evaluate(f"""field.addEventListener('keydown', () => {{
        field.innerHTML = '<input>';
        field.addEventListener('input', () => {{ field.className = 'st-key-names' }}, {ONCE});
    }}, {ONCE})""")
    enter(page, "name", "abc", leads_to="names")
    expect(page.locator(".st-key-name")).to_have_count(0)


def test_what_is_there_twice_for_a_moment_is_waited_for(page: Page) -> None:
    page.set_content(APP)
    page.evaluate("place.after(place.cloneNode(true)); setTimeout(() => place.remove(), 200)")
    expect(page.locator(".st-key-go")).to_contain_text("Go")


def test_what_stays_there_twice_fails(page: Page) -> None:
    page.set_content(APP)
    page.evaluate("place.after(place.cloneNode(true))")
    with pytest.raises(AssertionError, match="strict mode violation"):
        expect(page.locator(".st-key-go")).to_contain_text("Go", timeout=200)


def see_an_exception(browser: Browser) -> None:
    with visitor(browser, **DESK) as page:
        page.goto("data:text/html,<div id=app></div>")
        page.evaluate("""app.innerHTML = '<p><b data-testid="stException">NoOutput</b></p>'""")
        page.evaluate("app.innerHTML = ''")


def test_an_exception_that_a_page_shows_for_a_moment_is_not_overlooked(browser: Browser) -> None:
    with pytest.raises(AssertionError, match="the server's code failed"):
        see_an_exception(browser)
