"""Comparing in a real browser on a real worker: the result grows in place, can be stopped, and can be downloaded."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lib.core.benchmark.aa_trials import trials_of
from lib.core.benchmark.comparison import Comparison, comparison_of
from lib.core.benchmark.comparison_files import from_json
from lib.core.benchmark.labels import time_words
from lib.core.studies.configs import AaConfig, CompareConfig
from lib.core.studies.events import Sampled
from lib.runs.model.run import Study
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import PHONE, enter, linked, open_page, press, start, visitor, wait_for_status
from tests.pages.compare.comparisons import tell

CHART = ".st-key-compare_result .growing-chart"
TINY = "work=tiny_ops&modes=eager,graph"
ENDLESS = f"{TINY}&depth=thorough&sizes={','.join(map(str, range(10, 310)))}"
"""Three hundred sizes: it only ends when stopped."""


def wait_for_points(page: Page, more_than: int = 0) -> int:
    """Waits until the chart of samples has more than this many dots, of any mode; returns their number."""
    count = "document.querySelectorAll('.st-key-compare_result .growing-chart .scatterlayer .point').length"
    page.wait_for_function(f"() => {count} > {more_than}")
    return page.evaluate(count)


def recorded(server: Server, study_id: str) -> tuple[Study, Comparison]:
    study = server.store.study(study_id)
    assert isinstance(study.config, CompareConfig)
    return study, comparison_of(study.config, [event for _, event in server.store.events(study_id)])


def download(page: Page, key: str) -> str:
    with page.expect_download() as coming:
        press(page, key)
    return Path(coming.value.path()).read_text(encoding="utf-8")


def test_it_grows_in_place_stops_halfway_and_keeps_what_it_measured(server: Server, page: Page, other: Page):
    """Who has the link watches it live; the owner stops it; the chart was one node all the while."""
    open_page(page, f"{server.url}/compare?{ENDLESS}")
    study_id = start(page, "compare_start", "compare")
    wait_for_status(page, "running", of="compare")
    press(page, page.locator(".st-key-compare_view").get_by_text("Samples", exact=True))
    seen = wait_for_points(page, 4)
    page.evaluate("chart => { window.first = document.querySelector(chart) }", CHART)

    open_page(other, page.url)
    wait_for_status(other, "running", of="compare")
    expect(other.get_by_text("Somebody else started this measurement")).to_be_visible()
    expect(other.locator(".st-key-compare_stop")).to_have_count(0)

    wait_for_points(page, seen)
    assert page.evaluate("chart => window.first === document.querySelector(chart)", CHART)
    press(page, "compare_stop")
    for one in (page, other):
        wait_for_status(one, "stopped", of="compare")
        expect(one.locator(".st-key-compare_reservations")).to_contain_text("of all rounds were measured")

    study, comparison = recorded(server, study_id)
    rounds = [event for _, event in server.store.events(study_id) if isinstance(event, Sampled)]
    assert 0 < len(rounds) == study.step < study.total_steps
    assert from_json(download(page, "compare_json").encode(), "taken.json") == comparison
    expect(page.locator(".st-key-compare_start button")).to_be_enabled()


def test_what_is_downloaded_is_what_the_page_says(server: Server, page: Page):
    open_page(page, f"{server.url}/compare?{TINY}")
    enter(page, "compare_guess", "3")
    study_id = start(page, "compare_start", "compare")
    wait_for_status(page, "finished", of="compare")
    study, comparison = recorded(server, study_id)
    assert study.guess == 3
    taken = from_json(download(page, "compare_json").encode(), "taken.json")
    assert taken == comparison

    result = page.locator(".st-key-compare_result")
    expect(result).to_contain_text("Your guess: graph is 3 times as fast as eager.")
    for timing in taken.at(100):
        assert 12 <= len(timing.samples) + timing.voided <= 40
        assert set(timing.blocks) == {1, 2}
        expect(page.locator(f"{CHART} .ytick").filter(has_text=timing.mode)).to_contain_text(time_words(timing.median))
    rows = list(csv.DictReader(download(page, "compare_csv").splitlines()))
    counting = [row for row in rows if row["mode"] == "eager" and row["counts"] in ("1", "True", "true", "yes")]
    eager = taken.timing(100, "eager")
    assert eager is not None
    assert [float(row["ms_per_step"]) for row in counting] == pytest.approx(list(eager.samples))

    page.reload()
    wait_for_status(page, "finished", of="compare")
    expect(result).to_contain_text("Your guess: graph is 3 times as fast as eager.")


def test_back_from_an_opened_comparison_returns_to_the_list(server: Server, page: Page):
    study_id = tell(server.store, "finished")
    open_page(page, f"{server.url}/compare?work=tiny_ops&show=history")
    press(page, f"compare_open_{study_id}")
    wait_for_status(page, "finished", of="compare")
    page.wait_for_function("() => !new URL(location).searchParams.has('show')")
    page.go_back()
    expect(page.locator(f".st-key-compare_open_{study_id} button")).to_be_visible()
    assert page.evaluate("new URL(location).searchParams.get('show')") == "history"


def test_against_itself_runs_on_the_worker_and_stops(server: Server, page: Page):
    open_page(page, f"{server.url}/compare?work=tiny_ops&show=aa")
    press(page, "compare_aa")
    result = page.locator(".st-key-compare_aa_result")
    expect(result).to_contain_text("Called different from itself:")
    press(page, "compare_aa_stop")
    wait_for_status(page, "stopped", of="compare_aa")
    (study,) = server.store.studies("compare_aa")
    events = [event for _, event in server.store.events(study.id)]
    assert isinstance(study.config, AaConfig)
    trials = trials_of(study.config, events)
    expect(result).to_contain_text(f"{trials.different} of {len(trials.ratios)} times")


def test_the_lesson_and_the_whole_chart_are_on_the_first_screen(server: Server, browser: Browser):
    """At 1280 by 800, of a finished comparison of all usual modes and of a recorded one."""
    study_id = tell(server.store, "finished, training")
    with visitor(browser, viewport={"width": 1280, "height": 800}) as page:
        for link, box in ((f"?compare={study_id}", "compare_result"), ("", "compare_reference")):
            open_page(page, f"{server.url}/compare{link}")
            if not link:
                press(page, "compare_decline")
            wait_for_drawn(page, box)
            page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
            for part in (f".st-key-{box} h5", f".st-key-{box} .growing-chart"):
                place = page.locator(part).first.bounding_box()
                assert place is not None
                assert 0 <= place["y"] < place["y"] + place["height"] <= 800, part


def wait_for_drawn(page: Page, box: str) -> None:
    """Waits until the first chart in `box` shows dots."""
    points = f"document.querySelectorAll('.st-key-{box} .growing-chart .scatterlayer .point').length"
    page.wait_for_function(f"() => {points} > 0")


def test_everything_fits_a_phone(server: Server, browser: Browser):
    """Nothing is wider than the screen in any view, and a finger scrolls past the charts."""
    study_id = tell(server.store, "finished, training")
    with visitor(browser, **PHONE) as phone:
        open_page(phone, f"{server.url}/compare?compare={study_id}")
        views = {
            "Samples": "compare_strip",
            "Where the time goes": "compare_parts",
            "When it pays": "compare_cumulative",
            "Bad benchmark": "compare_careless",
        }
        for view, key in views.items():
            press(phone, phone.locator(".st-key-compare_view").get_by_text(view, exact=True))
            drawn = f".st-key-{key} .growing-chart"
            phone.wait_for_function("chart => document.querySelector(chart)?.layout?.dragmode === false", arg=drawn)
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_opens_from_home_and_walking_away_loses_nothing(server: Server, page: Page):
    study_id = tell(server.store, "finished")
    open_page(page, server.url)
    press(page, "go_compare")
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    open_page(page, f"{server.url}/compare?compare={study_id}")
    wait_for_status(page, "finished", of="compare")
    press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Train"))
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    press(page, page.get_by_test_id("stTopNavLink").filter(has_text="Compare"))
    wait_for_status(page, "finished", of="compare")
    assert linked(page, "compare") == study_id
