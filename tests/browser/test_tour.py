"""A visitor takes the Tour: sees a lesson, runs it, varies it, answers, goes on; somebody else opens the link."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from lib.core.studies.recordings import recording
from lib.core.tour.code import call
from lib.core.tour.lesson import Lesson
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Outputs, Printed
from lib.ui.tour.views import OWN_PICTURES
from tests.browser.accessibility import expect_accessible
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import (
    DESK,
    LATE_MS,
    PHONE,
    enter,
    expect_in_sight,
    into_view,
    linked,
    open_page,
    press,
    start,
    visitor,
    wait_for_status,
    wait_until_idle,
)
from tests.core.tour.lessons import every_lesson
from tests.waiting import until

SCREENS = {"en": DESK | {"color_scheme": "light"}, "ko": PHONE | {"color_scheme": "dark"}}
"""A desk in English and light, a phone in Korean and dark."""


@pytest.fixture(scope="module", params=SCREENS)
def walk(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[str, Page]]:
    """The language, and the one page on which a visitor takes lesson after lesson: what it has loaded, it keeps."""
    with visitor(browser, **SCREENS[request.param]) as page:
        yield request.param, page


@every_lesson
def test_a_lesson_is_run_and_answered(server: Server, walk: tuple[str, Page], lesson: Lesson):
    """What the page shows after Run is what this very run brought; nothing is too wide; everybody can use it."""
    lang, page = walk
    open_page(page, f"{server.url}/tour?lesson={lesson.code}&lang={lang}")
    expect(page.locator(".st-key-tour_recorded")).to_be_visible()
    expect(page.locator(".st-key-tour_truth")).to_be_visible()
    is_run_in_sight(page, lesson)
    study_id = start(page, "tour_start", "tour")
    wait_for_status(page, "finished", of="tour")
    expect(page.locator(".st-key-tour_recorded")).to_have_count(0)
    wait_until_idle(page)  # while it is drawn anew, an output may be there twice
    is_run_in_sight(page, lesson)
    shows(page, lesson, Outputs(event for _, event in server.store.events(study_id)))
    right = next(number for number, answer in enumerate(lesson.answers) if answer.right)
    press(page, f"tour_{lesson.code}_answer_{right}")
    expect(page.locator(".st-key-tour_verdict")).to_be_visible()
    expect(page.get_by_text("Mermaid diagram error")).to_have_count(0)
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    expect_accessible(page)
    page.evaluate("localStorage.clear()")  # the next lesson is opened as by somebody new, without 'go on'


def is_run_in_sight(page: Page, lesson: Lesson) -> None:
    """Run is within the first screen, and at 1280 × 800 its output begins there; on a phone that may lie below.

    A lesson with a picture of its own shows that one there.
    """
    size = page.viewport_size
    height = min(size["height"], 800 if size["width"] > 1000 else 844)
    expect_in_sight(page, ".st-key-tour_start", height=height)
    if size["width"] > 1000:
        output = f".st-key-tour_output_{next(iter(lesson.functions))}"
        first = ".ecosystem-map" if lesson.code in OWN_PICTURES else output
        expect_in_sight(page, first, height=height, at_least=40)


def shows(page: Page, lesson: Lesson, outputs: Outputs) -> None:
    """Every text that came out stands beside its function."""
    functions = lesson.chosen(lesson.values({}))
    assert [each.name for each in outputs.all if isinstance(each, Printed)] == list(functions)
    for name in functions:
        shown = page.locator(f".st-key-tour_output_{name}")
        expect(shown).to_have_count(1)
        for text in (outputs.printed(name).text, outputs.error(name)):
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
    # For a moment of a redraw both are there, what was shown and what is.
    shown = page.locator(".st-key-tour_output_values_at_once")
    expect(shown.filter(has_text="press Run")).to_have_count(0)
    expect(shown.filter(has_text="[1. 2. 3. 4. 5.]")).to_have_count(1)
    assert dict(server.store.study(study_id).config.values)["n"] == 5
    open_page(other, page.url)
    expect(other.locator(".st-key-tour_output_values_at_once")).to_contain_text("[1. 2. 3. 4. 5.]")
    expect(other.get_by_text(call(LESSONS["eager"], "values_at_once", {"n": 5}))).to_be_visible()


def test_a_press_on_the_valley_starts_the_five_there(server: Server, page: Page):
    """First in the recorded picture, then in one that just came out."""
    open_page(page, f"{server.url}/tour?lesson=tape")
    for x, y in ((2.0, -1.0), (-1.5, 0.5)):
        until(lambda x=x, y=y: press_valley(page, x, y))
        wait_for_status(page, "finished", of="tour")
        study = server.store.study(linked(page, "tour") or "")
        values = dict(study.config.values)
        assert (values["start_x"], values["start_y"]) == (x, y)


def wait_until_kept(page: Page, what: str) -> None:
    """The browser keeps this of the tour a moment after the page shows it."""
    page.wait_for_function("what => localStorage.getItem('tf2lab_tour')?.includes(what)", arg=what)


def press_valley(page: Page, x: float, y: float) -> bool:
    """Presses this point of the picture; whether that was heard. It is not if the page is drawn anew just then."""
    picture = page.locator(".st-key-tour_descent .js-plotly-plot")
    into_view(page, picture)
    left, top = picture.evaluate(
        """(chart, [x, y]) => {
            const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect()
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)]
        }""",
        [x, y],
    )
    page.mouse.click(left, top)
    try:
        page.wait_for_url(re.compile(f"start_x={x}.*start_y={y}|start_y={y}.*start_x={x}"), timeout=LATE_MS)
    except TimeoutError:
        return False
    return True


def test_the_way_goes_on_and_back_with_the_browser_too(server: Server, page: Page):
    """The map counts an answered lesson, after a refresh too; Next opens the next, the browser's Back the first."""
    first, second, *_ = [*LESSONS, None]
    open_page(page, f"{server.url}/tour")
    assert linked(page, "lesson") == first
    press(page, f"tour_{first}_answer_0")
    expect(page.locator(".st-key-tour_map")).to_contain_text("1 of")
    wait_until_kept(page, f'"{first}":0')
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


