"""A Chromium for the tests: the system's, or else the one installed by Playwright."""

import shutil

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The path of the system's Chromium or Chrome; None if there is none."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def launch(playwright):
    """A new browser. `executable_path=None` is Playwright's own."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
