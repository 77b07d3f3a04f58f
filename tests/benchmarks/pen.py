"""Measures the time from a movement of the pen to the bars, in the browser, on the Draw page.

python -m tests.benchmarks.pen

Each movement waits until it has been read, so none queues behind another. The first ten are warm-up.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks.reporting import versions
from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.strokes import canvas
from tests.browser.visiting import wait_until_idle

LINE = "document.querySelector('.st-key-draw_pen .pen-line')"
WARM_UP, MOVES = 10, 100


def measured(url: str) -> list[float]:
    """Milliseconds from each movement to its bars."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}/draw")
        page.set_default_timeout(20_000)
        page.wait_for_function(f"() => {LINE}?.dataset.ready")
        wait_until_idle(page)
        place = canvas(page).bounding_box()
        assert place is not None
        page.mouse.move(place["x"] + 60, place["y"] + 60)
        page.mouse.down()
        taken = []
        for k in range(WARM_UP + MOVES):
            before = page.evaluate(f"() => {LINE}.dataset.times ?? '0'")
            page.mouse.move(place["x"] + 64 + (37 * k) % 150, place["y"] + 60 + 1.5 * k)
            page.wait_for_function(f"before => ({LINE}.dataset.times ?? '0') !== before", arg=before)
            taken.append(float(page.evaluate(f"() => {LINE}.dataset.took")))
        browser.close()
    return taken[WARM_UP:]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(versions("streamlit", "playwright"))
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server:
        taken = sorted(measured(server.url))
    quarter = len(taken) // 4
    print(
        f"from the pen to the bars: median {statistics.median(taken):.1f} ms, "
        f"half of {len(taken)} between {taken[quarter]:.1f} and {taken[-quarter]:.1f}, longest {taken[-1]:.1f}"
    )


if __name__ == "__main__":
    main()
