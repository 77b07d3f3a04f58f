"""The guesses of all: what the class expects of one run or comparison of its teacher, and what came of it.

The teacher asks on Train or Compare ("Ask the class first"), and lets it begin when everybody has guessed. Until it is
over, everybody sees how many guesses there are, and their own; then one histogram of all.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.labels import mode_short
from lib.core.i18n import mark
from lib.core.studies.configs import CompareConfig
from lib.runs.model.classwork import Guesses
from lib.runs.model.room import Seat
from lib.runs.model.run import Job, Run, Status
from lib.ui.classroom.guess_chart import show_histogram
from lib.ui.compare.guess import guessed_pair
from lib.ui.jobs.actions import or_say_why, press
from lib.ui.jobs.live_view import share_done
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import settings_words
from lib.ui.jobs.status import sentence
from lib.ui.jobs.studies import study_feed, study_sentence
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import engine, store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.train.guess import ACCURACY as RUN_ACCURACY
from lib.ui.widgets.choice import choose_from_list
from lib.ui.widgets.guess import GuessField
from lib.ui.widgets.text import bold, percent

POLL_SECONDS = 2.0
QUESTION = "class_question"
ACCURACY = replace(RUN_ACCURACY, key="class_guess_accuracy")
FACTOR = GuessField(
    key="class_guess_factor",
    low=0.01,
    high=1000.0,
    width=250,
    refusal=mark("Your guess must be from {low} to {high}, but {value} was given."),
)


def show_guesses(here: Seat) -> None:
    """The chosen question with a field for a guess, its state and, once it is over, everybody's guesses."""
    questions = {job.id: job for job in store().classwork.questions(here.room.id)}
    if not questions:
        say_how(here)
        follow(here, None, frozenset())
        return
    names = {job.id: question_name(job) for job in questions.values()}
    chosen = choose_from_list(_("Question"), names, QUESTION, 420) if len(names) > 1 else next(iter(names))
    job = questions[chosen]
    with st.container(key="class_asked", border=True):
        st.markdown("##### " + as_text(question(job)))
        st.markdown(as_text(about(job)))
        if is_unbegun(job):
            ask_for_guess(here, job)
            if here.is_teacher:
                show_presses(job)
        follow(here, job, frozenset(questions))


def say_how(here: Seat) -> None:
    """That nothing is asked at present; to the teacher also how to ask."""
    if not here.is_teacher:
        plain.info(_("Your teacher asks nothing at present. A question comes up here by itself."))
        return
    st.markdown(
        _(
            "Choose the settings of a run or a comparison, and press “Ask the class first” beside Start. Everybody "
            "guesses here what will come of it, and you let it begin. Nobody sees the guesses of others before its end."
        )
    )
    with st.container(horizontal=True):
        st.page_link(page_paths.TRAIN, label=bold(_("Go to Train")), icon=":material/model_training:")
        st.page_link(page_paths.COMPARE, label=bold(_("Go to Compare")), icon=":material/speed:")


def is_unbegun(job: Job) -> bool:
    """Whether it waits for the teacher to let it begin."""
    return job.status == Status.PAUSED and not job.step


def question_name(job: Job) -> str:
    """The question in a list: what it is about, and enough of its id to tell it from another."""
    kind = _("Run") if isinstance(job, Run) else _("Comparison")
    return f"{kind} {job.id[:4]}"


def question(job: Job) -> str:
    """The question."""
    if isinstance(job, Run):
        return _("How many of 100 test images will this run read right?")
    mode, base = guessed_pair(compared(job))
    return _("{mode} is how many times as fast as {other}?").format(mode=mode_short(mode, _), other=mode_short(base, _))


def about(job: Job) -> str:
    """The settings in question, as text."""
    if isinstance(job, Run):
        return settings_words(job.config)
    config = compared(job)
    modes, sizes = ", ".join(mode_short(mode, _) for mode in config.modes), ", ".join(map(str, config.sizes))
    return _("Compared: {modes}. Batch size: {sizes}.").format(modes=modes, sizes=sizes)


