"""Settings are exported to a file and imported again; an invalid file is refused in words."""

import json
from pathlib import Path

from playwright.sync_api import Page

from lib.core.training.config import TrainConfig
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import open_page, press, wait_until_idle

BESIDE = ".st-key-settings_file .st-key-refused"
"""A refusal is said where the file was dropped."""


def give(page: Page, path: Path, text: str) -> None:
    """Uploads a file with this text."""
    path.write_text(text, encoding="utf-8")
    wait_until_idle(page)
    page.locator(".st-key-settings_upload input[type=file]").set_input_files(path)


def test_settings_travel_as_a_file(server: Server, page: Page, tmp_path: Path):
    open_page(page, f"{server.url}/train?epochs=3&execution=xla&dropout=0.25")
    press(page, page.locator(".st-key-settings_file summary"))
    expect(page.locator(".st-key-settings_file code")).to_have_text(
        "python -m lib.train --epochs 3 --execution xla --dropout 0.25"
    )
    with page.expect_download() as download:
        press(page, "settings_download")
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert TrainConfig(**saved) == TrainConfig(epochs=3, execution="xla", dropout=0.25)

    give(page, tmp_path / "lesson.json", json.dumps(saved | {"epochs": 7, "batch_size": 0}))
    expect(page.locator(".st-key-epochs input")).to_have_value("7")
    expect(page.locator(".st-key-batch_size input")).to_have_value("32")
    expect(page.locator(BESIDE)).to_contain_text("a whole number from 1 to 10,000, but 0 was given")


def test_a_file_that_holds_no_settings_is_refused_and_nothing_is_lost(server: Server, page: Page, tmp_path: Path):
    open_page(page, f"{server.url}/train?epochs=3")
    press(page, page.locator(".st-key-settings_file summary"))
    give(page, tmp_path / "list.json", "[1, 2]")
    expect(page.locator(BESIDE)).to_contain_text("“list.json” does not hold settings by name")
    expect(page.locator(".st-key-epochs input")).to_have_value("3")
    give(page, tmp_path / "torn.json", '{"epochs": ')
    expect(page.locator(BESIDE)).to_contain_text("“torn.json” is not JSON text")
    expect(page.locator(".st-key-epochs input")).to_have_value("3")
