"""The sections of the Compare page, shown one at a time because some of them poll."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lib.core.i18n import mark
from lib.core.studies.works import WORKS
from lib.core.untrusted import beginning
from lib.ui.compare.history import show_history
from lib.ui.shell import plain
from lib.ui.shell.history import came_by_history
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose
from lib.ui.widgets.source import source
from lib.ui.widgets.text import bold

KEY = "compare_section"
LINK = "show"

TITLES: Mapping[str, str] = {
    "measure": mark("Measure"),
    "retraces": mark("Retrace detective"),
    "xray": mark("X-ray of a function"),
    "history": mark("Earlier comparisons"),
    "aa": mark("A/A: against itself"),
    "code": mark("Code"),
}
"""The sections by their code in the link, with their titles."""


def choose_section() -> str:
    """The chosen section; `?show=xray` opens the page with it."""
    linked = st.query_params.get(LINK)
    if linked is not None and linked not in TITLES:
        said = _("There is no part “{code}” here; there are {codes}.")
        plain.warning(said.format(code=beginning(linked), codes=", ".join(TITLES)))
    if KEY in st.session_state and came_by_history():
        st.session_state[KEY] = linked if linked in TITLES else "measure"
    names = {code: _(title) for code, title in TITLES.items()}
    section = choose(_("What to do"), names, KEY, linked if linked in TITLES else "measure", named=False)
    if section == "measure":
        st.query_params.pop(LINK, None)
    else:
        st.query_params[LINK] = section
    return section


def say_what_this_is() -> None:
    """What the notes claim, and how to check it here."""
    st.markdown(
        _(
            "Sessions were slow, eager is easy, `tf.function` takes their place, say the notes. "
            "Is it so on this machine?"
        )
    )


def show_section(section: str) -> None:
    """A section other than measuring."""
    SECTIONS[section]()


def show_retraces_here() -> None:
    from lib.ui.compare.retrace.view import (
        show_retraces,  # imported here, as in the others: only visitors of a section load its code
    )

    show_retraces()


def show_xray_here() -> None:
    from lib.ui.compare.xray.view import show_xray

    show_xray()


def show_aa_here() -> None:
    from lib.ui.compare.aa import show_aa

    show_aa()


def show_history_here() -> None:
    """Earlier comparisons of the work chosen here, by default the page's."""
    key, labels = "compare_history_work", {code: _(work.label) for code, work in WORKS.items()}
    st.session_state.setdefault(key, st.session_state.get("compare_work", next(iter(labels))))
    work = st.selectbox(
        _("What was compared"),
        list(labels),
        index=list(labels).index(st.session_state[key]),
        key=key,
        format_func=labels.__getitem__,
        width=380,
        persist_state="session",
    )
    show_history(work)


Piece = tuple[str, str, str]
"""The title of a piece of code, its file, and its name there."""

WORK = mark("The work itself")
WRAPPER: Piece = (mark("Eager, graph or XLA: a wrapper around it"), "lib/ml/training/step.py", "in_mode")
OLD = mark("The same in the manner of TensorFlow 1")
EACH: Piece = (mark("A call from Python for every step"), "lib/ml/benchmark/candidates.py", "OneCall")
RUN: Piece = (mark("TensorFlow 1: a graph and its Session"), "lib/ml/benchmark/tf1_session.py", "Running")
TIMED: tuple[Piece, ...] = (
    (
        mark("What a way of running has to offer, and how a sample is timed"),
        "lib/ml/benchmark/candidates.py",
        "Candidate",
    ),
    (
        mark("The rounds: prepare, compare the results, warm up, then everybody in turn"),
        "lib/ml/benchmark/runner.py",
        "BenchmarkRunner",
    ),
    (mark("Two blocks of rounds, and what a careless benchmark measures"), "lib/ml/benchmark/rounds.py", "Rounds"),
)
CODE: Mapping[str, tuple[Piece, ...]] = {
    "train_step": (
        (WORK, "lib/ml/training/step.py", "train_step"),
        WRAPPER,
        (mark("Which Adam a mode has"), "lib/ml/benchmark/candidates.py", "adam_as"),
        (mark("Adam in one operation for each variable"), "lib/ml/training/optimizers.py", "FusedAdam"),
        EACH,
        (mark("Many steps in one call"), "lib/ml/training/step.py", "many_steps"),
        (mark("Many steps in one call"), "lib/ml/benchmark/candidates.py", "Loop"),
        (OLD, "lib/ml/benchmark/tf1_session.py", "logits"),
        (OLD, "lib/ml/benchmark/tf1_session.py", "training_step"),
        RUN,
        (mark("Keras `fit`"), "lib/ml/benchmark/keras_fit.py", "Fit"),
    ),
    "forward": (
        (WORK, "lib/ml/training/networks.py", "MyModel"),
        WRAPPER,
        EACH,
        (OLD, "lib/ml/benchmark/tf1_session.py", "logits"),
        RUN,
    ),
}
"""The timed code of works that consist of more than one function of `lib/ml/benchmark/workloads.py`."""


def code_of(work: str) -> tuple[Piece, ...]:
    """The timed code of `work`, and the code that times it."""
    return (*CODE.get(work, ((WORK, "lib/ml/benchmark/workloads.py", work), WRAPPER, EACH, RUN)), *TIMED)


def show_code() -> None:
    """The timed code, as it stands in its files."""
    work = st.session_state.get("compare_work", next(iter(WORKS)))
    st.markdown(f"##### {_(WORKS[work].label)}")
    for title, path, name in code_of(work):
        st.markdown(f"{bold(_(title))} · `{path}`")
        st.code(source(path, name), language="python")


SECTIONS: Mapping[str, Callable[[], None]] = {
    "retraces": show_retraces_here,
    "xray": show_xray_here,
    "history": show_history_here,
    "aa": show_aa_here,
    "code": show_code,
}
