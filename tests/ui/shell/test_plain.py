"""Text that is only text: escaped text looks unchanged, and contains nothing that Markdown or Streamlit interprets.

tests/browser/test_outside.py checks how Chromium displays it.
"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from lib.core.untrusted import printable
from lib.ui.shell.plain import WORD_JOINER, as_chart_text, as_lines, as_text

texts = st.text(st.sampled_from("![]()<>*_`~$\\:/.@#-+=|&;{} \n1234aé가") | st.characters(), max_size=40)
PIECES = [
    "![x](https://evil.example/x.png)",
    "[a](b)",
    "https://evil.example",
    "HTTP://e.example/y",
    "www.evil.example",
    "me@evil.example",
    "xmpp:me@evil.example",
    "<b>",
    "<https://e.example>",
    "&lt;",
    "**a**",
    "__a__",
    "~~a~~",
    "`a`",
    "$a$",
    "$$a$$",
    ":red[a]",
    ":material/home:",
    ":smile:",
    ":100:",
    ":streamlit:",
    ":a{b=c}",
    "->",
    "<-",
    "--",
    ">=",
    "[^1]",
    "[a]:",
    "|",
    "---",
    "1.",
    "-",
    "#",
    "\\",
    "a_b",
    "한글",
    " ",
    "\n",
    "    ",
]
pieces = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def read_back(markdown: str) -> str:
    """The visible text of escaped text, if only the escapes are removed."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace(WORD_JOINER, "")


def tokens(markdown: str) -> set[str]:
    """The tokens that CommonMark, with GitHub's tables and strikethrough, finds in it besides text."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    kinds = {token.type for one in found for token in [one, *(one.children or [])]}
    return kinds - {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@given(texts | pieces)
@example("12. a")
@example("    code")
@example("a  \nb")
def test_escaped_text_reads_as_it_was(text: str) -> None:
    text = text.replace(WORD_JOINER, "")
    markdown = as_text(text)
    assert read_back(markdown) == re.sub(" {2,}", " ", printable(text))
    assert len(markdown.splitlines()) <= 1


@given(texts | pieces, st.sampled_from(["{}", "There is no run “{}” here.", "a:{}:b", "{}{}", "#### {}", "- {}"]))
def test_markdown_makes_nothing_of_it(text: str, sentence: str) -> None:
    own = tokens(sentence.replace("{}", "a"))
    assert tokens(sentence.replace("{}", as_text(text))) <= own


@given(texts | pieces)
def test_what_is_looked_for_after_markdown_is_not_there(text: str) -> None:
    seen = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", as_text(text))
    assert not re.search(r"https?://|www\.|\w@[-\w]|:[\w+-]+:|:material/|:streamlit:|:\w+[\[{]", seen, re.IGNORECASE)
    assert not re.search(r"(^|\s)(<->|->|<-|--|>=|<=)(\s|$)", seen)


@given(texts | pieces)
def test_plotly_finds_no_tag_and_no_entity(text: str) -> None:
    shown = as_chart_text(text)
    assert "<" not in shown
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == printable(text)


def test_words_as_people_write_them_need_no_escape() -> None:
    for text in (
        "Learning rate (learning_rate) must be a number from 1e-06 to 10, but 'x' was given.",
        "Recorded: Intel(R) Xeon(R) CPU, 2.80 GHz; eager 4.65 ms (4.61 to 4.70).",
        "링크의 값 “train_size”은(는) 1에서 60,000까지여야 합니다. 12:30",
    ):
        assert as_text(text).replace(WORD_JOINER, "") == text


def test_one_sentence_stands_alone_and_several_in_a_list() -> None:
    assert as_lines("One.") == "One."
    assert as_lines("One.", "- Two\n- Three.") == "- One.\n- \\- Two - Three."


@pytest.mark.parametrize("kind", ["warning", "error", "info", "success"])
def test_messages_are_text(kind: str) -> None:
    def page(kind: str) -> None:
        from lib.ui.shell import plain

        getattr(plain, kind)("a **b**", "[c](d)")

    shown = AppTest.from_function(page, kwargs={"kind": kind}).run()
    (message,) = shown.get(kind)
    assert message.value == "- a \\*\\*b\\*\\*\n- \\[c\\](d)"
