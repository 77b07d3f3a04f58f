"""A visitor takes the Tour: sees a lesson, runs it, varies it, answers, goes on; somebody else opens the link."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.core.tour.code import call
from lib.core.tour.lesson import Lesson
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Outputs, Printed
from tests.browser.accessibility import expect_accessible
from tests.browser.serving import Server
from tests.browser.visiting import (
    DESK,
    PHONE,
    enter,
    expect_in_sight,
    linked,
    open_page,
    press,
    start,
    visitor,
    wait_for_status,
)
from tests.core.tour.lessons import every_lesson

SCREENS = {"desk": DESK | {"color_scheme": "light"}, "phone": PHONE | {"color_scheme": "dark"}}


@every_lesson
@pytest.mark.parametrize(("screen", "lang"), list(zip(SCREENS, ["en", "ko"], strict=True)))
def test_a_lesson_is_run_and_answered(server: Server, browser: Browser, lesson: Lesson, screen: str, lang: str):
    """What the page shows after Run is what this very run brought; nothing is too wide; everybody can use it."""
    with visitor(browser, **SCREENS[screen]) as page:
        open_page(page, f"{server.url}/tour?lesson={lesson.code}&lang={lang}")
        expect(page.locator(".st-key-tour_recorded")).to_be_visible()
        expect(page.locator(".st-key-tour_truth")).to_be_visible()
        is_run_in_sight(page, lesson)
        study_id = start(page, "tour_start", "tour")
        wait_for_status(page, "finished", of="tour")
        expect(page.locator(".st-key-tour_recorded")).to_have_count(0)
        is_run_in_sight(page, lesson)
        shows(page, lesson, Outputs(event for _, event in server.store.events(study_id)))
        right = next(number for number, answer in enumerate(lesson.answers) if answer.right)
        press(page, f"tour_{lesson.code}_answer_{right}")
        expect(page.locator(".st-key-tour_verdict")).to_be_visible()
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
        expect_accessible(page)


def is_run_in_sight(page: Page, lesson: Lesson) -> None:
    """Run is within the first screen, and at 1280 × 800 its output begins there; on a phone that may lie below."""
    size = page.viewport_size
    height = min(size["height"], 800 if size["width"] > 1000 else 844)
    expect_in_sight(page, ".st-key-tour_start", height=height)
    if size["width"] > 1000:
        expect_in_sight(page, f".st-key-tour_output_{next(iter(lesson.functions))}", height=height, at_least=40)


def shows(page: Page, lesson: Lesson, outputs: Outputs) -> None:
    """Every text that came out stands beside its function."""
    assert [each.name for each in outputs.all if isinstance(each, Printed)] == list(lesson.functions)
    for name in lesson.functions:
        shown = page.locator(f".st-key-tour_output_{name}")
        for text in (outputs.text(name), outputs.error(name)):
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            for line in lines[:2]:
                expect(shown).to_contain_text(re.sub(r"\s+", " ", line))


def test_a_varied_value_reaches_the_code_the_output_and_the_link(server: Server, page: Page, other: Page):
    """Somebody else who opens the link sees the same result, and cannot stop or change it."""
    open_page(page, f"{server.url}/tour?lesson=eager")
    enter(page, "tour_eager_n", "5")
    page.wait_for_function("() => new URL(location).searchParams.get('n') === '5'")
    study_id = start(page, "tour_start", "tour")
    wait_for_status(page, "finished", of="tour")
    shown = page.locator(".st-key-tour_output_values_at_once")
    expect(shown).to_contain_text("[1. 2. 3. 4. 5.]")
    expect(shown).not_to_contain_text("press Run")
    assert dict(server.store.study(study_id).config.values)["n"] == 5
    open_page(other, page.url)
    expect(other.locator(".st-key-tour_output_values_at_once")).to_contain_text("[1. 2. 3. 4. 5.]")
    expect(other.get_by_text(call(LESSONS["eager"], "values_at_once", {"n": 5}))).to_be_visible()


def test_the_way_goes_on_and_back_with_the_browser_too(server: Server, page: Page):
    """The map counts an answered lesson, after a refresh too; Next opens the next, the browser's Back the first."""
    first, second, *_ = [*LESSONS, None]
    open_page(page, f"{server.url}/tour")
    assert linked(page, "lesson") == first
    press(page, f"tour_{first}_answer_0")
    expect(page.locator(".st-key-tour_map")).to_contain_text("1 of")
    page.reload()
    expect(page.locator(".st-key-tour_map")).to_contain_text("1 of")
    expect(page.locator(".st-key-tour_verdict")).to_be_visible()
    if second is None:
        return
    press(page, "tour_next")
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    assert linked(page, "lesson") == second
    page.go_back()
    expect(page.locator(f".st-key-tour_{first}_answer_0")).to_be_visible()


def test_one_goes_on_where_one_was(server: Server, page: Page):
    """A later visit is offered the lesson that the earlier one ended with, by the first page and by the map."""
    first, second, *_ = LESSONS
    open_page(page, f"{server.url}/tour?lesson={second}")
    page.wait_for_function(f"() => localStorage.getItem('tf2lab_tour')?.includes('{second}')")
    open_page(page, f"{server.url}/tour?lesson={first}")
    press(page, "tour_go_on")
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    expect(page.locator(".st-key-tour_go_on")).to_have_count(0)
    open_page(page, server.url)
    press(page, "go_on")
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    assert linked(page, "lesson") == second
