"""The visitor's language, and texts translated into it."""

from __future__ import annotations

import streamlit as st

from lib.core.i18n import LANGUAGES, translator
from lib.core.untrusted import beginning
from lib.ui.shell import plain

KEY = "lang"

_tell_browser = st.components.v2.component(
    "page_language",
    js="export default ({ data }) => { document.documentElement.lang = data };",
    isolate_styles=False,
)
"""Tells screen readers, hyphenation and the browser's translator which language the page is in."""


def language() -> str:
    """The visitor's language, one of LANGUAGES: the link's, else the browser's preference, else English.

    A browser that gets the switch and its next version at once mounts the second, which brings no value: it then
    answers that nothing is chosen. So what is no language counts as not there yet.
    """
    if st.session_state.get(KEY) not in LANGUAGES:
        preferred = (st.context.locale or "en")[:2]
        linked = st.query_params.get(KEY)
        if linked in LANGUAGES:
            st.session_state[KEY] = linked
        else:
            st.session_state[KEY] = preferred if preferred in LANGUAGES else "en"
    return str(st.session_state[KEY])


def _(text: str) -> str:
    """The English text `text` in the visitor's language."""
    return translator(language())(text)


def choose_language() -> None:
    """The switch beside the navigation. The choice goes into the link, so a shared page opens in the same language."""
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
    _tell_browser(key="page_language", data=language(), height=1)


def refuse_language() -> None:
    """Says so if the link names a language that there is not, and puts the chosen one into the link."""
    linked = st.query_params.get(KEY)
    if linked is not None and linked not in LANGUAGES:
        said = _("There is no language “{code}” here; there are {codes}.")
        plain.warning(said.format(code=beginning(linked), codes=", ".join(LANGUAGES)))
    if linked in LANGUAGES or st.session_state.get("lang_chosen"):
        st.session_state["lang_chosen"] = True
        st.query_params[KEY] = st.session_state[KEY]
