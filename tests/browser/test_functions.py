"""The retrace detective and the X-ray in a real browser on a real worker."""

from playwright.sync_api import Page

from lib.core.studies.events import Called, Xrayed
from lib.core.tracing.retraces import call_totals, summary
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import open_page, press, wait_for_status


def press_and_wait(page: Page, button: str, status: str) -> None:
    """Presses the button and waits until its study has finished."""
    press(page, button)
    wait_for_status(page, "finished", of=status)


def events(server: Server, kind: str, number: int = 0) -> list:
    """The recorded events of the newest study of this kind, or of the `number`th before it."""
    study = server.store.studies(kind)[number]
    return [event for _, event in server.store.events(study.id)]


def test_a_suspect_is_called_as_written_and_fixed(server: Server, page: Page):
    """What the page says of the calls is what was recorded of them; the fix traces once."""
    open_page(page, f"{server.url}/compare?show=retraces")
    press_and_wait(page, "retrace_start", "retrace")
    result = page.locator(".st-key-retrace_result")
    written = [event for event in events(server, "retrace") if isinstance(event, Called)]
    assert sum(call.traced for call in written) > 1
    expect(result).to_contain_text(plain(summary(call_totals(written))))
    press(page, "retrace_fix")
    expect(page.locator(".st-key-retrace_saving")).to_be_visible()
    fixed = [event for event in events(server, "retrace") if isinstance(event, Called)]
    assert sum(call.traced for call in fixed) == 1
    expect(result).to_contain_text(plain(summary(call_totals(fixed))))
    expect(result.locator(".js-plotly-plot")).to_have_count(2)


def test_a_function_is_looked_through_down_to_what_xla_compiles(server: Server, page: Page):
    """The graph before and after is drawn, and drawn with more nodes where one looks more closely."""
    open_page(page, f"{server.url}/compare?show=xray")
    press_and_wait(page, "xray_start", "xray")
    (seen,) = (event for event in events(server, "xray") if isinstance(event, Xrayed))
    result = page.locator(".st-key-xray_result")
    expect(result.locator(".js-plotly-plot")).to_have_count(2)
    expect(result).to_contain_text(f"{len(seen.nodes)} operations, drawn as")
    expect(result).to_contain_text(f"{len(seen.optimised_nodes)} operations, drawn as")
    overview = drawn(page)
    press(page, page.locator(".st-key-xray_detail").get_by_text("all operations", exact=True))
    page.wait_for_function(
        "before => document.querySelectorAll('.js-plotly-plot .point').length > before", arg=overview
    )
    assert drawn(page) >= len(seen.nodes)


def drawn(page: Page) -> int:
    return page.locator(".js-plotly-plot .point").count()


def plain(markdown: str) -> str:
    """The displayed text, without Markdown's marks of bold or code."""
    return markdown.replace("**", "").replace("`", "")
