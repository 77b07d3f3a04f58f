"""Content of links and files is shown as text: no link, no picture, no request."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from lib.core.benchmark.comparison_files import digest, references, to_json
from lib.core.training.config import read_config
from lib.core.untrusted import beginning
from lib.ui.shell.plain import WORD_JOINER
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.visiting import open_page, press, visitor

PARAMETERS = {
    "": ("lang",),
    "train": ("lang", "run", "epochs", "execution", "learning_rate"),
    "compare": ("lang", "compare", "show", "work", "modes", "sizes", "seed", "depth"),
    "draw": ("lang", "run"),
}
"""The URL parameters that each page reads; the tests add one that it does not know."""

PIECES = [
    "![x](https://evil.example/x.png)",
    "[press](https://evil.example/y)",
    "https://evil.example/z",
    "HTTP://EVIL.example/z",
    "www.evil.example",
    "me@evil.example",
    "mailto:me@evil.example",
    "<https://evil.example>",
    "<img src=https://evil.example/x.png>",
    "<a href='//evil.example'>a</a>",
    "[x]: https://evil.example",
    "![x]",
    ":material/home:",
    ":red[a]",
    ":smile:",
    ":100:",
    ":streamlit:",
    "$\\href{https://evil.example}{a}$",
    "$$a$$",
    "`a`",
    "**a**",
    "__a__",
    "~~a~~",
    "# a",
    "- a",
    "1. a",
    "---",
    "> a",
    "| a |",
    "&lt;",
    "->",
    "\\",
    "%0A",
    "\n",
    "\u202e",
    "한글",
    " ",
    "a",
]
seen = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
payloads = st.lists(st.sampled_from(PIECES) | seen, min_size=1, max_size=4).map("".join).filter(str.strip)

FOREIGN = """() => [...document.querySelectorAll('a[href], [src], [href], [srcset], [data], [poster]')]
    .flatMap(one => ['href', 'xlink:href', 'src', 'srcset', 'data', 'poster'].map(name => one.getAttribute(name)))
    .filter(Boolean).filter(url => !url.startsWith('data:') && !url.startsWith('blob:'))
    .map(url => new URL(url, document.baseURI))
    .filter(url => url.origin !== location.origin).map(url => url.href)"""
"""Every URL in the document that points elsewhere."""
MARKED_UP = """() => [...document.querySelectorAll('[data-testid=stAlert] [data-testid=stMarkdownContainer] *')]
    .map(one => one.localName).filter(name => !['p', 'ul', 'li', 'div'].includes(name))"""
"""Elements in the warnings other than paragraphs and lists."""


def on_one_line(text: str) -> str:
    """The text without invisible differences: kinds of blanks, and the characters that split Streamlit's own words."""
    return re.sub(r"\s+", " ", text.replace(WORD_JOINER, "")).strip()


def said(page: Page) -> str:
    """The text of all warnings."""
    return on_one_line(" ".join(page.get_by_test_id("stAlert").all_inner_texts()))


def expected(path: str, link: dict[str, str]) -> list[str]:
    """The words that a page opened by this link must show, exactly as in the link."""
    words = [f"“{beginning(link['lang'])}”"]
    if path == "train":
        refused = read_config(link, ignore={"lang", "run"}.__contains__)[1]
        words += [f"“{beginning(link['run'])}”", *(error.sentence() for error in refused)]
    if path == "compare":
        words += [f"“{beginning(link['compare'])}”", f"“{beginning(link['show'])}”"]
    if path == "draw":
        words.append(f"“{beginning(link['run'])}”")
    return [on_one_line(text) for text in words]


@st.composite
def links(draw: Any) -> tuple[str, dict[str, str]]:
    """A page, with a value for each of its URL parameters and for an unknown one."""
    path = draw(st.sampled_from(list(PARAMETERS)))
    link = {name: draw(payloads) for name in PARAMETERS[path]}
    return path, link | {draw(payloads): draw(payloads)}


