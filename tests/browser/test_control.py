"""A run in its owner's hands, in a real browser with real training: pause, step, rewind, keys, learning rate."""

import numpy as np
from playwright.sync_api import Browser, Page, expect

from lib.core.events import Inside, RateChanged
from lib.runs.store import Store
from tests.browser.serving import Server
from tests.browser.visiting import expect_status, open_page, shown_run, start, wait_for_points, wait_for_status
from tests.waiting import until

SMALL = "network=mlp&dense_units=16&train_size=2000&batch_size=20&epochs=2"
"""A hundred steps an epoch, each in a fraction of a millisecond."""


def press(page: Page, name: str) -> None:
    page.locator(f".st-key-train_{name} button").click()


def losses(store: Store, run_id: str) -> list[float]:
    chunks = store.progress(run_id)
    firsts = [chunk.first_step for chunk in chunks]
    assert firsts == [1, *(chunk.last_step + 1 for chunk in chunks[:-1])], "no gap, no step twice"
    return np.concatenate([chunk.losses for chunk in chunks]).tolist()


def wait_until_paused_at(page: Page, server: Server, run_id: str, step: int) -> None:
    # The first run of a server may have to wait until TensorFlow is loaded.
    until(lambda: server.store.run(run_id).step == step and server.store.run(run_id).status == "paused", 60)
    wait_for_status(page, "paused")
    expect(page.locator(".st-key-run_status")).to_contain_text(f"after step {step:,}")


def test_steps_then_on_to_the_end_as_if_it_had_never_rested(server: Server, page: Page):
    """1, then 10, then 100 steps, over an epoch's end; resumed, its losses are those of a run that never rested."""
    open_page(page, f"{server.url}/train?{SMALL}")
    press(page, "step")
    page.wait_for_function("() => new URL(location).searchParams.get('run')")
    run_id = shown_run(page) or ""
    wait_until_paused_at(page, server, run_id, 1)
    for size, at in ((10, 11), (100, 111)):
        page.locator(".st-key-step_size").get_by_text(str(size), exact=True).click()
        press(page, "step")
        wait_until_paused_at(page, server, run_id, at)
    press(page, "resume")
    wait_for_status(page, "finished")

    unbroken = start(page)
    # Not by the page's status: for a moment it is still that of the run before.
    until(lambda: server.store.run(unbroken).is_over, 60)
    assert losses(server.store, run_id) == losses(server.store, unbroken)
    assert len(losses(server.store, run_id)) == 200


def test_pause_frees_the_machine_for_somebody_else(server: Server, page: Page, browser: Browser):
    open_page(page, f"{server.url}/train")
    first = start(page)
    wait_for_status(page, "running")
    wait_for_points(page, 10)
    press(page, "pause")
    wait_for_status(page, "paused")
    rested = server.store.run(first).step

    other = browser.new_context(locale="en-US").new_page()
    open_page(other, f"{server.url}/train?{SMALL}")
    start(other)
    wait_for_status(other, "finished")
    other.context.close()

    assert server.store.run(first).step == rested > 0
    press(page, "resume")
    wait_for_status(page, "running")
    until(lambda: server.store.run(first).step > rested)
    press(page, "stop")
    wait_for_status(page, "stopped")


def test_rewind_leads_to_the_very_same_first_weights(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{SMALL}&seed=5")
    first = start(page)
    wait_for_status(page, "finished")
    press(page, "rewind")
    wait_for_status(page, "paused")
    second = shown_run(page) or ""
    assert second != first
    press(page, "step")
    wait_until_paused_at(page, server, second, 1)
    assert losses(server.store, second) == losses(server.store, first)[:1]
    before = [next(e for _, e in server.store.events(run) if isinstance(e, Inside)) for run in (first, second)]
    np.testing.assert_array_equal(before[0].first_layer, before[1].first_layer)
    press(page, "stop")
    wait_for_status(page, "stopped")


def test_the_keyboard_starts_pauses_resumes_and_steps(server: Server, page: Page):
    open_page(page, f"{server.url}/train?epochs=20")
    expect(page.locator(".st-key-train_start button")).to_be_enabled()
    page.keyboard.press("Space")
    wait_for_status(page, "running")
    wait_for_points(page, 5)
    page.keyboard.press("Space")
    wait_for_status(page, "paused")
    run_id = shown_run(page) or ""
    at = server.store.run(run_id).step
    page.keyboard.press("s")
    wait_until_paused_at(page, server, run_id, at + 1)
    page.keyboard.press("Space")
    wait_for_status(page, "running")
    press(page, "stop")
    wait_for_status(page, "stopped")


def test_a_key_after_a_click_does_one_thing(server: Server, page: Page):
    """The button that was clicked has the focus, and a space would press it as well."""
    open_page(page, f"{server.url}/train?epochs=20")
    start(page)
    wait_for_status(page, "running")
    wait_for_points(page, 5)
    page.keyboard.press("Space")
    wait_for_status(page, "paused")
    page.locator(".st-key-train_step button").click()
    run_id = shown_run(page) or ""
    until(lambda: server.store.run(run_id).status == "paused")
    expect_status(page, "paused")
    press(page, "stop")
    wait_for_status(page, "stopped")


def test_typing_is_no_command(server: Server, page: Page):
    open_page(page, f"{server.url}/train")
    page.locator(".st-key-guess input").fill("9")
    page.locator(".st-key-guess input").press("Space")
    page.locator(".st-key-guess input").press("s")
    page.locator(".st-key-guess input").press("Enter")
    expect_status(page, "none")
    assert shown_run(page) is None


def test_the_learning_rate_changes_under_way_and_is_marked(server: Server, page: Page):
    open_page(page, f"{server.url}/train?epochs=20")
    run_id = start(page)
    wait_for_status(page, "running")
    wait_for_points(page, 5)
    field = page.locator(f".st-key-rate_{run_id} input")
    field.fill("0.0002")
    field.press("Enter")
    changes = until(lambda: [e for _, e in server.store.events(run_id) if isinstance(e, RateChanged)])
    assert [change.learning_rate for change in changes] == [0.0002]
    step = changes[0].step
    expect(page.get_by_text(f"Learning rate: 0.001, from step {step + 1:,} on 0.0002.")).to_be_visible()
    press(page, "stop")
    wait_for_status(page, "stopped")


def test_who_opens_the_link_watches(server: Server, page: Page, browser: Browser):
    open_page(page, f"{server.url}/train?epochs=20")
    start(page)
    wait_for_status(page, "running")
    watcher = browser.new_context(locale="en-US").new_page()
    open_page(watcher, page.url)
    wait_for_points(watcher, 5)
    expect(watcher.get_by_text("Somebody else started")).to_be_visible()
    for name in ("pause", "stop", "rewind"):
        expect(watcher.locator(f".st-key-train_{name}")).to_have_count(0)
    page.reload()
    press(page, "pause")
    wait_for_status(page, "paused")
    wait_for_status(watcher, "paused")
    press(page, "resume")
    wait_for_status(watcher, "running")
    press(page, "stop")
    wait_for_status(watcher, "stopped")
    watcher.context.close()


def test_a_guess_is_held_against_the_result(server: Server, page: Page):
    open_page(page, f"{server.url}/train?{SMALL}")
    page.locator(".st-key-guess input").fill("87.5")
    page.locator(".st-key-guess input").press("Enter")
    run_id = start(page)
    wait_for_status(page, "finished")
    assert server.store.run(run_id).guess == 0.875
    expect(page.locator(".st-key-run_summary")).to_contain_text("87.5")
