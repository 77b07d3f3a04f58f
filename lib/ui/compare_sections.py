"""The parts of the Compare page: one at a time, since some of them look at the machine again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lib.core.studies import WORKS
from lib.core.words import mark
from lib.ui.compare_history import show_history
from lib.ui.language import _
from lib.ui.source import source
from lib.ui.words import bold

KEY = "compare_section"
LINK = "show"

TITLES: Mapping[str, str] = {
    "measure": mark("Measure"),
    "retraces": mark("Retrace detective"),
    "xray": mark("X-ray of a function"),
    "history": mark("Earlier comparisons"),
    "code": mark("Code"),
}
"""The parts by the code that the link carries, and what they are called."""


def choose_section() -> str:
    """The part that is looked at; `?show=xray` opens the page there."""
    linked = st.query_params.get(LINK)
    if KEY not in st.session_state:
        st.session_state[KEY] = linked if linked in TITLES else "measure"
    section: str | None = st.segmented_control(
        _("What to do"),
        list(TITLES),
        key=KEY,
        required=True,
        format_func=lambda code: _(TITLES[code]),
        label_visibility="collapsed",
        persist_state="session",
    )
    if section is None or section == "measure":
        st.query_params.pop(LINK, None)
        return "measure"
    st.query_params[LINK] = section
    return section


def say_what_this_is() -> None:
    """What the notes say, and what can be done here about it."""
    st.markdown(
        _(
            "Sessions were slow, eager is easy, `tf.function` takes the place of sessions: so the notes say. "
            "Check it here, on this machine, with the same work, the same weights and the same data in every mode."
        )
    )


def show_section(section: str) -> None:
    """One of the parts besides measuring."""
    SECTIONS[section]()


def show_retraces_here() -> None:
    from lib.ui.retrace_view import show_retraces  # here, as the others: only who looks at a part loads its code

    show_retraces()


def show_xray_here() -> None:
    from lib.ui.xray_view import show_xray

    show_xray()


def show_history_here() -> None:
    """Earlier comparisons of the work that is chosen here, the page's own at first."""
    key, labels = "compare_history_work", {code: _(work.label) for code, work in WORKS.items()}
    st.session_state.setdefault(key, st.session_state.get("compare_work", next(iter(labels))))
    work = st.selectbox(
        _("What was compared"),
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        width=380,
        persist_state="session",
    )
    show_history(work)


CODE = (
    (mark("One training step, the same in every execution mode"), "lib/ml/step.py", "train_step"),
    (mark("Eager, graph or XLA: a wrapper around that step"), "lib/ml/step.py", "in_mode"),
    (mark("Many steps in one call"), "lib/ml/step.py", "many_steps"),
)


def show_code() -> None:
    """What is timed, as it stands in its files."""
    for title, path, name in CODE:
        st.markdown(f"{bold(_(title))} · `{path}`")
        st.code(source(path, name), language="python")


SECTIONS: Mapping[str, Callable[[], None]] = {
    "retraces": show_retraces_here,
    "xray": show_xray_here,
    "history": show_history_here,
    "code": show_code,
}
