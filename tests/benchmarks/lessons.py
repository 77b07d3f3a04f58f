"""How soon a lesson of the Tour answers in a browser: python -m tests.benchmarks.lessons

A real server and Chromium on one machine. Each lesson is opened; its first press of Run does not count, because its
worker may still be starting. Every later press is timed, in the page, to the first output of that very press and to the
last one. Each lesson's median is printed with the lowest and the highest, then those of all presses together.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lib.core.tour.lessons import LESSONS
from tests.benchmarks.reporting import load, machine, spread, table, verdict, versions
from tests.browser.chromium import launch
from tests.browser.serving import Server
from tests.browser.visiting import DESK, open_page, press, start, visitor, wait_for_status

TARGET = 500.0

WATCH = """() => { window.answered = (async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const study = () => new URL(location).searchParams.get("tour")
    const app = () => document.querySelector("[data-testid=stApp]").dataset.testScriptState
    const recorded = () => document.querySelector(".st-key-tour_recorded")
    const over = () => document.querySelector(".st-key-tour_status")?.innerText.trim().startsWith("[finished]")
    const before = study()
    const began = await new Promise(pressed => document.addEventListener("click", event => {
        if (event.target.closest(".st-key-tour_start")) pressed(event.timeStamp)
    }, { capture: true }))
    while (study() === before || over()) await frame()
    while (app() !== "notRunning" || recorded()) await frame()
    const first = performance.now() - began
    while (!over()) await frame()
    return [first, performance.now() - began]
})() }"""
"""Times the next press of Run, from when it arrives. The page shows the recorded output until something has come out,
and the study in its address."""


def times_of(page: Page, presses: int) -> tuple[list[float], list[float]]:
    """Milliseconds of every press to the first output and to the last."""
    start(page, "tour_start", "tour")
    wait_for_status(page, "finished", of="tour")
    both = [timed_press(page) for _ in range(presses)]
    return [first for first, _ in both], [last for _, last in both]


def timed_press(page: Page) -> tuple[float, float]:
    """The same for one press."""
    page.evaluate(WATCH)
    press(page, "tour_start")
    return tuple(page.evaluate("window.answered"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--presses", type=int, default=5, help="how often each lesson is run")
    presses = options.parse_args().presses
    print(machine(), versions("tensorflow", "streamlit"), load(), sep="\n")
    firsts: list[float] = []
    with (
        tempfile.TemporaryDirectory() as home,
        Server(Path(home)) as server,
        sync_playwright() as playwright,
        visitor(launch(playwright), **DESK) as page,
    ):
        for code in LESSONS:
            open_page(page, f"{server.url}/tour?lesson={code}")
            first, last = times_of(page, presses)
            firsts += first
            table({f"{code}: first output, ms": spread(first, 0), f"{code}: last output, ms": spread(last, 0)})
    words = f"{spread(firsts, 0)}  {verdict(statistics.median(firsts), TARGET)}"
    table({"all lessons: first output, ms": words, "load": load()})


if __name__ == "__main__":
    main()
