"""Opens pages without a browser, and reads their content."""

import functools
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from babel.messages import pofile
from google.protobuf.message import Message
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from lib.core.i18n import CATALOGUES
from lib.core.korean import SPACED_PERCENT
from lib.core.studies.modes import MODES
from lib.ui.shell.visitor import COOKIE, STORAGE
from tests.waiting import PATIENCE

# AppTest reads what every installed package says of itself, anew for each page that it opens: 0.12 s of a processor. No
# package comes or goes while tests run.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))
NAMES = {"id", "key", "form_id", "component_name", "icon", "language"}
NOT_WORDS = NAMES | {"js_content", "html_content", "url", "page", "query_string"}
"""Fields of Streamlit's messages that no visitor reads."""


def visit(page: str, *, locale: str = "en-US", known_as: str = "one", **link: str) -> AppTest:
    """Opens pages/`page`.py with these URL parameters, in a fresh session of a browser that prefers `locale`."""
    visitor = AppTest.from_file(ROOT / "lib" / "ui" / "shell" / "frame.py", default_timeout=PATIENCE)
    visitor.context["locale"] = locale
    if known_as:
        # AppTest has no cookies; but a browser without any is known by its session.
        visitor.session_state[COOKIE] = known_as
    for name, value in link.items():
        visitor.query_params[name] = value
    # Before the first run this opens the page whose url_path is the file's name, as a deep link does.
    visitor.switch_page(f"../../../pages/{page}.py").run()
    return visitor


def works(visitor: AppTest) -> bool:
    """Whether the page was drawn completely, without an exception."""
    return not visitor.exception and [title.value for title in visitor.title] != []


def there(visitor: AppTest, key: str) -> bool:
    """Whether something with this key is on the page."""
    try:
        visitor.get_by_key(key)
    except KeyError:
        return False
    return True


def words_in(visitor: AppTest, key: str) -> str:
    """All text inside the container `key`."""
    return "\n".join(filter(None, texts_of(visitor.get_by_key(key))))


def words_on(visitor: AppTest) -> list[str]:
    """All text on the page except code: words, labels, help, charts, tables, menu."""
    named = [str(page["page_name"]) for page in visitor._registered_pages.values()]
    return [*texts_of(visitor.main), *named]


def texts_of(block: Any) -> Iterator[str]:
    """The texts of an element or block and of everything inside it."""
    if block.type == "code":
        return
    if block.type in ("dataframe", "arrow_data_frame"):
        yield from map(str, block.value.columns)
        yield from (value for column in block.value for value in block.value[column] if isinstance(value, str))
        return
    if isinstance(block.proto, Message):
        yield from texts_in(block.proto)
    for child in getattr(block, "children", {}).values():
        yield from texts_of(child)


def texts_in(message: Message) -> Iterator[str]:
    """The texts in a message, including those inside its JSON; a visitor's secret is none."""
    if getattr(message, "component_name", "") == STORAGE:
        return
    for field, value in message.ListFields():
        if field.name in NOT_WORDS:
            continue
        parts = value if field.is_repeated else [value]
        for part in parts:
            if isinstance(part, Message):
                yield from texts_in(part)
            elif isinstance(part, str):
                yield from texts_of_json(part) if field.name in ("json", "spec") else [part]


def texts_of_json(text: str) -> Iterator[str]:
    """The texts among the JSON values, without a Plotly template and numbers in base64: neither is displayed."""
    waiting = [json.loads(text)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield from texts_of_svg(value) if value.startswith("<svg") else [value]
        elif isinstance(value, dict):
            waiting.extend(part for name, part in value.items() if name not in ("template", "bdata"))
        elif isinstance(value, list):
            waiting.extend(value)


def charts_on(visitor: AppTest) -> list[dict[str, Any]]:
    """The data sent to each of our own charts."""
    mounts = [mount.proto for mount in visitor.get("bidi_component")]
    return [json.loads(mount.json) for mount in mounts if mount.component_name.endswith("_chart")]


def texts_of_svg(picture: str) -> Iterator[str]:
    """What a picture says: its letters and its text alternative, without its tags."""
    drawn = ElementTree.fromstring(picture)
    yield from [drawn.get("aria-label") or "", *filter(None, drawn.itertext())]


def english_left(words: list[str]) -> list[tuple[str, str]]:
    """English texts of the code that appear in `words` untranslated, each with its context.

    So does a space before a percent sign, which Korean does not write.
    """
    # What stands in backquotes is a name of the code and has no language.
    lines = [re.sub("`[^`]*`", "", line) for text in words for line in text.splitlines()]
    spaced = [(found.group(), line) for line in lines if (found := SPACED_PERCENT.search(line))]
    return spaced + [(text, line) for line in lines for text, pattern in english() if pattern.search(line)]


@functools.cache
def english() -> list[tuple[str, re.Pattern[str]]]:
    """Every text of the code with a different Korean one, and a pattern that matches it with any values filled in."""
    with (CATALOGUES / "ko.po").open("rb") as file:
        messages = [message for message in pofile.read_po(file, locale="ko") if message.id]
    texts = [str(message.id) for message in messages if message.id != message.string]
    # A unit's symbol, "{seconds} s", belongs to no language; neither does the name that a link has for a mode.
    words = [text for text in texts if len(re.sub(r"{.*?}|\W", "", text)) > 1 and text not in MODES]
    return [(text, as_filled_in(text)) for text in words]


def as_filled_in(text: str) -> re.Pattern[str]:
    parts = [
        re.escape(literal) + (".*" if name is not None else "")
        for literal, name, _, _ in string.Formatter().parse(text)
    ]
    return re.compile(rf"(?<!\w){''.join(parts).strip()}(?!\w)".replace(r"\`", "`"))
