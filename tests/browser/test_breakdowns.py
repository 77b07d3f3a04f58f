"""A worker or the server dies: the run resumes from its last checkpoint, and nothing is left behind."""

import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from lib.runs.db.store import Store
from tests.browser.serving import Server
from tests.browser.visiting import ENDLESS, open_page, press, start, wait_for_points, wait_for_status
from tests.waiting import until


def steps(store: Store, run_id: str) -> list[int]:
    """Every recorded step, in the order of the chunks."""
    return [step for part in store.progress(run_id) for step in range(part.first_step, part.last_step + 1)]


def saved_at(store: Store, run_id: str) -> int:
    artifact = store.checkpoint(run_id)
    return artifact.step if artifact else 0


def test_a_killed_worker_and_a_killed_server(own_home: Path, page: Page):
    """The worker is killed, then the whole server: each time the run goes on, without a gap or a doubled step."""
    server = Server(own_home)
    with server:
        open_page(page, f"{server.url}/train?{ENDLESS}")
        run_id = start(page)
        wait_for_status(page, "running")
        until(lambda: saved_at(server.store, run_id))
        worker, saved = server.worker(), saved_at(server.store, run_id)
        worker.kill()
        until(lambda: server.store.run(run_id).deaths == 1)
        until(lambda: server.store.run(run_id).step > saved)
        wait_for_status(page, "running")

        server.stop(signal.SIGKILL)
        until(lambda: not server.family())
        before = server.store.run(run_id).step
        server.start()
        until(server.answers)
        open_page(page, f"{server.url}/train?run={run_id}")
        until(lambda: server.store.run(run_id).step > before)
        wait_for_status(page, "running")
        wait_for_points(page)
        assert server.store.run(run_id).deaths == 1, "a server that is restarted is no death of a worker"
        press(page, "train_stop")
        wait_for_status(page, "stopped")
        recorded = steps(server.store, run_id)
        assert recorded == list(range(1, server.store.run(run_id).step + 1))
        expect(page.locator(".st-key-run_status")).to_contain_text(f"{len(recorded):,}")
