"""Training in a real browser: it starts, grows, keeps the viewer's zoom, stops, and looks the same to everyone."""

import re

from playwright.sync_api import Browser, Page

from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import (
    CHART,
    DESK,
    ENDLESS,
    PHONE,
    enter,
    open_page,
    points,
    press,
    shown_run,
    start,
    visitor,
    wait_for_points,
    wait_for_status,
)
from tests.pages.stories import tell
from tests.waiting import until

AS_WIDE = """chart => {
    const drawn = document.querySelector(chart);
    return drawn.querySelector(".main-svg").clientWidth === drawn.clientWidth;
}"""


def zoom(page: Page) -> list[float]:
    """Zooms by dragging across the loss chart; returns the visible range of steps."""
    area = page.locator(f"{CHART} .nsewdrag").first.bounding_box()
    assert area is not None
    height = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.02, height)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.4, height, steps=5)
    page.mouse.up()
    page.wait_for_function("chart => !document.querySelector(chart).layout.xaxis.autorange", arg=CHART)
    return shown_range(page)


def shown_range(page: Page) -> list[float]:
    return page.evaluate("chart => document.querySelector(chart).layout.xaxis.range", CHART)


def test_a_run_is_seen_live_and_stops(server: Server, page: Page):
    """The chart grows in one DOM node and keeps the viewer's zoom; Stop ends the run and keeps what it recorded."""
    open_page(page, f"{server.url}/train?{ENDLESS}")
    run_id = start(page)
    wait_for_status(page, "running")
    wait_for_points(page)
    page.evaluate("chart => { window.firstNode = document.querySelector(chart) }", CHART)
    before, seen = zoom(page), points(page)
    wait_for_points(page, seen)
    assert page.evaluate("chart => window.firstNode === document.querySelector(chart)", CHART)
    assert shown_range(page) == before

    press(page, "train_stop")
    wait_for_status(page, "stopped")
    assert page.evaluate("chart => window.firstNode === document.querySelector(chart)", CHART)
    run = server.store.run(run_id)
    recorded = server.store.progress(run_id)
    assert run.step == recorded[-1].last_step == sum(len(chunk.losses) for chunk in recorded) > 0
    expect(page.locator(".st-key-run_status")).to_contain_text(f"{run.step:,}")


def test_a_chart_is_seen_as_one_likes_and_its_link_is_taken_along(server: Server, page: Page):
    """Linear or logarithmic, whole or the beginning; as wide as its column, whatever changes that."""
    open_page(page, f"{server.url}/train?run={tell(server.store, 'finished')}")
    wait_for_points(page)
    axes = (
        "chart => { const { xaxis, yaxis } = document.querySelector(chart).layout; return [yaxis.type, xaxis.range] }"
    )
    for name, seen in (
        ("Linear", ["linear", [0, 120]]),
        ("The beginning", ["linear", [0, 100]]),
        ("Logarithmic", ["log", [0, 100]]),
        ("Whole", ["log", [0, 120]]),
    ):
        press(page, page.locator(".chart-views").get_by_role("button", name=name))
        until(lambda seen=seen: page.evaluate(axes, CHART) == seen)
    for style in ("max-width: 30rem", "max-width: none"):
        page.locator(CHART).evaluate("(chart, style) => chart.parentElement.style.cssText = style", style)
        page.wait_for_function(AS_WIDE, arg=CHART)

    copy = page.locator(".copy-link button")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, copy)
    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain http
    press(page, copy)
    expect(page.locator(".copy-link input")).to_have_value(page.url)


def test_everyone_sees_the_same_run(server: Server, page: Page, browser: Browser):
    """A refresh, a second tab, another browser on the link, and a walk to another page: the run goes on in all."""
    open_page(page, f"{server.url}/train?{ENDLESS}")
    run_id = start(page)
    wait_for_status(page, "running")
    page.reload()
    wait_for_points(page)
    wait_for_status(page, "running")
    assert shown_run(page) == run_id

    with visitor(browser, **DESK | {"locale": "ko-KR"}) as elsewhere:
        everyone = page, page.context.new_page(), elsewhere
        for other in everyone[1:]:
            open_page(other, page.url)
            wait_for_points(other)
            wait_for_status(other, "running")

        press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Home"))
        expect(page.get_by_role("heading", name="TF2 Lab")).to_be_visible()
        press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Train"))
        wait_for_points(page)
        assert shown_run(page) == run_id

        press(page, "train_stop")
        for one in everyone:
            wait_for_status(one, "stopped")


