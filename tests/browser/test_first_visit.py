"""The first visit to a fresh server."""

import re

import psutil
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.serving import Server, has_tensorflow
from tests.browser.visiting import DESK, open_page, press, start, visitor, wait_for_status
from tests.pages.visiting import PAGES


def test_a_deep_link_opens_before_anything_else_and_training_starts_by_itself(held_server: Server, page: Page):
    """The very first request is a deep link: the page has its frame; Start, pressed while TensorFlow loads, is kept.

    Only the worker loads TensorFlow: the web process stays small.
    """
    open_page(page, f"{held_server.url}/train?epochs=1&train_size=1000&lang=ko")
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(len(PAGES))
    expect(page.get_by_role("heading", name="학습하기")).to_be_visible()
    start(page)
    expect(page.locator(".st-key-run_status")).to_contain_text("불러오는 중")
    held_server.let_load()
    wait_for_status(page, "finished")
    web = psutil.Process(held_server.process.pid)
    assert not has_tensorflow(web)
    assert has_tensorflow(held_server.worker())
    assert web.memory_info().rss < 250e6


def test_home_follows_the_machine_until_it_is_ready(held_server: Server, page: Page):
    open_page(page, held_server.url)
    machine = page.locator(".st-key-machine")
    expect(machine).to_contain_text("TensorFlow is being loaded")
    held_server.let_load()
    expect(machine).to_contain_text("Ready: TensorFlow is loaded.")
    expect(machine).to_contain_text("tensorflow 2.")
    press(page, page.get_by_text("Train the network of the notes"))
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()


def test_the_language_is_the_browsers_unless_the_link_says_otherwise(server: Server, browser):
    for locale, query, language, words in (
        ("ko-KR", "", "ko", "직접 실행하며 이해합니다"),
        ("de-DE", "", "en", "by running it"),
        ("ko-KR", "?lang=en", "en", "by running it"),
        ("en-US", "?lang=ko", "ko", "직접 실행하며 이해합니다"),
    ):
        with visitor(browser, **DESK | {"locale": locale}) as page:
            open_page(page, server.url + query)
            expect(page.get_by_text(words)).to_be_visible()
            expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_language_that_is_not_there_is_refused_in_words(server: Server, page: Page):
    open_page(page, f"{server.url}/?lang=xx")
    expect(page.get_by_text("There is no language “xx” here")).to_be_visible()


def test_streamlits_own_words_are_in_the_pages_language(server: Server, page: Page) -> None:
    """The uploader's, and the names of fields and of the chart's buttons; back in English they are English again."""
    open_page(page, f"{server.url}/train?lang=ko")
    press(page, page.locator(".st-key-settings_file summary"))
    uploader = page.locator(".st-key-settings_upload").last
    zoom = page.locator(".st-key-live_chart [data-attr=zoom]").first
    expect(uploader).to_contain_text("올리기")
    expect(uploader).to_contain_text("파일당 5MB")
    expect(zoom).to_have_attribute("data-title", re.compile("확대"))
    press(page, page.get_by_role("radio", name="English"))
    expect(uploader).to_contain_text("Upload")
    expect(uploader).to_contain_text("5MB per file")
