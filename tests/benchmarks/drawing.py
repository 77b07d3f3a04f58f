"""From the end of a stroke to the answer in the browser: python -m tests.benchmarks.drawing [--beside FOLDER]

A real Chromium draws with a mouse on the Draw page's canvas, single digits and three in a row. The browser records when
the pen is lifted and when the expected answer is painted; the canvas itself waits 200 ms of that. The server's time and
its parts are the numbers that the page shows.

`--beside FOLDER` also measures the app in another folder, such as an earlier version, in turn for each drawing.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.reporting import load, machine, spread, table, verdict, versions
from tests.browser.chromium import launch
from tests.browser.expecting import expect
from tests.browser.serving import ROOT, Server
from tests.browser.strokes import TEN, THREE, TWO, canvas, clear, with_the_mouse
from tests.browser.visiting import open_page
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, ZERO, Strokes, beside

BROWSER, SERVER = 350.0, 15.0
"""Targets of the medians in milliseconds."""
DRAWINGS: Mapping[str, Strokes] = {
    **{str(digit): strokes for digit, strokes in enumerate(TEN)},
    **{"".join(str(TEN.index(one)) for one in row): beside(*row) for row in ((ONE, FOUR, SEVEN), (TWO, ZERO, THREE))},
}
CLOCK = """
window.lifted = window.painted = 0;
addEventListener("pointerup", () => { window.lifted = performance.now(); window.painted = 0 }, true);
addEventListener("mouseup", () => { window.lifted = performance.now(); window.painted = 0 }, true);
const look = () => {
  const answer = document.querySelector("[class*='st-key-draw_read_'] p")?.textContent;
  if (window.lifted && !window.painted && answer === window.expected) {
    window.painted = -1;
    requestAnimationFrame(() => { window.painted = performance.now() });
  }
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Page script: records when the pen was last lifted, and when `expected` was painted after that."""


@dataclass
class Taken:
    """Milliseconds of every answer: in the browser, on the server, and of the server's parts."""

    browser: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)


@contextmanager
def opened(folder: Path, browser: Browser) -> Iterator[Page]:
    """The Draw page of the app in `folder`, with the clock script."""
    with tempfile.TemporaryDirectory() as home, Server(Path(home), folder) as server:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
        # Loading TensorFlow takes all the cores there are, once, in the first seconds of a server.
        open_page(page, f"{server.url}/?lang=en")
        expect(page.locator(".st-key-machine")).to_contain_text("Ready: TensorFlow is loaded.", timeout=60_000)
        page.add_init_script(CLOCK)
        open_page(page, f"{server.url}/draw?lang=en")
        canvas(page).wait_for()
        yield page
        page.context.close()


def draw(page: Page, expected: str, strokes: Strokes, taken: Taken) -> None:
    """Draws and clears; adds the times to `taken`."""
    page.evaluate("expected => { window.expected = expected; window.lifted = 0 }", expected)
    with_the_mouse(page, strokes)
    page.wait_for_function("() => window.painted > 0", timeout=20_000)
    taken.browser.append(page.evaluate("window.painted - window.lifted"))
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    said = page.locator(".st-key-draw_latency").inner_text()
    taken.server.append(float(re.findall(r"after ([\d.]+) ms", said)[0]))
    parts = said.partition("Part by part: ")[2].partition(". ")[0]
    for name, value in re.findall(r"([a-z ]+) ([\d.]+)", parts):
        taken.parts.setdefault(name, []).append(float(value))
    clear(page)


def judged(values: list[float], target: float, digits: int) -> str:
    """The median with its spread, and whether it misses its target."""
    return f"{spread(values, digits)}  {verdict(statistics.median(values), target)}"


def report(name: str, taken: Taken) -> None:
    table(
        {
            f"{name}: stroke end to answer, ms": judged(taken.browser, BROWSER, 0),
            f"{name}: the server's part, ms": judged(taken.server, SERVER, 1),
            **{f"{name}:   {part}": spread(values, 1) for part, values in taken.parts.items()},
        }
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3, help="how often each drawing is drawn")
    options.add_argument("--beside", type=Path, help="another folder with the app in it")
    given = options.parse_args()
    print(machine(), f"before: {load()}", sep="\n")
    folders = {"beside": given.beside, "here": ROOT} if given.beside else {"here": ROOT}
    taken = {name: Taken() for name in folders}
    with ExitStack() as stack:
        browser = launch(stack.enter_context(sync_playwright()))
        print(versions("streamlit", "ai-edge-litert", "numpy", "pillow"), f"Chromium {browser.version}", flush=True)
        pages = {name: stack.enter_context(opened(folder, browser)) for name, folder in folders.items()}
        for _ in range(given.rounds):
            for expected, strokes in DRAWINGS.items():
                for name, page in pages.items():
                    draw(page, expected, strokes, taken[name])
    print(f"{given.rounds} rounds of {len(DRAWINGS)} drawings; after: {load()}")
    for name, times in taken.items():
        report(name, times)


if __name__ == "__main__":
    main()
