"""Fine-tuning on the digits of a class's wall, live for everybody: a run like any other, of the teacher's."""

from __future__ import annotations

import streamlit as st

from lib.core.mydigits.digit_sets import Digits, OwnDigitsError
from lib.core.mydigits.finetune_plan import Tuning, tuned_config
from lib.runs.model.room import Seat
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.classroom.wall_reading import digits_of, readers_of, wall_of
from lib.ui.draw.mydigits.finetune import TOO_FEW
from lib.ui.draw.reading.models import run_model
from lib.ui.jobs.actions import or_say_why, press, request_run
from lib.ui.jobs.finetune_result import link_to_run, show_tuned
from lib.ui.jobs.live_view import share_done
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.status import sentence
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.widgets.choice import choose_from_list

BASE = "class_tune_base"
POLL_SECONDS = 1.0


def offer_tuning(here: Seat, chosen: str) -> None:
    """The teacher's choice of a run, and the press that tunes it on the wall; or what is still missing."""
    with st.expander(_("Fine-tune on the wall"), key="class_tune_box", expanded=True):
        bases = {run.id: run for run in readers_of(here.room.id)}
        missing = max(0, TOO_FEW - len(wall_of(here.room.id)))
        if not bases:
            plain.info(_("It takes a run of this class that is over: train one on MNIST first."))
        elif missing:
            plain.info(_("It takes some digits on the wall; still missing: {missing}.").format(missing=missing))
        else:
            offer(here, bases, chosen)


def offer(here: Seat, bases: dict[str, Run], chosen: str) -> None:
    """The choice of a run, at first the one that reads the wall, and the press."""
    names = {run_id: run_model(run_id).name() for run_id in bases}
    if BASE not in st.session_state and chosen in names:
        st.session_state[BASE] = chosen
    mine = newest_tuned(here)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        base = choose_from_list(_("Run to tune"), names, BASE, 420)
        st.button(
            _("Fine-tune on our digits"),
            key="class_tune",
            type="primary",
            icon=":material/tune:",
            disabled=mine is not None and mine.is_open,
            on_click=press,
            args=(begin, here, bases[base]),
        )
    st.caption(
        _(
            "The run learns on from our digits, mixed with MNIST so that it does not forget. A fifth of them is held "
            "out to test it on. The run itself stays as it is: a new one comes of it."
        )
    )


def begin(here: Seat, base: Run) -> None:
    """Starts a run that goes on from `base` with the digits that hang on the wall at this moment."""

    def tune() -> None:
        wall = store().classwork.wall(here.room.id)
        if not wall:
            raise OwnDigitsError("none")
        images, labels = digits_of(wall)
        tuning = Tuning(base=base.id, digits=Digits(images=images, labels=labels))
        request_run(tuned_config(base.config), tuning=tuning)

    or_say_why(tune)


def newest_tuned(here: Seat) -> Run | None:
    """The teacher's newest tuned run in the room."""
    jobs = store().classroom.jobs(here.room.id)
    return next((job for job in jobs if isinstance(job, Run) and job.base and job.owner == here.room.teacher), None)


def follow_tuning(here: Seat) -> None:
    """State and result of the teacher's newest tuned run, for everybody, polled until it is over."""
    run = None
    with says_when_store_unavailable():
        run = newest_tuned(here)
    if run is None:
        return
    shown = run

    def follow() -> None:
        with says_when_store_unavailable():
            seen = run_feed(shown.id).look()
            show_tuning(seen)
            if seen.run.status != shown.status:
                st.rerun()

    st.fragment(follow, run_every=None if run.is_over else POLL_SECONDS)()


def show_tuning(seen: RunView) -> None:
    """The run's status, how far it is, both accuracies, and the way to its live chart."""
    with st.container(key="class_tuning"):
        st.markdown(f"`[{seen.run.status}]` {sentence(seen)}")
        if not seen.run.is_over:
            st.progress(share_done(seen.run))
        show_tuned(seen)
        link_to_run(seen.run, _("Its live chart on the Train page"))
