"""Control of one's own run, in a real browser with real training: pause, step, rewind, keys, learning rate."""

import numpy as np
from playwright.sync_api import Page

from lib.core.training.events import Inside, RateChanged
from lib.runs.db.store import Store
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import (
    ENDLESS,
    HEAR_KEY,
    enter,
    open_page,
    press,
    press_key,
    shown_run,
    start,
    wait_for_points,
    wait_for_status,
    wait_until_idle,
)
from tests.waiting import until

SMALL = "network=mlp&dense_units=16&train_size=2000&batch_size=20&epochs=2"
"""A hundred steps per epoch, each a fraction of a millisecond."""


def losses(store: Store, run_id: str) -> list[float]:
    chunks = store.progress(run_id)
    firsts = [chunk.first_step for chunk in chunks]
    assert firsts == [1, *(chunk.last_step + 1 for chunk in chunks[:-1])], "no gap, no step twice"
    return np.concatenate([chunk.losses for chunk in chunks]).tolist()


def wait_until_paused_at(page: Page, server: Server, run_id: str, step: int) -> None:
    until(lambda: server.store.run(run_id).step == step and server.store.run(run_id).status == "paused")
    wait_for_status(page, "paused")
    expect(page.locator(".st-key-run_status")).to_contain_text(f"after step {step:,}")


def test_steps_then_on_to_the_end_as_if_it_had_never_rested(server: Server, page: Page):
    """1, then 10, then 100 steps, over an epoch's end; resumed, its losses are those of a run that never rested."""
    open_page(page, f"{server.url}/train?{SMALL}")
    run_id = start(page, "train_step")
    wait_until_paused_at(page, server, run_id, 1)
    for size, at in ((10, 11), (100, 111)):
        press(page, page.locator(".st-key-step_size").get_by_text(str(size), exact=True))
        press(page, "train_step")
        wait_until_paused_at(page, server, run_id, at)
    press(page, "train_resume")
    wait_for_status(page, "finished")

    unbroken = start(page)
    # Not by the page's status: for a moment it is still that of the run before.
    until(lambda: server.store.run(unbroken).is_over)
    assert losses(server.store, run_id) == losses(server.store, unbroken)
    assert len(losses(server.store, run_id)) == 200


def test_pause_frees_the_machine_for_somebody_else(server: Server, page: Page, other: Page):
    open_page(page, f"{server.url}/train?{ENDLESS}")
    first = start(page)
    wait_for_status(page, "running")
    wait_for_points(page)
    press(page, "train_pause")
    wait_for_status(page, "paused")
    rested = server.store.run(first).step

    open_page(other, f"{server.url}/train?{SMALL}")
    start(other)
    wait_for_status(other, "finished")

    assert server.store.run(first).step == rested > 0
    press(page, "train_resume")
    wait_for_status(page, "running")
    until(lambda: server.store.run(first).step > rested)
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_rewind_leads_to_the_very_same_first_weights(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{SMALL}&seed=5")
    first = start(page)
    wait_for_status(page, "finished")
    second = start(page, "train_rewind")
    wait_for_status(page, "paused")
    assert second != first
    press(page, "train_step")
    wait_until_paused_at(page, server, second, 1)
    assert losses(server.store, second) == losses(server.store, first)[:1]
    before = [next(e for _, e in server.store.events(run) if isinstance(e, Inside)) for run in (first, second)]
    np.testing.assert_array_equal(before[0].first_layer, before[1].first_layer)
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_the_keyboard_starts_pauses_resumes_and_steps(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{ENDLESS}")
    press_key(page, "Space", "train_start")
    wait_for_status(page, "running")
    wait_for_points(page)
    press_key(page, "Space", "train_pause")
    wait_for_status(page, "paused")
    run_id = shown_run(page) or ""
    at = server.store.run(run_id).step
    press_key(page, "s", "train_step")
    wait_until_paused_at(page, server, run_id, at + 1)
    press_key(page, "Space", "train_resume")
    wait_for_status(page, "running")
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_a_key_after_a_click_does_one_thing(server: Server, page: Page):
    """The button that was clicked has the focus, and a space would press it as well."""
    open_page(page, f"{server.url}/train?{ENDLESS}")
    run_id = start(page)
    wait_for_status(page, "running")
    wait_for_points(page)
    press_key(page, "Space", "train_pause")
    wait_for_status(page, "paused")
    at = server.store.run(run_id).step
    press(page, "train_step")
    wait_until_paused_at(page, server, run_id, at + 1)
    assert shown_run(page) == run_id
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_typing_is_no_command(server: Server, page: Page):
    open_page(page, f"{server.url}/train")
    wait_until_idle(page)
    page.locator(".st-key-guess input").fill("9")
    page.locator(".st-key-guess input").press("Space")
    page.locator(".st-key-guess input").press("s")
    page.locator(".st-key-guess input").press("Enter")
    wait_until_idle(page)
    wait_for_status(page, "none")
    assert shown_run(page) is None


def test_the_learning_rate_changes_under_way_and_is_marked(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{ENDLESS}")
    run_id = start(page)
    wait_for_status(page, "running")
    wait_for_points(page)
    enter(page, f"rate_{run_id}", "0.0002")
    changes = until(lambda: [e for _, e in server.store.events(run_id) if isinstance(e, RateChanged)])
    assert [change.learning_rate for change in changes] == [0.0002]
    step = changes[0].step
    expect(page.get_by_text(f"Learning rate: 0.001, from step {step + 1:,} on 0.0002.")).to_be_visible()
    press(page, "train_stop")
    wait_for_status(page, "stopped")


def test_who_opens_the_link_watches(server: Server, page: Page, other: Page):
    open_page(page, f"{server.url}/train?{ENDLESS}")
    start(page)
    wait_for_status(page, "running")
    open_page(other, page.url)
    wait_for_points(other)
    expect(other.get_by_text("Somebody else started")).to_be_visible()
    for name in ("pause", "stop", "rewind"):
        expect(other.locator(f".st-key-train_{name}")).to_have_count(0)
    other.evaluate(HEAR_KEY)
    other.keyboard.press("Space")
    assert other.evaluate("window.keyTaken") is False, "it scrolls, as everywhere"
    assert shown_run(other) == shown_run(page)
    page.reload()
    press(page, "train_pause")
    wait_for_status(page, "paused")
    wait_for_status(other, "paused")
    press(page, "train_resume")
    wait_for_status(other, "running")
    press(page, "train_stop")
    wait_for_status(other, "stopped")


def test_a_guess_is_held_against_the_result(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{SMALL}")
    enter(page, "guess", "87.5")
    run_id = start(page)
    wait_for_status(page, "finished")
    assert server.store.run(run_id).guess == 0.875
    expect(page.locator(".st-key-run_summary")).to_contain_text("87.5")
    press(page, page.get_by_role("link", name="Draw a digit with this network"))
    expect(page.locator(".st-key-canvas")).to_be_visible()
    assert shown_run(page) == run_id