def everywhere(payload: str, path: str) -> tuple[str, dict[str, str]]:
    """A page with the same value everywhere."""
    return path, dict.fromkeys(PARAMETERS[path], payload) | {payload: payload}


@contextmanager
def english(browser: Browser) -> Iterator[Page]:
    with visitor(browser, viewport={"width": 1280, "height": 900}, locale="en-US") as page:
        yield page


def test_no_link_makes_a_page_link_elsewhere_show_a_picture_or_ask_anybody(server: Server, browser: Browser) -> None:
    """That nobody else is asked, `visitor` looks at in the end: not even in vain, past the server's policy."""
    with english(browser) as page:

        @settings(max_examples=16, suppress_health_check=list(HealthCheck))
        @given(links())
        @example(everywhere("[press](https://evil.example/y)", "train"))
        @example(everywhere("![x](https://evil.example/x.png)", "compare"))
        @example(everywhere("![x](https://evil.example/x.png) https://evil.example me@evil.example", "draw"))
        @example(everywhere("www.evil.example :material/home: :red[a] $a$ :smile:", "train"))
        @example(everywhere("<img src=https://evil.example/x.png>", ""))
        def look(opened: tuple[str, dict[str, str]]) -> None:
            path, link = opened
            open_page(page, f"{server.url}/{path}?{urlencode(link)}")
            words = said(page)
            assert page.evaluate(FOREIGN) == []
            assert page.evaluate(MARKED_UP) == []
            assert page.get_by_test_id("stException").count() == 0
            for text in expected(path, link):
                assert text in words

        look()


def test_marks_that_count_visitors_are_passed_over(server: Server, page: Page) -> None:
    marks = "fbclid=1&gclid=2&utm_source=mail&utm_campaign=x"
    for path in ("", "train", "compare", "draw"):
        open_page(page, f"{server.url}/{path}?{marks}")
        assert not re.search("fbclid|gclid|utm_", page.locator("body").inner_text())
        assert path == "draw" or said(page) == "", "and with no other word"


NAME = "![x](www.evil.example) <b>b</b> :red[c] **d** <a href='https:evil.example'>e</a>.json"


def test_a_files_name_and_what_it_holds_are_text(server: Server, page: Page) -> None:
    open_page(page, f"{server.url}/train")
    press(page, page.locator(".st-key-settings_file summary"))
    # While the page is drawn anew the field of the former drawing may still stand beside it.
    field = page.locator(".st-key-settings_upload input[type=file]").last
    field.set_input_files({"name": NAME, "mimeType": "application/json", "buffer": b'{"**a** www.evil.example": 1}'})
    expect(page.locator(".st-key-refused")).to_contain_text("There is no setting named **a** www")
    field.set_input_files({"name": NAME, "mimeType": "application/json", "buffer": b"["})
    expect(page.locator(".st-key-refused")).to_contain_text("is not JSON text")
    assert on_one_line(beginning(NAME)) in said(page)
    assert page.evaluate(MARKED_UP) == page.evaluate(FOREIGN) == []


def test_a_comparison_from_elsewhere_is_text_in_lists_charts_and_tables(server: Server, page: Page) -> None:
    content = json.loads(to_json(references()[0].comparison))
    for event in content["events"]:
        for name in ("machine", "device"):
            if name in event:
                event[name] = NAME
    content["sha256"] = digest(content)
    open_page(page, f"{server.url}/compare?show=history&work={content['config']['work']}")
    press(page, page.get_by_text("Open a downloaded comparison"))
    page.locator(".st-key-compare_upload input[type=file]").last.set_input_files(
        {"name": NAME, "mimeType": "application/json", "buffer": json.dumps(content).encode("utf-16")}
    )
    legend = page.locator(".st-key-compare_overlay .legendtext", has_text="evil.example")
    expect(legend).to_have_text(beginning(NAME))
    assert page.evaluate(FOREIGN) == []
    assert page.locator("svg a").count() == 0