def test_a_finished_run_is_summed_up_from_its_records(server: Server, page: Page):
    """The figures at the end are the stored ones; the code is shown; both languages say it."""
    open_page(page, f"{server.url}/train?epochs=2&train_size=2000&batch_size=50&network=mlp")
    run_id = start(page)
    wait_for_status(page, "finished")
    last = [event for _, event in server.store.events(run_id) if type(event).__name__ == "Evaluated"][-1]
    expect(page.locator(".st-key-live_chart [aria-live=polite]")).to_have_text(
        f"Epoch 2 of 2: test accuracy {last.test_accuracy * 100:.2f} %, test loss {last.test_loss:.4f}."
    )
    summary = page.locator(".st-key-run_summary")
    expect(summary).to_contain_text(f"{last.test_accuracy * 100:.2f} %")
    expect(summary).to_contain_text(f"{last.test_loss:.4f}")
    expect(summary).to_contain_text("95 % interval")

    press(page, page.get_by_role("tab", name="Code"))
    expect(page.get_by_text("def train_step").first).to_be_visible()

    press(page, page.get_by_role("radio", name="한국어"))
    expect(summary).to_contain_text("95% 신뢰구간")
    wait_for_status(page, "finished")
    assert shown_run(page) == run_id


def test_the_language_changes_under_a_running_run(server: Server, page: Page):
    """Settings and run survive the switch, and the link then carries the language."""
    open_page(page, f"{server.url}/train?{ENDLESS}&learning_rate=0.002")
    start(page)
    wait_for_status(page, "running")
    press(page, page.get_by_role("radio", name="한국어"))
    expect(page.get_by_role("heading", name="학습하기")).to_be_visible()
    expect(page.locator(".st-key-batch_size input")).to_have_value("1")
    expect(page.locator(".st-key-learning_rate input")).to_have_value("0.002")
    wait_for_status(page, "running")
    expect(page).to_have_url(re.compile("lang=ko"))
    press(page, "train_stop")
    wait_for_status(page, "stopped")
    expect(page.locator(".st-key-run_status")).to_contain_text("중지했습니다")


def test_a_run_in_the_queue_knows_its_place(server: Server, page: Page, other: Page):
    """The second visitor's run waits behind the first's, says so, and can leave the queue."""
    open_page(page, f"{server.url}/train?{ENDLESS}")
    start(page)
    wait_for_status(page, "running")
    open_page(other, f"{server.url}/train?epochs=1")
    start(other)
    wait_for_status(other, "waiting")
    expect(other.locator(".st-key-run_status")).to_contain_text("before this one: 1")
    press(other, "train_stop")
    wait_for_status(other, "stopped")
    wait_for_status(page, "running")
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_on_a_phone_a_finger_scrolls_past_the_chart(server: Server, browser: Browser):
    """Nothing is wider than the screen, and the chart leaves dragging to the page."""
    with visitor(browser, **PHONE) as phone:
        open_page(phone, f"{server.url}/train")
        phone.wait_for_function("chart => document.querySelector(chart)?.layout", arg=CHART)
        assert phone.evaluate("chart => document.querySelector(chart).layout.dragmode", CHART) is False
        expect(phone.locator(f"{CHART} .modebar")).to_have_count(0)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_bad_values_are_refused_in_words_and_good_ones_apply(server: Server, page: Page):
    open_page(page, f"{server.url}/train?epochs=0&batch_size=64&colour=red")
    refusal = page.locator(".st-key-refused")
    expect(refusal).to_contain_text("Epochs (epochs) must be a whole number from 1 to 100, but '0' was given.")
    expect(refusal).to_contain_text("There is no setting named colour.")
    expect(page.locator(".st-key-batch_size input")).to_have_value("64")
    expect(page.locator(".st-key-epochs input")).to_have_value("5")

    enter(page, "learning_rate", "99")
    expect(page.locator(".st-key-setting_error")).to_contain_text("a number from 1e-06 to 10, but 99.0 was given")
    expect(page.locator(".st-key-train_start button")).to_be_disabled()
    enter(page, "learning_rate", "0.5")
    expect(page.locator(".st-key-train_start button")).to_be_enabled()
    expect(page).to_have_url(re.compile("learning_rate=0.5"))


def test_a_link_to_a_run_that_is_not_there_says_so(server: Server, page: Page):
    open_page(page, f"{server.url}/train?run=nowhere")
    expect(page.get_by_text("There is no run “nowhere” here")).to_be_visible()
    wait_for_status(page, "none")
