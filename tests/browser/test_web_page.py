"""A page that one takes away, opened from its file on a phone: it reads as the app does, and asks nobody."""

import base64
import gzip
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from lib.core.exports.report import report_page
from lib.core.exports.webpage import web_page
from lib.core.inference.litert import LiteNetwork, Weights, network_of, shipped
from lib.core.training.config import TrainConfig
from tests.browser.accessibility import expect_nothing_grave
from tests.browser.drawn_thousand import DRAWINGS, pictures, read_by_server
from tests.browser.expecting import expect
from tests.browser.strokes import SEVEN
from tests.browser.visiting import PHONE, TELL_OF_VIOLATIONS, new_context
from tests.core.exports.runs import a_run, drawn_weights

FEW = 200
READ_ALL = """async ({ packed, sizes }) => {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const pixels = new Uint8Array(await new Response(stream).arrayBuffer());
  let at = 0;
  return sizes.map(([h, w]) => {
    const found = readDrawing({ h, w, d: pixels.slice(at, at += h * w) });
    return found && { image: [...found.image], probabilities: [...found.probabilities] };
  });
}"""


@pytest.fixture(params=["light", "dark"])
def phone(request, browser, tmp_path: Path):
    """A phone, and the folder for its file; in the end nobody was asked for anything, and nothing was forbidden."""
    context = new_context(browser, **PHONE, color_scheme=request.param)
    context.add_init_script(TELL_OF_VIOLATIONS)
    asked, said = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda line: said.append(line.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context.new_page(), request.param
    context.close()
    assert said == []
    assert asked
    assert all(url.startswith(tmp_path.as_uri()) for url in asked)


def test_it_reads_as_the_app_does(phone, tmp_path: Path) -> None:
    """float16 in English and light: a thousand drawings; int8 in Korean and dark: a few; and one with a finger."""
    page, scheme = phone
    small = scheme == "dark"
    network, weights = shipped()
    open_file(page, tmp_path, web_page(None, weights, small=small, language="ko" if small else "en"))
    expect(page.locator("#answer")).to_have_text(
        "아직 아무것도 그려지지 않았습니다." if small else "Nothing is drawn yet."
    )
    a_finger_draws(page)
    expect_nothing_grave(page)
    reads_alike(page, network, weights, FEW if small else DRAWINGS, 3e-2 if small else 2e-3)
    if small:  # a network of other layers, for clothes
        config = TrainConfig(network="fast", dataset="fashion_mnist", activation="tanh")
        weights = drawn_weights(config)
        open_file(page, tmp_path, web_page(config, weights, small=True, language="ko"))
        expect(page.locator("#bars li b").first).to_have_text("티셔츠")
        reads_alike(page, network_of(config), weights, 20, 0.1)


def open_file(page: Page, folder: Path, html: bytes) -> None:
    file = folder / "page.html"
    file.write_bytes(html)
    page.goto(file.as_uri())
    page.wait_for_function("() => Boolean(globalThis.readDrawing)")


def reads_alike(page: Page, network: LiteNetwork, weights: Weights, count: int, close: float) -> None:
    """So many drawings are prepared and read as the server does."""
    given, ready = pictures()[:count], read_by_server()[:count]
    packed = base64.b64encode(gzip.compress(b"".join(one.tobytes() for one in given), 1)).decode()
    found = page.evaluate(READ_ALL, {"packed": packed, "sizes": [one.shape for one in given]})
    assert [one is None for one in found] == [one is None for one in ready]
    images = np.stack([one.image for one in ready if one])
    assert len(images) == count - count // 100
    seen = np.array([one["image"] for one in found if one]).reshape(images.shape)
    assert np.abs(seen - images.astype(int)).max() <= 1
    told = np.array([one["probabilities"] for one in found if one])
    wanted = network.probabilities(weights, images)
    assert np.abs(told - wanted).max() <= close
    assert (told.argmax(axis=1) == wanted.argmax(axis=1)).all()


def a_finger_draws(page: Page) -> None:
    """The page lies within the screen's width; a seven is read under the pen, and Clear is reached by the keyboard."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = page.locator("#paper").bounding_box()
    finger = page.context.new_cdp_session(page)
    for stroke in SEVEN:
        for k, (x, y) in enumerate(stroke):
            touch = {
                "type": "touchMove" if k else "touchStart",
                "touchPoints": [{"x": paper["x"] + x, "y": paper["y"] + y}],
            }
            finger.send("Input.dispatchTouchEvent", touch)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    best = page.locator("#bars li", has=page.locator(".best"))
    expect(best.locator("b")).to_have_text("7")
    expect(page.locator("#answer")).to_contain_text("7")
    assert page.evaluate("scrollY") == 0, "the page does not move under the finger"
    assert page.evaluate("document.querySelector('.best').getBoundingClientRect().width") > 50
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#bars .best")).to_have_count(0)


def test_a_report_is_read_without_a_connection(phone, tmp_path: Path) -> None:
    """English and light, Korean and dark: its charts are drawn within a phone's screen."""
    page, scheme = phone
    language = "ko" if scheme == "dark" else "en"
    file = tmp_path / "report.html"
    file.write_bytes(report_page(a_run(), language))
    page.goto(file.as_uri())
    page.wait_for_function("document.documentElement.dataset.drawn === '3'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect_nothing_grave(page)
    assert page.locator("#loss .scatterlayer .trace path.js-line").count() == 3
    assert page.locator("#accuracy .scatterlayer .trace path.js-line").count() == 3
    assert page.locator("#confusion .heatmaplayer text").count() >= 100
    expect(page.locator("h1")).to_have_text("실행 <b>나</b>" if language == "ko" else "Run <b>나</b>")
    for text in ("#loss .xtitle", "#confusion .heatmaplayer text"):
        colour = page.locator(text).first.evaluate("text => getComputedStyle(text).fill")
        assert colour == ("rgb(250, 250, 250)" if scheme == "dark" else "rgb(38, 39, 48)")
