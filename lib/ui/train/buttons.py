"""The run that this visitor sees, and the buttons that start, pause, step and stop it.

    no run, or it is over   Start  Rewind          Step 1·10·100
    waiting or under way    Pause  Stop  Rewind
    paused                  Resume  Stop  Rewind   Step 1·10·100

Beside the settings stands a field: for a guess before a run, for another learning rate during it.

Rewind creates a new run with the same settings, paused before its first step. The seed, or the model it is tuned from,
gives it the very same weights, and the old run keeps its records. Only the visitor who started a run can control it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.core.errors import Refusal
from lib.core.mydigits.finetune_plan import Tuning
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.runs.model.listing import Which
from lib.runs.model.run import Job, Run, Status, UnknownRun
from lib.ui.jobs.actions import LINK, NOT_DONE, ask, ask_class, press, request_run
from lib.ui.shell import plain
from lib.ui.shell.history import came_by_history
from lib.ui.shell.language import _
from lib.ui.shell.refusals import refusal
from lib.ui.shell.room import seat
from lib.ui.shell.services import engine, store
from lib.ui.shell.visitor import may_control, visitor
from lib.ui.train.guess import ACCURACY, ask_for_guess, entered
from lib.ui.train.settings_form import FORM
from lib.ui.widgets.form import factor_field

logger = logging.getLogger(__name__)


STEP_SIZES = (1, 10, 100)


def shown_run() -> Run | None:
    """The run that the link names, else the one this visitor saw last, in this session or an earlier one.

    The page says so if it does not exist. Back to a link without a run is back to before it.
    """
    if came_by_history():
        st.session_state.pop(LINK, None)
    run_id = st.query_params.get(LINK) or st.session_state.get(LINK) or last_of_earlier()
    if run_id is None:
        return None
    try:
        run = store().run(run_id)
    except UnknownRun as error:
        plain.warning(error.sentence(_))
        st.session_state.pop(LINK, None)
        return None
    show(run.id)
    return run


def last_of_earlier() -> str | None:
    """The newest run, for a visitor who opens the page in a new session and without settings in the link.

    Of a group that is under way it is the first open one: the newest may wait for long.
    """
    if not FORM.is_afresh():
        return None
    newest = store().history(Which(owner=visitor()), size=1)
    if newest and newest[0].group and newest[0].is_open:
        newest = [run for run in store().group_runs(newest[0].group) if run.is_open]
    return newest[0].id if newest else None


def show(run_id: str) -> None:
    """Makes this the visitor's current run: on this page, when they return to it, and in the link."""
    st.session_state[LINK] = run_id
    st.query_params[LINK] = run_id


def run_buttons(config: TrainConfig | None, run: Run | None) -> None:
    """The buttons for `run` and this visitor.

    Keys are for one's own run: who watches another's scrolls with Space, as everywhere.
    """
    own = own_of(run)
    keys = run is None or own is not None
    with st.container(horizontal=True, vertical_alignment="center", key="train_buttons"):
        main_buttons(own, config, keys)
        step_button(own, config, keys)


def say_not_done() -> None:
    """The reason if the last click did nothing."""
    if why := st.session_state.pop(NOT_DONE, None):
        with st.container(key="not_done"):
            plain.warning(why)


def say_whose(run: Run | None) -> None:
    """That the visitor watches, if the run is somebody else's; and that it was brought in, if it was."""
    if run and own_of(run) is None:
        plain.info(_("Somebody else started this run, so you are watching: Start makes a run of your own."))
    if run and run.is_brought:
        plain.info(_("Brought in from an archive: its times and its results are those of where it was trained."))


def own_of(run: Run | None) -> Run | None:
    """The run, if this visitor may control it."""
    return run if run and may_control(run) else None


def guess_or_rate(run: Run | None) -> None:
    """The field for a guess, before a run; for another learning rate while the visitor's own is not over."""
    own = own_of(run)
    if own and not own.is_over:
        rate_field(own)
    else:
        ask_for_guess()


def main_buttons(own: Run | None, config: TrainConfig | None, keys: bool) -> None:
    """Start, Pause or Resume, depending on the run's state, then Stop and Rewind."""
    if own is None or own.is_over:
        space = "Space" if keys else None
        button("train_start", _("Start"), "play_arrow", start, shortcut=space, primary=True, disabled=config is None)
        if (here := seat()) and here.is_teacher:
            button(
                "train_ask", _("Ask the class first"), "groups", ask_class, partial(start, 0), disabled=config is None
            )
    elif own.status == Status.PAUSED:
        button("train_resume", _("Resume"), "play_arrow", resume, own, shortcut="Space", primary=True)
    else:
        button("train_pause", _("Pause"), "pause", pause, own, shortcut="Space", primary=True)
    if own and not own.is_over:
        button("train_stop", _("Stop"), "stop", stop, own)
    if own and own.step:
        button("train_rewind", _("Rewind"), "replay", rewind, own)


