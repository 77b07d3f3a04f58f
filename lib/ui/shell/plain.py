"""Text that is only text: escaped for Markdown and for Plotly, and the one place that writes a page's warnings.

Streamlit takes whatever it writes for Markdown (CommonMark with GitHub's additions, formulas, and its own colours,
icons and emoji), and Plotly takes its texts for a kind of HTML. Values from outside, such as those of a link, would be
drawn as links and pictures, which the browser of whoever opens that link would fetch.
"""

from __future__ import annotations

import re

import streamlit as st

from lib.core.untrusted import printable

MARKS = re.compile(r"[\\`*\[\]<~$&]|(?<![^\W_])_|_(?![^\W_])")
"""What has a meaning in Markdown wherever it stands; an underscore has none between two letters."""
AT_THE_START = re.compile(r"^( ?)([-+=#>|]|\d{1,9}(?=[.)](?: |$)))")
"""What makes a line a list, a heading or a quotation: a sign, or a number before its point or bracket."""
BLANKS = re.compile(" {2,}")
"""Shown as one blank anyway; four at the start of a line would make it a block of code."""
WORDS_OF_STREAMLIT = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=www)(?=\.)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
"""Places within what is looked for after the backslashes are gone, so that these would not help: bare addresses of the
web and of mail, `:material/icons:`, `:emoji:`, `:red[colours]`, and arrows such as `->`."""
WORD_JOINER = "\u2060"
"""Takes no room, is not seen, and never breaks a line: what it parts is nobody's address and no icon's name."""


def as_text(text: str) -> str:
    """Markdown that shows `text` as it is, on one line: no link, picture, HTML or formula, nothing emphasised."""
    parted = WORDS_OF_STREAMLIT.sub(WORD_JOINER, BLANKS.sub(" ", printable(text)))
    escaped = MARKS.sub(r"\\\g<0>", parted)
    return AT_THE_START.sub(escape_start, escaped)


def escape_start(found: re.Match[str]) -> str:
    """A backslash before a sign, or behind a number, where only signs can have one."""
    blank, start = found.groups()
    return f"{blank}{start}\\" if start.isdigit() else f"{blank}\\{start}"


def as_chart_text(text: str) -> str:
    """What Plotly shows as `text`: its texts know some tags, `<a href>` among them, and entities."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def warning(*sentences: str) -> None:
    """A warning. Sentences that are several stand in a list; whatever is in them, here and below, is shown as text."""
    st.warning(as_lines(*sentences))


def error(*sentences: str) -> None:
    """That something does not work as it is."""
    st.error(as_lines(*sentences))


def info(*sentences: str) -> None:
    """Something to know."""
    st.info(as_lines(*sentences))


def success(*sentences: str) -> None:
    """That something was done."""
    st.success(as_lines(*sentences), icon=":material/check:")


def as_lines(*sentences: str) -> str:
    """One sentence as it is, several as a list, as Markdown."""
    if len(sentences) == 1:
        return as_text(sentences[0])
    return "\n".join(f"- {as_text(sentence)}" for sentence in sentences)
