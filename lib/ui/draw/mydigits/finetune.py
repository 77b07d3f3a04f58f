"""Fine-tuning on own digits: a run like any other that begins with the weights of an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from lib.core.jobs.throughput import Throughput
from lib.core.jobs.wait_estimate import Wait, seconds_left
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import FEWEST, SHARE, Tuning, own_parts, tuned_config
from lib.core.training.config import TrainConfig
from lib.runs.model.run import Run, Status
from lib.ui.draw.mydigits.files import as_digits
from lib.ui.draw.mydigits.presses import pressed, show_said
from lib.ui.draw.reading.choice import CHOICE, LOOKED_THROUGH, own_runs
from lib.ui.draw.reading.models import Model, RunModel, run_model
from lib.ui.jobs.actions import request_run
from lib.ui.jobs.finetune_result import link_to_run, show_tuned
from lib.ui.jobs.live_view import share_done
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.status import sentence
from lib.ui.jobs.wait_times import known_paces, pace_of_over, wait_words
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.text import bold

BASE = "own_base"
TOO_FEW = 5
"""With fewer digits there is nothing to learn beyond these very pictures."""
TUNING_POLL_SECONDS = 1.0
"""Seconds between polls of an open run."""


class Asked(NamedTuple):
    """A run that does not exist yet, to estimate its time."""

    config: TrainConfig
    step: int = 0
    total_steps: int = 0


def offer_tuning(models: Sequence[Model], digits: Digits) -> None:
    """The choice of a run, the plan and the button; or what is still missing."""
    st.markdown(
        _(
            "A run that you trained goes on learning, from your own digits mixed with MNIST so that it does not "
            "forget. The run itself stays as it is: a new one comes of it."
        )
    )
    bases = {run.id: run for run in runs_to_tune(models)}
    missing = max(0, TOO_FEW - len(digits))
    say_what_is_missing(bool(bases), missing)
    if bases and not missing:
        base = choose_base(bases)
        st.markdown(plan_words(base, digits))
        mine = newest_tuned()
        st.button(
            _("Fine-tune on my digits"),
            key="own_tune",
            type="primary",
            icon=":material/tune:",
            disabled=mine is not None and mine.is_open,
            on_click=pressed,
            args=("tune", begin, base.id),
            kwargs={"scope": "app"},
        )
    show_said("tune")


def say_what_is_missing(has_base: bool, digits: int) -> None:
    """What a fine-tuning still needs: so many `digits`, and a run to begin with."""
    if digits:
        plain.info(
            _("Own digits so far: {count}. Fine-tuning takes at least {fewest}; still missing: {missing}.").format(
                count=TOO_FEW - digits, fewest=TOO_FEW, missing=digits
            )
        )
    if not has_base:
        plain.info(
            _(
                "There is no finished run to tune yet: train one on MNIST first. "
                "(The model that comes with the app stays as it is.)"
            )
        )
        st.page_link(page_paths.TRAIN, label=bold(_("Go to Train")), icon=":material/model_training:")


def runs_to_tune(models: Sequence[Model]) -> list[Run]:
    """Ended MNIST runs with weights: those chosen on the page, then the visitor's newest."""
    chosen = [model.code for model in models if isinstance(model, RunModel)]
    runs = [store().run(code) for code in dict.fromkeys([*chosen, *own_runs()])]
    return [
        run
        for run in runs
        if run.status in (Status.FINISHED, Status.STOPPED)
        and run.config.dataset == "mnist"
        and store().checkpoint(run.id)
    ]


def choose_base(bases: dict[str, Run]) -> Run:
    """The run to tune."""
    names = {code: run_model(code).name() for code in bases}
    if st.session_state.get(BASE) not in bases:
        st.session_state[BASE] = next(iter(bases))
    chosen = st.selectbox(
        _("Run to tune"), list(bases), key=BASE, format_func=lambda code: names.get(code, code), persist_state="session"
    )
    return bases[chosen]


def plan_words(base: Run, digits: Digits) -> str:
    """The plan: number of epochs and images, the mix of digits, and the test set."""
    config = tuned_config(base.config)
    learned, tested = own_parts(digits, config.seed)
    said = _(
        "What will happen: {epochs} epochs of {images} images at learning rate {rate}. {own} of these images are your "
        "{learned} digits again and again, {mnist} are MNIST’s."
    ).format(
        epochs=config.epochs,
        images=f"{config.train_size:,}",
        rate=f"{config.learning_rate:g}",
        own=f"{config.train_size // SHARE:,}",
        learned=f"{len(learned):,}",
        mnist=f"{config.train_size - config.train_size // SHARE:,}",
    )
    if wait := seconds_left(Asked(config), paces(base)):
        said += " " + _("That takes {time}.").format(time=wait_words(Wait(max(1.0, wait.least), max(1.0, wait.most))))
    if tested is not learned:
        said += " " + _("Held out to test it on: {held} of your digits.").format(held=f"{len(tested):,}")
    else:
        said += " " + _("With fewer than {fewest} different digits it is tested on the ones it learns from.").format(
            fewest=FEWEST
        )
    return said


def paces(base: Run) -> dict[TrainConfig, Throughput]:
    """The paces of the newest runs and of the run to tune."""
    own = pace_of_over(base.id)
    return ({base.config: own} if own else {}) | known_paces()


def begin(base_id: str) -> str:
    """Creates a run that continues from `base_id`, unless the visitor's limits forbid it."""
    digits = as_digits(store().own_digits(visitor()))
    request_run(tuned_config(store().run(base_id).config), tuning=Tuning(base=base_id, digits=digits))
    return ""


def newest_tuned() -> Run | None:
    """The visitor's newest tuned run."""
    me = visitor()
    return next((run for run in store().runs(limit=LOOKED_THROUGH) if run.owner == me and run.base), None)


def follow_tuning(models: Sequence[Model]) -> None:
    """Status and result of the visitor's newest tuned run, polled until it is over."""
    run = None
    with says_when_store_unavailable():
        run = newest_tuned()
    if run is None:
        return
    shown = run

    def follow() -> None:
        with says_when_store_unavailable():
            show_tuning(shown.id, models)
            if store().run(shown.id).status != shown.status:
                st.rerun()

    st.fragment(follow, run_every=None if run.is_over else TUNING_POLL_SECONDS)()


def show_tuning(run_id: str, models: Sequence[Model]) -> None:
    """The run's status, a link to its live chart, both accuracies, and the button that makes it read the drawing."""
    seen = run_feed(run_id).look()
    run = seen.run
    with st.container(key="own_tuning"):
        st.markdown("##### " + _("Your newest tuned run"))
        st.markdown(f"`[{run.status}]` {sentence(seen)}")
        if not run.is_over:
            st.progress(share_done(run))
        show_tuned(seen)
        with st.container(horizontal=True, vertical_alignment="center"):
            if run.is_over and store().checkpoint(run.id):
                chosen = run.id in [model.code for model in models]
                st.button(
                    _("It reads the drawing above now") if chosen else _("Draw with the tuned run"),
                    key="own_use",
                    icon=":material/draw:",
                    disabled=chosen,
                    on_click=use,
                    args=(run.id,),
                )
            link_to_run(run, _("Its live chart on the Train page"))


def use(run_id: str) -> None:
    """Makes the run read the drawing. The choice stands at the top of the page, so the whole page reruns."""
    st.session_state[CHOICE] = [run_id]
    st.rerun()
