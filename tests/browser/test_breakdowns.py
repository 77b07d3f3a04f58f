"""Things die: a worker, the server. Nothing recorded is lost, nothing is left behind."""

import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.visiting import open_page, start, wait_for_points, wait_for_status
from tests.waiting import until


def test_a_killed_worker_and_a_killed_server(own_home: Path, page: Page):
    """The worker is killed: its run says so, the next run goes. The server is killed: no process stays, and no run."""
    server = Server(own_home)
    with server:
        open_page(page, f"{server.url}/train")
        first = start(page)
        wait_for_status(page, "running")
        wait_for_points(page, 10)
        server.worker().kill()
        wait_for_status(page, "failed")
        expect(page.locator(".st-key-run_status")).to_contain_text("The worker process died")
        assert server.store.run(first).step == server.store.progress(first)[-1].last_step > 0

        second = start(page)
        wait_for_status(page, "running")
        wait_for_points(page, 10)
        server.stop(signal.SIGKILL)
        until(lambda: not server.family(), 20)

        server.start()
        until(server.answers, 30)
        open_page(page, f"{server.url}/train?run={second}")
        wait_for_status(page, "failed")
        expect(page.locator(".st-key-run_status")).to_contain_text("The server was stopped during this run")
        assert server.store.run(second).step > 0
        open_page(page, f"{server.url}/train?run={first}")
        wait_for_status(page, "failed")
