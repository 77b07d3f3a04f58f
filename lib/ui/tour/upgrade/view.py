"""Takes a visitor's code, has it upgraded, and shows the result. All of it is shown as text, and nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.core.errors import Refusal
from lib.core.upgrade.examples import EXAMPLES
from lib.core.upgrade.refusals import MOST_BYTES, SECONDS, read_file
from lib.core.upgrade.result import Upgraded
from lib.runs.upgrade import upgrade
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.tour.upgrade.report import show_report

CODE, EXAMPLE, FILE, OUTCOME = "upgrade_code", "upgrade_example", "upgrade_file", "upgrade_outcome"
"""Session-state keys: the code in the field, the chosen example, the chosen file, and what became of the code."""
HEIGHT = 300
"""Pixels of the field."""

STYLE = """<style>
.st-key-upgrade_code textarea { font-family: monospace; font-size: 0.875rem }
:root .st-key-upgrade_diff pre code .token.token.deleted { color: light-dark(#B3261E, #FF8A80) }
:root .st-key-upgrade_diff pre code .token.token.inserted { color: light-dark(#00693E, #4CD38A) }
:root .st-key-upgrade_diff pre code .token.token.unchanged { color: light-dark(#4A5663, #AEB8C2) }
</style>"""
"""Code has letters of one width; Streamlit's own colours of a diff are too pale to read on a light page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the code that was in the field: `result` says it, or what was wrong."""

    code: str
    result: Upgraded | Refusal


def show_upgrade() -> None:
    """The whole part; a fragment, so that the lesson above is not drawn anew."""
    st.subheader(_("Bring your TF1 code"))
    about = _(
        "Paste code, or choose an example. TensorFlow's own `tf_upgrade_v2` rewrites it, in a process that gets "
        "{seconds} seconds of the processor; at most {kilobytes} KB are taken. Your code is read, never executed and "
        "not stored."
    )
    st.markdown(about.format(seconds=SECONDS, kilobytes=MOST_BYTES // 2**10))
    st.html(STYLE)
    st.fragment(show_field)()


def show_field() -> None:
    """The field with the code, the button, and what came out."""
    if CODE not in st.session_state:
        put(next(iter(EXAMPLES)))
    names = {code: _(name) for code, (name, _text) in EXAMPLES.items()}
    st.pills(
        _("Examples"),
        list(names),
        format_func=names.__getitem__,
        key=EXAMPLE,
        on_change=put_example,
        persist_state="session",
    )
    code = st.text_area(_("Your code"), height=HEIGHT, key=CODE, persist_state="session")
    with st.expander(_("Or open a Python file")):
        st.file_uploader(_("A Python file"), type=["py", "txt"], key=FILE, on_change=put_file, max_upload_size=1)
    st.button(_("Upgrade"), key="upgrade_run", type="primary", on_click=run)
    with st.container(key="upgrade_result"):
        show_outcome(code)


def show_outcome(code: str) -> None:
    """What became of the code, and whether the field has another one by now."""
    outcome: Outcome | None = st.session_state.get(OUTCOME)
    if outcome is None:
        st.caption(_("Press Upgrade: the changes, the tool's report and what is still gone appear here."))
        return
    if outcome.code != code:
        st.caption(_("Still of the code before: press Upgrade."))
    if isinstance(outcome.result, Refusal):
        plain.error(outcome.result.sentence(_))
    else:
        show_report(outcome.result)


def put(code: str) -> None:
    """Puts an example into the field."""
    st.session_state[EXAMPLE], st.session_state[CODE] = code, EXAMPLES[code][1]


def put_example() -> None:
    """Puts the chosen example into the field; nothing if it was unchosen."""
    if chosen := st.session_state[EXAMPLE]:
        put(chosen)
        st.session_state.pop(OUTCOME, None)


def put_file() -> None:
    """Puts the chosen file into the field; says what is wrong with it otherwise."""
    file = st.session_state[FILE]
    if file is None:
        return
    st.session_state.pop(OUTCOME, None)
    try:
        st.session_state[CODE] = read_file(file.getvalue(), file.name)
    except Refusal as error:
        st.session_state[OUTCOME] = Outcome(st.session_state[CODE], error)
        return
    st.session_state[EXAMPLE] = None


def run() -> None:
    """Has the code upgraded that is in the field at the click."""
    code = st.session_state[CODE]
    try:
        result: Upgraded | Refusal = upgrade(code)
    except Refusal as error:
        result = error
    st.session_state[OUTCOME] = Outcome(code, result)
