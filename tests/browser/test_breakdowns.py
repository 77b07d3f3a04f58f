"""A worker or the server dies: the run resumes from its last checkpoint, and nothing is left behind."""

import signal

from playwright.sync_api import Page

from lib.runs.db.store import Store
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import ENDLESS, open_page, press, start, wait_for_points, wait_for_status
from tests.waiting import until


def steps(store: Store, run_id: str) -> list[int]:
    """Every recorded step, in the order of the chunks."""
    return [step for part in store.progress(run_id) for step in range(part.first_step, part.last_step + 1)]


def saved_at(store: Store, run_id: str) -> int:
    artifact = store.checkpoint(run_id)
    return artifact.step if artifact else 0


def test_a_killed_worker_and_a_killed_server(own_server: Server, page: Page):
    """The worker is killed, then the whole server: each time the run goes on, without a gap or a doubled step."""
    open_page(page, f"{own_server.url}/train?{ENDLESS}")
    run_id = start(page)
    wait_for_status(page, "running")
    until(lambda: saved_at(own_server.store, run_id))
    worker, saved = own_server.worker(), saved_at(own_server.store, run_id)
    worker.kill()
    until(lambda: own_server.store.run(run_id).deaths == 1)
    until(lambda: own_server.store.run(run_id).step > saved)
    wait_for_status(page, "running")

    own_server.stop(signal.SIGKILL)
    until(lambda: not own_server.family())
    before = own_server.store.run(run_id).step
    own_server.start()
    until(own_server.answers)
    open_page(page, f"{own_server.url}/train?run={run_id}")
    until(lambda: own_server.store.run(run_id).step > before)
    wait_for_status(page, "running")
    wait_for_points(page)
    assert own_server.store.run(run_id).deaths == 1, "a server that is restarted is no death of a worker"
    press(page, "train_stop")
    wait_for_status(page, "stopped")
    recorded = steps(own_server.store, run_id)
    assert recorded == list(range(1, own_server.store.run(run_id).step + 1))
    expect(page.locator(".st-key-run_status")).to_contain_text(f"{len(recorded):,}")