def compared(job: Job) -> CompareConfig:
    """The settings of a comparison."""
    assert isinstance(job.config, CompareConfig)
    return job.config


def field_of(job: Job) -> GuessField:
    """The field for guesses about it."""
    return ACCURACY if isinstance(job, Run) else FACTOR


def ask_for_guess(here: Seat, job: Job) -> None:
    """The field and its press."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="class_guess_row"):
        label = _("Your guess, in %") if isinstance(job, Run) else _("Your guess, times as fast")
        field_of(job).ask(label, _("It can be changed until it begins. Nobody else sees it before the end."))
        st.button(_("Guess"), key="class_guess", icon=":material/check:", on_click=press, args=(guess, here, job))


def guess(here: Seat, job: Job) -> None:
    """Notes the guess that is in the field; without one nothing happens."""

    def note() -> None:
        value = field_of(job).entered()
        if value is not None:
            share = value / 100 if isinstance(job, Run) else value
            store().classwork.guess(here.room.id, job.id, visitor(), share)
            field_of(job).forget()

    or_say_why(note)


def show_presses(job: Job) -> None:
    """The teacher's presses: let it begin, or take the question back."""
    with st.container(horizontal=True):
        icon, take_back = ":material/play_arrow:", (store().stop, job.id)
        st.button(_("Begin now"), key="class_begin", type="primary", icon=icon, on_click=press, args=(begin, job))
        st.button(_("Take it back"), key="class_drop", icon=":material/delete:", on_click=press, args=take_back)


def begin(job: Job) -> None:
    """Lets it begin; then it takes no more guesses."""
    store().classwork.begin(job.id, visitor())
    engine().wake()


def follow(here: Seat, asked: Job | None, shown: frozenset[str]) -> None:
    """The state of the question, polled; the view is drawn anew when there is another question or another state."""

    def look() -> None:
        with says_when_store_unavailable():
            questions = {job.id: job for job in store().classwork.questions(here.room.id)}
            if questions.keys() != shown or (asked and questions[asked.id].status != asked.status):
                st.rerun()
            if asked:
                show_state(here, questions[asked.id], store().classwork.guesses(here.room.id, asked.id, visitor()))

    st.fragment(look, run_every=POLL_SECONDS)()


def show_state(here: Seat, job: Job, guesses: Guesses) -> None:
    """How many guesses there are, how far it is and, at its end, all guesses beside what came of it."""
    with st.container(key="class_guesses_state"):
        st.markdown(" ".join([counted(guesses), *mine_words(job, guesses)]))
        if is_unbegun(job):
            if not here.is_teacher:
                st.caption(_("It begins when your teacher says so. All guesses are shown at its end."))
            return
        st.markdown(f"`[{job.status}]` {state_sentence(job)}")
        if not job.is_over and job.total_steps:
            st.progress(share_done(job))
        if guesses.values is not None:
            show_histogram(job, guesses, truth_of(job))


def counted(guesses: Guesses) -> str:
    """The number of guesses."""
    return _("Guesses: {count}.").format(count=guesses.count)


def mine_words(job: Job, guesses: Guesses) -> list[str]:
    """The reader's own guess, if there is one."""
    if guesses.mine is None:
        return []
    said = percent(guesses.mine) if isinstance(job, Run) else f"{guesses.mine:g}"
    return [_("Yours: {guess}.").format(guess=said)]


def state_sentence(job: Job) -> str:
    """How the run or comparison stands."""
    if isinstance(job, Run):
        return sentence(run_feed(job.id).look())
    return study_sentence(*study_feed(job.id).look())


def truth_of(job: Job) -> float | None:
    """What came of it: the last test accuracy as a share, or times as fast; None if it ended before."""
    if isinstance(job, Run):
        return job.accuracy
    config = compared(job)
    _study, events = study_feed(job.id).look()
    mode, base = guessed_pair(config)
    ratio = comparison_of(config, events).ratio(config.sizes[0], mode, base)
    return 1 / ratio.ratio if ratio else None
