"""'Try several settings': a form for a sweep over one to three settings, started with one press."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.jobs.wait_estimate import Planned
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.sweep import (
    MOST_RUNS,
    MOST_SEEDS,
    MOST_SETTINGS,
    VARIED,
    Sweep,
    configs,
    usual_values,
    values_in,
)
from lib.runs.model.group import Kind
from lib.runs.model.run import Run
from lib.ui.jobs.actions import press, request_group
from lib.ui.jobs.settings_text import setting_words, settings_words
from lib.ui.jobs.wait_times import length_of, wait_words
from lib.ui.runs.choice import choose_only, texts_of
from lib.ui.shell import plain
from lib.ui.shell.language import _, language
from lib.ui.shell.plain import as_text
from lib.ui.widgets.choice import choose

WAYS = {"grid": mark("Every combination"), "random": mark("Random ones")}
DRAWN = mark(
    "Numbers are drawn between the lowest and the highest value, learning rates evenly by factors; anything else among "
    "the chosen ones. The same seed draws the same."
)
FIRST = ["learning_rate"]
"""What is varied until the visitor chooses."""


def offer_sweep(chosen: Sequence[Run]) -> None:
    """The folded form, for the settings of the one chosen run, else for the notes'; nothing for a tuned run."""
    if len(chosen) > 1 or any(run.base for run in chosen):
        return
    box = st.expander(_("Try several settings"), key="runs_sweep_box", icon=":material/tune:", on_change="rerun")
    if not box.open:
        return
    with box:
        base = chosen[0].config if chosen else TrainConfig()
        st.caption(as_text(beginning_words(chosen)))
        show_form(base)


def beginning_words(chosen: Sequence[Run]) -> str:
    """Which settings those are that are not varied."""
    if not chosen:
        return _("Everything else is as in the notes. Tick one run above to begin with its settings instead.")
    said = _("Everything else is as in {name}: {settings}.")
    return said.format(name=chosen[0].called, settings=settings_words(chosen[0].config))


def show_form(base: TrainConfig) -> None:
    """Which settings, which values, which combinations, how many; then what it comes to and the press."""
    names = choose_settings()
    with st.container(horizontal=True, vertical_alignment="bottom", key="sweep_values"):
        given = {name: choose_values(name, base) for name in names}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = choose(_("Which combinations"), texts_of(WAYS), "sweep_way")
        draws = number(_("How many"), "sweep_draws", 2, MOST_RUNS, 6) if way == "random" else 0
        draw_seed = number(_("Seed of the drawing"), "sweep_draw_seed", 0, 9999, 0) if way == "random" else 0
        seeds = number(_("Seeds for each"), "sweep_seeds", 1, MOST_SEEDS, 1)
    if way == "random":
        st.caption(_(DRAWN))
    try:
        values = {name: values_in(name, held) if isinstance(held, str) else tuple(held) for name, held in given.items()}
        plan = Sweep(base=base, values=values, draws=draws, seeds=seeds, seed=draw_seed)
    except Refusal as error:
        plain.warning(error.sentence(_))
        return
    runs = configs(plan)
    st.markdown(count_words(runs))
    label = _("Start {count} runs").format(count=len(runs))
    st.button(label, key="sweep_start", icon=":material/play_arrow:", on_click=press, args=(start_sweep, plan))


def choose_settings() -> list[str]:
    """The settings to vary."""
    labels = {name: _(SETTINGS[name].label) for name in VARIED}
    key, labels_in = "sweep_settings", "sweep_settings_labels_in"
    if st.session_state.get(labels_in) != language():
        # The box would keep the labels of the former language.
        st.session_state[key] = st.session_state.get(key, FIRST)
        st.session_state[labels_in] = language()
    return st.multiselect(
        _("Settings to vary"),
        VARIED,
        key=key,
        format_func=labels.__getitem__,
        max_selections=MOST_SETTINGS,
        placeholder=_("from one to {most}").format(most=MOST_SETTINGS),
        persist_state="session",
    )


def choose_values(name: str, base: TrainConfig) -> Any:
    """The values of a setting: pressed ones of its codes, or a text with numbers."""
    setting, key = SETTINGS[name], f"sweep_{name}"
    label, usual = setting.title(_), usual_values(name, base)
    if not setting.options:
        return st.text_input(label, value=", ".join(map(str, usual)), key=key, max_chars=80, persist_state="session")
    labels = {code: _(text) for code, text in setting.options.items()}
    return st.pills(
        label, list(labels), key=key, default=list(usual), selection_mode="multi", format_func=labels.__getitem__,
        persist_state="session",
    )  # fmt: skip


def number(label: str, key: str, low: int, high: int, first: int) -> int:
    """A field for a whole number."""
    return int(
        st.number_input(label, low, high, st.session_state.get(key, first), key=key, width=160, persist_state="session")
    )


def count_words(runs: Sequence[TrainConfig]) -> str:
    """How many runs these are, and about how long they take."""
    wait = length_of([Planned(config) for config in runs])
    if wait is None:
        return _("{count} runs. How long they take is not known yet.").format(count=len(runs))
    return _("{count} runs, {time} in all.").format(count=len(runs), time=wait_words(wait))


def start_sweep(plan: Sweep) -> None:
    """Starts the runs, each named by what is varied, and chooses them."""
    varied = [*plan.values, *(["seed"] if plan.seeds > 1 else [])]
    members = [
        (config, " · ".join(setting_words(name, getattr(config, name)) for name in varied)) for config in configs(plan)
    ]
    if started := request_group(Kind.SWEEP, plan.to_dict(), members):
        choose_only([run.id for run in started])
