"""How quickly the app opens, starts and stops, the memory of its web process, and of all its processes together.

    python -m tests.benchmarks.footprint [--small]

Every round starts a new server with an empty folder and visits it with a real Chromium. All times are recorded ones: by
the browser when a button was pressed or a status was drawn, by the store when a run was created or ended. Medians are
printed with the lowest and the highest round; a target that the median misses is marked.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import urllib.request
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from lib.runs.db.store import Store
from lib.runs.model.run import Status
from tests.benchmarks.memory import Peak, memory_of
from tests.benchmarks.reporting import load, machine, spread, verdict, versions
from tests.browser.chromium import launch
from tests.browser.expecting import expect
from tests.browser.serving import Server, has_tensorflow
from tests.browser.visiting import CHART, shown_run, start, wait_for_points, wait_for_status
from tests.waiting import until

FIRST_PAGE = "s   streamlit run to first page"
AT_HOME, AT_TRAIN, AT_END = (
    "MB  web process, home opened",
    "MB  web process, /train opened",
    "MB  web process, run seen",
)
COLD, COLD_SEEN = "s   Start to first step, cold", "s   Start to first point, cold"
WARM, WARM_SEEN = "s   Start to first step, warm", "s   Start to first point, warm"
SINCE_RUN = "s   streamlit run to first step"
REST, REST_SUM = "MB  all processes, at rest", "MB  the same, plain sum of resident memory"
AFTER = "MB  all processes, after three runs"
TRAINING, TRAINING_SUM = "MB  all processes, highest in training", "MB  the same in training, plain sum"
STOP, STOP_SEEN = "s   Stop to stopped, store", "s   Stop to stopped, page"
TENSORFLOW = "    TensorFlow in the web process"
TARGETS = {
    FIRST_PAGE: 2.0,
    AT_HOME: 250,
    AT_TRAIN: 250,
    AT_END: 250,
    COLD: 15.0,
    COLD_SEEN: 15.0,
    WARM: 2.0,
    WARM_SEEN: 2.0,
    STOP: 0.3,
    STOP_SEEN: 0.3,
    TENSORFLOW: 0,
}
SMALL = {REST: 1000, TRAINING: 1200}
"""Targets with TF2LAB_SMALL=1."""
LINES: tuple[str, ...] = (FIRST_PAGE, SINCE_RUN, AT_HOME, AT_TRAIN, AT_END, TENSORFLOW)
LINES += (REST, REST_SUM, TRAINING, TRAINING_SUM, AFTER)
LINES += (COLD, COLD_SEEN, WARM, WARM_SEEN, STOP, STOP_SEEN)
SHORT_RUN = "epochs=2&train_size=5000"

LISTEN = "addEventListener('click', () => { window.pressed = Date.now() }, {capture: true})"
SEEN = """([chart, code]) => {
    const status = document.querySelector('.st-key-run_status')?.innerText ?? '';
    const points = Number(document.querySelector(chart)?.dataset.points);
    return status.trim().startsWith(`[${code}]`) && (code !== 'running' || points > 0) && Date.now();
}"""

Measured = dict[str, list[float]]


def moment_of(page: Page, code: str) -> float:
    """When the page first showed this status, 'running' with a point: seconds since 1970, at most 16 ms late."""
    return page.wait_for_function(SEEN, arg=[CHART, code], timeout=90_000).json_value() / 1000


def pressed(page: Page) -> float:
    return page.evaluate("window.pressed") / 1000


def first_step(store: Store, run_id: str) -> float:
    """When the store had the run's first step, polled every 10 ms: seconds since 1970."""
    until(lambda: store.run(run_id).step > 0, 90)
    return datetime.now(UTC).timestamp()


def measure_start(page: Page, store: Store) -> tuple[float, float]:
    """Presses Start; seconds until the store has the first step, and until the page shows a point."""
    run_id = start(page)
    in_store = first_step(store, run_id)
    in_page = moment_of(page, "running")
    return in_store - pressed(page), in_page - pressed(page)


