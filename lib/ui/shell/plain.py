"""Text that is only text: escaped for Markdown and for Plotly, and the one place that writes a page's warnings.

Streamlit reads whatever it writes as Markdown (CommonMark with GitHub's additions, formulas, and its own colours, icons
and emoji), and Plotly reads its texts as a kind of HTML. Values from outside, such as those in a link, would become
links and pictures, and the browser of anyone who opens that link would fetch them.
"""

from __future__ import annotations

import re

import streamlit as st

from lib.core.untrusted import printable

MARKS = re.compile(r"[\\`*\[\]<~$&]|(?<![^\W_])_|_(?![^\W_])")
"""Characters with a meaning in Markdown anywhere; an underscore between two letters has none."""
AT_THE_START = re.compile(r"^( ?)([-+=#>|]|\d{1,9}(?=[.)](?: |$)))")
"""The start of a list, a heading or a quotation: a sign, or a number before its point or bracket."""
BLANKS = re.compile(" {2,}")
"""Shown as one blank anyway; four at the start of a line would make it a code block."""
WORDS_OF_STREAMLIT = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=www)(?=\.)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
"""Looked for after backslashes are removed, so backslashes do not help: bare web and mail addresses,
`:material/icons:`, `:emoji:`, `:red[colours]`, and arrows such as `->`. A word joiner goes at each match."""
WORD_JOINER = "\u2060"
"""Invisible, takes no room, never breaks a line: an address or icon's name split by it is not recognised."""


def as_text(text: str) -> str:
    """Markdown that shows `text` unchanged, on one line: no link, picture, HTML, formula or emphasis."""
    parted = WORDS_OF_STREAMLIT.sub(WORD_JOINER, BLANKS.sub(" ", printable(text)))
    escaped = MARKS.sub(r"\\\g<0>", parted)
    return AT_THE_START.sub(escape_start, escaped)


def escape_start(found: re.Match[str]) -> str:
    """A backslash before a sign, or after a number, because only signs can be escaped."""
    blank, start = found.groups()
    return f"{blank}{start}\\" if start.isdigit() else f"{blank}\\{start}"


def as_chart_text(text: str) -> str:
    """`text` for Plotly, whose texts know entities and some tags, `<a href>` among them."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def warning(*sentences: str) -> None:
    """A warning. Several sentences become a list. Here and in the functions below, everything is shown as text."""
    st.warning(as_lines(*sentences))


def error(*sentences: str) -> None:
    """An error message."""
    st.error(as_lines(*sentences))


def info(*sentences: str) -> None:
    """An information message."""
    st.info(as_lines(*sentences))


def success(*sentences: str) -> None:
    """A success message."""
    st.success(as_lines(*sentences), icon=":material/check:")


def as_lines(*sentences: str) -> str:
    """Markdown: one sentence unchanged, several as a list."""
    if len(sentences) == 1:
        return as_text(sentences[0])
    return "\n".join(f"- {as_text(sentence)}" for sentence in sentences)
