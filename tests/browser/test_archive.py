"""A run leaves as a file, is deleted, and comes back; a hostile file is refused in words."""

from pathlib import Path

from playwright.sync_api import Page

from lib.core.training.config import TrainConfig
from lib.runs.model.listing import Which
from lib.ui.shell.visitor import COOKIE, known_by
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.test_runs import tick
from tests.browser.visiting import open_page, press, wait_until_idle
from tests.core.exports.archived import members, signed
from tests.pages.stories import tell
from tests.waiting import until


def give(page: Page, file: Path) -> None:
    """Drops a file into the place for files."""
    wait_until_idle(page)
    press(page, page.locator("[class*=st-key-runs_box] button").first)
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(file)


def test_a_run_leaves_is_deleted_and_comes_back_with_its_name_and_its_curve(
    server: Server, page: Page, tmp_path: Path
) -> None:
    run_id = tell(server.store, "finished", TrainConfig(epochs=3, seed=4), owner="archivist")
    server.store.rename(run_id, "to keep")
    page.context.add_cookies([{"name": COOKIE, "value": "archivist", "url": server.url}])
    open_page(page, f"{server.url}/runs?lang=en")
    tick(page, 0)
    press(page, "export_archive")
    expect(page.locator(".st-key-runs_archive")).to_contain_text("the same to the last bit")
    with page.expect_download() as coming:
        press(page, "download_archive")
    file = tmp_path / "run.zip"
    coming.value.save_as(file)
    press(page, "runs_delete")
    mine = Which(owner=known_by("archivist"))
    until(lambda: server.store.count(mine) == 0)

    hostile = members(file.read_bytes())
    hostile["events.jsonl"] = hostile["events.jsonl"].replace(b'"epoch": 2', b'"epoch": 9')
    (tmp_path / "evil.zip").write_bytes(signed(hostile))
    give(page, tmp_path / "evil.zip")
    expect(page.locator(".st-key-runs_brought")).to_contain_text("events[3].epoch is 9, and would have to be 2")

    give(page, file)
    expect(page.locator(".st-key-runs_brought")).to_contain_text("Brought in: to keep, 120 steps.")
    (back,) = server.store.history(mine)
    assert (back.name, back.accuracy, back.origin) == ("to keep", 0.9833, run_id)
    expect(page.locator(".st-key-runs_curves .js-plotly-plot .scatterlayer .trace")).to_have_count(1)
