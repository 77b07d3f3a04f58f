"""A class: a teacher at a desk, a member with a phone and one with a laptop."""

from playwright.sync_api import Browser, Page

from lib.runs.model.run import Status
from tests.browser.accessibility import SCHEMES, expect_accessible, switch_scheme
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import ENDLESS, PHONE, enter, open_page, press, start, visitor, wait_for_status
from tests.waiting import until

CARDS = ".class-card"


def cards(page: Page, state: str = "") -> int:
    """How many cards there are, in this state or in any."""
    return page.locator(f'{CARDS}[data-state="state_{state}"]' if state else CARDS).count()


def test_a_teacher_leads_a_class(server: Server, browser: Browser, page: Page, other: Page) -> None:
    open_page(page, f"{server.url}/class")
    press(page, "class_make")
    code = page.locator(".st-key-class_invitation h1").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name=f"{server.url}/class?code={code}")).to_be_visible()

    with visitor(browser, **PHONE) as phone:
        open_page(phone, f"{server.url}/class?code={code}")
        press(phone, "class_name_1", finger=True)
        expect(phone.locator(".st-key-room_bar")).to_be_visible()
        open_page(other, f"{server.url}/class")
        enter(other, "class_code", code.lower(), leads_to="class_names")
        press(other, "class_name_2")
        until(lambda: cards(page) == 2)
        for scheme in SCHEMES:
            switch_scheme(page, scheme)
            expect_accessible(page)

        # Who is where and how far.
        open_page(phone, f"{server.url}/train?{ENDLESS}")
        run_id = start(phone)
        until(lambda: cards(page, "running") == 1 and "Train" in page.locator(CARDS).first.inner_text())

        # Paused, nothing goes on; then the same run does.
        press(page, "class_pause")
        wait_for_status(phone, "paused")
        expect(other.locator(".st-key-room_bar")).to_contain_text("paused")
        press(page, "class_go_on")
        until(lambda: server.store.run(run_id).status == Status.RUNNING)

        # Every browser goes to the page that is opened for all, and stays free to leave it.
        press(page, "class_open_for_all")
        press(page, "class_open")
        for member in (phone, other):
            member.wait_for_url("**/draw**")
        page.keyboard.press("Escape")

        # One press removes somebody, and they are told.
        press(page, page.locator(f"{CARDS} .class-remove").first)
        until(lambda: cards(page) == 1)
        expect(phone.locator(".st-key-room_bar")).to_contain_text("removed")
        expect(other.locator(".st-key-room_bar")).not_to_contain_text("removed")