def measure_stop(page: Page, store: Store) -> tuple[float, float]:
    """Presses Stop; seconds until the store and the page report the run as stopped."""
    wait_for_points(page, 20)
    run_id = shown_run(page) or ""
    page.locator(".st-key-train_stop button").click()
    in_page = moment_of(page, "stopped") - pressed(page)
    until(lambda: store.run(run_id).status == Status.STOPPED)
    ended_at = store.run(run_id).ended_at
    assert ended_at is not None
    return ended_at.timestamp() - pressed(page), in_page


def megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def at_rest(home: Path, measured: Measured, small: bool) -> None:
    """A server whose worker has loaded TensorFlow, before its first visitor."""
    server = Server(home)
    server.environment |= {"TF2LAB_SMALL": str(int(small)), "TF2LAB_METRICS": "127.0.0.1"}

    def has_loaded() -> bool:
        with urllib.request.urlopen(f"{server.url}/metrics") as response:
            return b"tf2lab_workers_loaded 1.0" in response.read()

    with server:
        until(has_loaded)
        found = memory_of(server.family())
    measured[REST].append(found.taken)
    measured[REST_SUM].append(found.rss)


def one_round(browser: Browser, home: Path, measured: Measured, small: bool) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
    page.add_init_script(LISTEN)
    server = Server(home)
    server.environment["TF2LAB_SMALL"] = str(int(small))
    began = time.perf_counter()
    with server:
        page.goto(server.url)
        expect(page.get_by_role("heading", name="TF2 Lab")).to_be_visible(timeout=30_000)
        measured[FIRST_PAGE].append(time.perf_counter() - began)
        web = psutil.Process(server.process.pid)
        measured[AT_HOME].append(megabytes(web))

        page.goto(f"{server.url}/train")
        expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=30_000)
        measured[AT_TRAIN].append(megabytes(web))
        store = server.store
        for in_store, in_page in ((COLD, COLD_SEEN), (WARM, WARM_SEEN)):
            for name, seconds in zip((in_store, in_page), measure_start(page, store), strict=True):
                measured[name].append(seconds)
            if in_store == COLD:
                measured[SINCE_RUN].append(time.perf_counter() - began)
            for name, seconds in zip((STOP, STOP_SEEN), measure_stop(page, store), strict=True):
                measured[name].append(seconds)

        page.goto(f"{server.url}/train?{SHORT_RUN}")
        expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=30_000)
        with Peak(server) as peak:
            start(page)
            wait_for_status(page, "finished")
        measured[AFTER].append(memory_of(server.family()).taken)
        measured[TRAINING].append(peak.highest.taken)
        measured[TRAINING_SUM].append(peak.highest.rss)
        measured[AT_END].append(megabytes(web))
        measured[TENSORFLOW].append(float(has_tensorflow(web)))
        store.close()
    page.close()


def report(measured: Measured, small: bool) -> None:
    targets = TARGETS | SMALL if small else TARGETS
    for name in LINES:
        values = measured[name]
        aim = verdict(statistics.median(values), targets.get(name))
        print(f"{name:35} {spread(values)}, n = {len(values)}  {aim}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--small", action="store_true", help="the server has TF2LAB_SMALL=1")
    given = options.parse_args()
    rounds = given.rounds
    measured: Measured = defaultdict(list)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        packages = versions("streamlit", "plotly", "distributed", "SQLAlchemy", "tensorflow")
        print(machine(), f"{packages}, Chromium {browser.version}", f"before: {load()}", sep="\n")
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as home:
                at_rest(Path(home), measured, given.small)
            with tempfile.TemporaryDirectory() as home:
                one_round(browser, Path(home), measured, given.small)
        browser.close()
    print(f"{rounds} rounds; after: {load()}")
    report(measured, given.small)


if __name__ == "__main__":
    main()
