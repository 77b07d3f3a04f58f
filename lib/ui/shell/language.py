"""The visitor's language, and texts translated into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

from lib.core.i18n import LANGUAGES, mark, translator
from lib.core.untrusted import beginning
from lib.ui.shell import plain

KEY, KEPT = "lang", "lang_kept"
"""The switch's key, and the language that it had: `st.switch_page` forgets the link and what the switch holds."""

CODE = Path(__file__).parents[1] / "assets" / "page_language.js"
STREAMLITS = (
    mark("Upload"),
    mark("Uploading..."),
    mark("Add files"),
    mark("Remove file"),
    mark("Drag and drop a file here"),
    mark("Drag and drop files here"),
    mark("{size} per file"),
    mark("Take Photo"),
    mark("Clear photo"),
    mark("Switch camera"),
    mark("This app would like to use your camera."),
    mark("Learn how to allow access."),
    mark("Choose an option"),
    mark("Choose options"),
    mark("No options to select"),
    mark("No results"),
    mark("Select all"),
    mark("Selected values"),
    mark("Clear value"),
    mark("Clear entry"),
    mark("Clear all"),
    mark("Clear selection"),
    mark("Press Enter to apply"),
    mark("Decrement"),
    mark("Increment"),
    mark("Open"),
    mark("Close"),
    mark("Close fullscreen"),
    mark("Fullscreen"),
    mark("Search"),
    mark("Close Search"),
    mark("Next Result"),
    mark("Previous Result"),
    mark("Show/hide columns"),
    mark("Download as CSV"),
    mark("Copy"),
    mark("Copied"),
    mark("Copy to clipboard"),
    mark("Skip to main content"),
    mark("App pages"),
    mark("Main menu"),
    mark("Expand sidebar"),
    mark("Collapse sidebar"),
    mark("Navigate to home page"),
    mark("Scroll tabs left"),
    mark("Scroll tabs right"),
    mark("Running..."),
    mark("Connecting"),
    mark("Rerun"),
    mark("Clear cache"),
    mark("Print"),
    mark("Record a screencast"),
    mark("Theme"),
    mark("System"),
    mark("Light"),
    mark("Dark"),
    mark("Settings"),
    mark("Help"),
    mark("Link to heading"),
    mark("Shortcut {keys}"),
    mark("file upload"),
    mark("Download plot as a PNG"),
    mark("Zoom"),
    mark("Pan"),
    mark("Zoom in"),
    mark("Zoom out"),
    mark("Reset axes"),
)
"""What Streamlit's own parts and Plotly's buttons say, in English only: uploader, camera, lists, tables, menu, zoom."""

_tell_browser = st.components.v2.component("page_language", js=CODE.read_text(encoding="utf-8"), isolate_styles=False)


_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
"""The language of texts that are for no one visitor."""


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """A context manager: texts are in this one of LANGUAGES, whoever will read them."""
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> str:
    """The visitor's language, one of LANGUAGES: the link's, else the session's, the browser's preference, English.

    A browser that gets the switch and its next version at once mounts the second, which brings no value: it then
    answers that nothing is chosen. So what is no language counts as not there yet.
    """
    if spoken := _spoken.get():
        return spoken
    chosen = st.session_state.get(KEY)  # each text of a page asks: one look must do
    if chosen not in LANGUAGES:
        wishes = (st.query_params.get(KEY), st.session_state.get(KEPT), (st.context.locale or "en")[:2], "en")
        chosen = st.session_state[KEY] = next(wish for wish in wishes if wish in LANGUAGES)
    return str(chosen)


def _(text: str) -> str:
    """The English text `text` in the visitor's language."""
    return translator(language())(text)


def choose_language() -> None:
    """The switch beside the navigation. The choice goes into the link, so a shared page opens in the same language."""
    st.session_state[KEPT] = language()
    st.segmented_control(
        "Language · 언어",
        list(LANGUAGES),
        key=KEY,
        default=language(),
        format_func=LANGUAGES.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: st.session_state.update(lang_chosen=True),
    )
    holes = {"size": "{}", "keys": "{}"}  # whatever stands there is kept
    words = {} if language() == "en" else {text.format(**holes): _(text).format(**holes) for text in STREAMLITS}
    _tell_browser(key="page_language", data={"language": language(), "words": words}, height=1)


def refuse_language() -> None:
    """Says so if the link names a language that there is not, and puts the chosen one into the link."""
    linked = st.query_params.get(KEY)
    if linked is not None and linked not in LANGUAGES:
        said = _("There is no language “{code}” here; there are {codes}.")
        plain.warning(said.format(code=beginning(linked), codes=", ".join(LANGUAGES)))
    if linked in LANGUAGES or st.session_state.get("lang_chosen"):
        st.session_state["lang_chosen"] = True
        st.query_params[KEY] = st.session_state[KEY]
