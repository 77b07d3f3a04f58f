"""A comparison on the page: the answer in words, one view of it at a time, and its numbers for download."""

from __future__ import annotations

import streamlit as st

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_files import Reference, references, to_csv, to_json
from lib.core.benchmark.comparison_words import summary
from lib.core.benchmark.factor_words import factor_sentences
from lib.core.benchmark.labels import machine_name
from lib.core.studies.configs import CompareConfig
from lib.runs.model.run import Study
from lib.ui.compare import text as words
from lib.ui.compare.guess import entered, guess_words, guessed_pair
from lib.ui.compare.method_text import modes_words
from lib.ui.compare.progress_text import progress_words
from lib.ui.compare.views import TITLES, VIEWS, Shown, show_factors
from lib.ui.jobs.studies import StudyEvents, watch_study
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_lines, as_text
from lib.ui.shell.visitor import may_control
from lib.ui.widgets.choice import choose
from lib.ui.widgets.guess import GuessError

VIEW = "compare_view"
OF_SWEEP = "compare_view_of_sweep"
"""Session-state key: whether the view was chosen for a sweep."""


def watch_comparison(study: Study) -> None:
    """Shows the comparison and polls it until it is over."""
    foreign = not may_control(study)
    said = _("Somebody else started this measurement, so you are watching: Start makes one of your own.")
    if foreign and study.is_open:
        plain.info(said)
    watch_study(study, draw, running=progress_words)
    if foreign and study.is_over:  # at the end: there is nothing left to press
        plain.info(said)


def draw(study: Study, events: StudyEvents) -> None:
    """The comparison so far; a recorded one while it waits in the queue."""
    assert isinstance(study.config, CompareConfig)
    comparison = comparison_of(study.config, events)
    if study.is_open:
        st.progress(comparison.done)
    if study.is_open and comparison.began is None:
        show_reference(study.config)
    elif study.is_over and not comparison.timings:
        plain.info(_("It ended before the first sample, so there is nothing to compare."))
        show_reference(study.config)
    else:
        with st.container(key="compare_result", border=True):
            show_result(Shown(study.id, comparison, study.guess, live=study.is_open))


def show_result(shown: Shown) -> None:
    """The answer, the views, the files. While samples come in, text goes below the view, so the view does not move."""
    if shown.live:
        show_title(shown)
        VIEWS[choose_view(shown)](shown)
        show_headline(shown)
        show_remarks(shown)
        return
    view = choose_view(shown)
    # Side by side, so that the conclusion and the first chart are both visible without scrolling, on a phone too.
    answer, looked_at = st.columns([2, 3], gap="medium") if view in BESIDE else (st.container(), st.container())
    with answer:
        show_title(shown)
        show_headline(shown)
    with looked_at:
        VIEWS[view](shown)
    show_remarks(shown)
    if view == "samples":
        show_factors(shown)
    show_downloads(shown)


BESIDE = ("samples", "sweep")
"""The views beside the answer: those that a result opens with."""


def show_title(shown: Shown) -> None:
    """What was compared."""
    st.caption(as_text(words.work_words(shown.comparison.config)))


def show_headline(shown: Shown) -> None:
    """The answer in a sentence."""
    if answer := words.headline(shown.comparison):
        with st.container(key="compare_verdict"):
            st.markdown(f"##### {as_text(answer)}")


def show_remarks(shown: Shown) -> None:
    """The machine of a recorded result, what was fastest, reservations, the result of the guess, and all in words."""
    comparison = shown.comparison
    if shown.recorded:
        machine = _("Recorded earlier, on another machine: {machine}. Start, and see what yours says.")
        st.caption(as_text(machine.format(machine=shown.recorded)))
    if fastest := words.fastest_words(comparison):
        st.markdown(as_text(fastest))
    if not shown.live and (said := words.reservations(comparison)):
        with st.container(key="compare_reservations"):
            plain.warning(*said)
    if not comparison.config.is_sweep and (
        said_of_guess := guess_words(comparison, comparison.config.sizes[0], shown.guess)
    ):
        st.markdown(as_text(said_of_guess))
    if not shown.live:
        with st.expander(_("All of it in words, to be read out"), key="compare_words"):
            st.markdown(as_lines(*summary(comparison, _), *factor_sentences(comparison, _)))


def choose_view(shown: Shown) -> str:
    """One view at a time; a sweep opens with the sweep view."""
    is_sweep = shown.comparison.config.is_sweep
    if st.session_state.get(OF_SWEEP) != is_sweep:  # a sweep and a single size open with different views
        st.session_state.pop(VIEW, None)
        st.session_state[OF_SWEEP] = is_sweep
    names = {code: _(TITLES[code]) for code in VIEWS if code != "sweep" or is_sweep}
    return choose(_("What to look at"), names, VIEW, "sweep" if is_sweep else "samples", named=False)


def show_downloads(shown: Shown) -> None:
    """All measurements as files."""
    name = f"tf2lab-{shown.comparison.config.work}-{shown.name.replace('/', '-')}"
    with st.container(horizontal=True):
        st.download_button(
            _("Download as JSON"),
            lambda: to_json(shown.comparison, shown.guess),
            file_name=f"{name}.json",
            mime="application/json",
            key="compare_json",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            _("Download the samples as CSV"),
            lambda: to_csv(shown.comparison),
            file_name=f"{name}.csv",
            mime="text/csv",
            key="compare_csv",
            icon=":material/download:",
            on_click="ignore",
        )


def reference_for(config: CompareConfig) -> Reference | None:
    """A recorded result of the same work at the same sizes; None if there is none: another one would mislead."""
    alike = (
        reference
        for reference in references()
        if reference.comparison.config.work == config.work
        and reference.comparison.config.is_sweep == config.is_sweep
        and set(config.sizes) <= set(reference.comparison.config.sizes)
    )
    return next(alike, None)


def offer_reference(config: CompareConfig) -> None:
    """A recorded result. It gives away the answer, so the visitor first guesses or declines to."""
    try:
        guess = entered()
    except GuessError:
        guess = None  # Start reports what is wrong with it
    if reference_for(config) is None or guess is not None or st.session_state.get(DECLINED):
        show_reference(config, guess)
        return
    with st.container(key="compare_reference", border=True):
        show_promise(config)
        st.caption(_("A result was recorded earlier. It is shown once you have guessed."))
        st.button(_("Show it without a guess"), key=DECLINE, on_click=decline)


DECLINE = "compare_decline"
DECLINED = "compare_guess_declined"
"""Session-state key: whether this visitor declined to guess."""


def decline() -> None:
    """Notes that the visitor does not want to guess."""
    st.session_state[DECLINED] = True


def show_reference(config: CompareConfig, guess: float | None = None) -> None:
    """A result recorded earlier on a named machine; without one, a preview of what will be measured."""
    reference = reference_for(config)
    with st.container(key="compare_reference", border=True):
        if reference is None:
            show_promise(config)
            return
        began = reference.comparison.began
        machine = machine_name(began) if began else reference.name
        same = guessed_pair(reference.comparison.config) == guessed_pair(config)
        name = f"recorded/{reference.name}"
        show_result(Shown(name, reference.comparison, guess if same else None, recorded=machine))


def show_promise(config: CompareConfig) -> None:
    """A preview of what will be measured."""
    nothing = comparison_of(config, ())
    st.markdown(f"##### {as_text(words.work_words(config))}")
    VIEWS["samples"](Shown("nothing", nothing))
    st.markdown("\n".join(f"- {label}" for label in modes_words(config)))