def button(
    key: str,
    label: str,
    icon: str,
    do: Callable[..., None],
    *args: object,
    shortcut: str | None = None,
    primary: bool = False,
    disabled: bool = False,
) -> None:
    """A button that calls `do(*args)`."""
    st.button(
        label,
        key=key,
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        shortcut=shortcut,
        disabled=disabled,
        on_click=press,
        args=(do, *args),
    )


def step_button(own: Run | None, config: TrainConfig | None, keys: bool) -> None:
    """Step, and the number of steps: for a paused run, or for a new one that pauses afterwards."""
    rests = own is not None and own.status == Status.PAUSED
    can_start = config is not None and (own is None or own.is_over)
    do = partial(step, own) if own and rests else start_stepping
    button("train_step", _("Step"), "skip_next", do, shortcut="S" if keys else None, disabled=not (rests or can_start))
    st.segmented_control(
        _("Steps at a time"),
        STEP_SIZES,
        key="step_size",
        default=STEP_SIZES[0],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )


def start(pause_after: int | None = None) -> None:
    """Starts a run with the settings as they are at the click; it becomes the current run.

    A number may be typed and Start pressed in one go, so the values the page was drawn with can be outdated, and the
    new ones wrong: then nothing starts and the page says why.
    """
    try:
        config, expected = FORM.chosen(), entered()
    except SettingError:
        return  # the form says so
    except Refusal as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return
    begin(config, pause_after, expected)


def start_with(config: TrainConfig) -> None:
    """Starts a run with these settings, which the widgets then hold as well."""
    FORM.adopt(config)
    begin(config, None, None)


def start_stepping() -> None:
    """Starts a run that pauses after its first steps."""
    start(pause_after=st.session_state["step_size"])


def begin(config: TrainConfig, pause_after: int | None, expected: float | None, tuning: Tuning | None = None) -> None:
    """Creates a run of this visitor and shows it, unless their limits forbid it."""
    if run := request_run(config, guess=expected, pause_after=pause_after, tuning=tuning):
        ACCURACY.forget()
        show(run.id)


def rewind(run: Run) -> None:
    """Back to the first weights: a run with the settings of `run`, paused before its first step.

    Its weights are the very same, unless an older version drew those of `run` (`lib.ui.train.live.scheme_words`
    explains it).
    """
    if not run.is_over:
        stop(run)
    begin(run.config, 0, run.guess, store().tuning(run.id))


def pause(run: Run) -> None:
    """Pauses the run, and waits briefly for it."""
    ask(run, lambda: store().pause(run.id), until=lambda now: not now.is_open)


def resume(run: Run) -> None:
    """Resumes a paused run."""
    go_on(run, None, until=lambda now: now.step > run.step or not now.is_open)


def step(run: Run) -> None:
    """Makes a paused run do the chosen number of steps, and waits briefly for them."""
    go_on(run, run.step + st.session_state["step_size"], until=lambda now: not now.is_open)


def go_on(run: Run, pause_after: int | None, until: Callable[[Job], bool]) -> None:
    mine = run.group or run.id
    others = [other for other in store().open_runs_of(visitor()) if mine not in (other.id, other.group)]
    if why := refusal(run.config, others):
        st.session_state[NOT_DONE] = why
        return

    def go() -> None:
        store().resume(run.id, pause_after=pause_after)
        engine().wake()

    ask(run, go, until)


def stop(run: Run) -> None:
    """Stops the run, and waits briefly for it."""
    ask(run, lambda: store().stop(run.id), until=lambda now: now.is_over)


def rate_field(run: Run) -> None:
    """The field for the learning rate of the visitor's own run, which they may change while it runs."""
    key = f"rate_{run.id}"
    asked_for = run.requests.learning_rate
    st.session_state.setdefault(key, run.config.learning_rate if asked_for is None else asked_for)
    about = {
        "key": key,
        "width": 200,  # with both presses it fits into the column of settings
        "on_change": press,
        "args": (change_rate, run, key),
        "help": _("Takes effect with the next step, and is marked on the chart."),
    }
    then = partial(press, change_rate, run, key)
    factor_field(_("Learning rate from now on"), SETTINGS["learning_rate"], about, then)


def change_rate(run: Run, key: str) -> None:
    """Requests the learning rate just entered; an invalid one is refused."""
    try:
        rate = TrainConfig(learning_rate=st.session_state[key]).learning_rate
    except Refusal as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return
    ask(run, lambda: store().set_learning_rate(run.id, rate), until=lambda now: True)