def test_the_picture_leads_by_keyboard_to_a_network_that_computes_in_the_browser(server: Server, page: Page):
    """Its probabilities are Python's; what is drawn is read there too, and a box of another lesson opens that one."""
    open_page(page, f"{server.url}/tour?lesson=ecosystem")
    box = page.locator(".ecosystem-map .wide a[data-opens=browser]")
    page.locator(".ecosystem-map .wide a[data-opens=litert]").focus()
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location).searchParams.get('block') === 'browser'")
    expect(box).to_have_attribute("aria-current", "true")
    expect(box).to_be_focused()

    python = Outputs(recording("ecosystem").outputs).array("weights_for_a_browser", "probabilities")
    reader = page.locator(".digit-reader")
    for number, probabilities in enumerate(python):
        press(page, reader.locator(".pictures button").nth(number))
        expect(reader.locator(".pictures [aria-pressed=true]")).to_have_count(1)
        rows = [row.split() for row in reader.locator("tbody tr").all_inner_texts()]
        assert [int(digit) for digit, _, _ in rows] == list(range(10))
        for column in (1, 2):
            assert [float(row[column]) for row in rows] == pytest.approx(probabilities.tolist(), abs=2e-6)

    before = reader.locator("tbody tr").all_inner_texts()
    reader.locator(".reading canvas").click(position={"x": 112, "y": 112})
    expect(reader.locator("p[role=status]")).to_contain_text("Python has not seen this one.")
    drawn = reader.locator("tbody tr").all_inner_texts()
    assert [row.split()[1] for row in drawn] != [row.split()[1] for row in before]
    press(page, page.locator(".ecosystem-map .wide a[data-opens=devices]"))
    page.wait_for_function("() => new URL(location).searchParams.get('lesson') === 'devices'")
    expect(page.locator(".st-key-tour_output_what_there_is")).to_be_visible()


def test_one_goes_on_where_one_was(server: Server, page: Page):
    """A later visit is offered the lesson that the earlier one ended with, by the first page and by the map."""
    first, second, *_ = LESSONS
    open_page(page, f"{server.url}/tour?lesson={second}")
    wait_until_kept(page, second)
    open_page(page, f"{server.url}/tour?lesson={first}")
    press(page, "tour_go_on")
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    expect(page.locator(".st-key-tour_go_on")).to_have_count(0)
    open_page(page, server.url)
    press(page, "go_on")
    expect(page.locator(f".st-key-tour_{second}_answer_0")).to_be_visible()
    assert linked(page, "lesson") == second
