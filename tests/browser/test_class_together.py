"""A class in real browsers: what one draws on a phone hangs on the projector's wall, and guesses stay hidden."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lib.runs.db.store import Store
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import canvas, expect_read, with_a_finger
from tests.browser.visiting import PHONE, enter, open_page, press, visitor, who
from tests.pages.draw.drawing import SEVEN


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with visitor(browser, **PHONE) as page:
        yield page


def view(page: Page, name: str) -> None:
    press(page, page.locator(".st-key-class_view").get_by_text(name, exact=True))


def room_of(store: Store, page: Page) -> str:
    room = store.classroom.taught_by(who(page))
    assert room is not None
    return room.code


def test_a_class_draws_on_one_wall_and_guesses_together(server: Server, page: Page, phone: Page) -> None:
    open_page(page, f"{server.url}/class")
    press(page, "class_make")
    page.locator(".st-key-class_invitation").wait_for()
    open_page(phone, f"{server.url}/class?code={room_of(server.store, page)}")
    press(phone, "class_name_1")
    phone.locator(".st-key-class_leave").wait_for()

    view(page, "Digit wall")
    open_page(phone, f"{server.url}/draw")
    canvas(phone).wait_for()
    with_a_finger(phone, SEVEN)
    expect_read(phone, "7")
    press(phone, "own_right_0")
    press(phone, "own_show_0")
    expect(phone.locator(".st-key-own_keep")).to_contain_text("It hangs on the wall of your class.")
    expect(page.locator(".st-key-class_wall_scores")).to_contain_text("1 of 1")
    press(page, page.locator(".st-key-class_wall_digits button").first)
    expect(page.locator(".st-key-class_wall")).to_contain_text("The wall is empty.")
    press(page, "class_wall_undo")
    expect(page.locator(".st-key-class_wall_scores")).to_contain_text("1 of 1")

    open_page(page, f"{server.url}/train?epochs=1&train_size=1000")
    press(page, "train_ask")
    open_page(phone, f"{server.url}/class")
    view(phone, "Guesses")
    enter(phone, "class_guess_accuracy", "91")
    press(phone, "class_guess")
    expect(phone.locator(".st-key-class_guesses_state")).to_contain_text("Guesses: 1. Yours: 91.00 %.")
    open_page(page, f"{server.url}/class")
    view(page, "Guesses")
    expect(page.locator(".st-key-class_guesses_state")).to_contain_text("Guesses: 1.")
    expect(page.locator(".st-key-class_guesses_state")).not_to_contain_text("91")
