"""'Race to an accuracy': a form for a race between two settings, started with one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.jobs.wait_estimate import Planned
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.core.training.race import Race, configs
from lib.core.training.sweep import MOST_SEEDS, VARIED, usual_values
from lib.runs.model.group import Kind
from lib.runs.model.run import Run
from lib.ui.jobs.actions import press, request_group
from lib.ui.jobs.settings_text import setting_words
from lib.ui.jobs.wait_times import length_of, wait_words
from lib.ui.runs.choice import choose_only
from lib.ui.runs.groups.sweep import number
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.widgets.choice import choose, choose_from_list
from lib.ui.widgets.text import percent

TARGETS = (0.98, 0.985, 0.99)
SEEDS = 4
"""The fewest with which one side that always reaches the target wins against one that never does."""
OTHER = 0.0
"""The choice of another target than these."""
RACING = tuple(name for name in VARIED if name not in ("epochs", "validation_split", "patience", "target_accuracy"))
"""What the second side may have changed: the others are the same for both in every race."""
RULES = mark(
    "Both start with the same seeds and take turns. What counts are the seconds of training until the test accuracy "
    "after an epoch reaches the target; loading, tracing, compiling and testing do not. Neither stops early otherwise."
)


def offer_race(chosen: Sequence[Run]) -> None:
    """The folded form, for two chosen runs, or for one against itself with a change; nothing for tuned runs."""
    if len(chosen) not in (1, 2) or any(run.base for run in chosen):
        return
    box = st.expander(_("Race to an accuracy"), key="runs_race_box", icon=":material/flag:", on_change="rerun")
    if not box.open:
        return
    with box:
        try:
            show_form(chosen)
        except Refusal as error:
            plain.warning(error.sentence(_))


def show_form(chosen: Sequence[Run]) -> None:
    """Both sides, the target, the limits; then what it comes to and the press. Raises Refusal for a bad value."""
    first = chosen[0].config
    second = chosen[1].config if len(chosen) == 2 else changed(first)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = choose_target()
        epochs = number(_("Most epochs"), "race_epochs", 1, 100, max(first.epochs, second.epochs))
        seeds = number(_("Seeds for each"), "race_seeds", 1, MOST_SEEDS, SEEDS)
    race = Race(sides=(first, second), target=target, epochs=epochs, seeds=seeds)
    names = side_names(race)
    st.markdown(as_text(_("{first} against {second}").format(first=names[0], second=names[1])))
    st.caption(_(RULES))
    runs = configs(race)
    st.markdown(count_words(runs))
    st.button(_("Start the race"), key="race_start", icon=":material/flag:", on_click=press, args=(start_race, race))


def changed(first: TrainConfig) -> TrainConfig:
    """The settings with one change, which the visitor chooses. Raises Refusal for a value that is not allowed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {name: _(SETTINGS[name].label) for name in RACING}
        name = choose_from_list(_("What the other one changes"), labels, "race_setting", 230)
        return replace(first, **{name: choose_value(name, first)})


def choose_value(name: str, config: TrainConfig) -> Any:
    """Another value of the setting."""
    setting, key = SETTINGS[name], f"race_{name}"
    if setting.options:
        others = {code: _(text) for code, text in setting.options.items() if code != getattr(config, name)}
        return choose_from_list(_("To"), others, key, 230)
    text = st.text_input(
        _("To"), value=str(usual_values(name, config)[-1]), key=key, max_chars=20, width=160, persist_state="session"
    )
    try:
        return setting.read(text)
    except ValueError:
        raise SettingError(name, text) from None


def choose_target() -> float:
    """The accuracy, as a share."""
    texts = {target: percent(target, 1) for target in TARGETS} | {OTHER: _("Another")}
    target = choose(_("Test accuracy"), texts, "race_target")
    if target != OTHER:
        return target
    held = float(st.session_state.get("race_percent", 97.0))
    share = st.number_input(
        _("In per cent"), 1.0, 100.0, held, 0.1, "%g", key="race_percent", width=130, persist_state="session"
    )
    return round(share / 100, 6)


def side_names(race: Race) -> list[str]:
    """What each side is called: the settings in which it differs from the other, as text."""
    return [
        " · ".join(setting_words(name, getattr(side, name)) for name in race.differing()) for side in race.entrants()
    ]


def count_words(runs: Sequence[TrainConfig]) -> str:
    """How many runs these are, and about how long they take at most."""
    wait = length_of([Planned(replace(config, target_accuracy=0.0)) for config in runs])
    if wait is None:
        return _("{count} runs. How long they take is not known yet.").format(count=len(runs))
    return _("{count} runs, at most {time} in all; each ends when it reaches the target.").format(
        count=len(runs), time=wait_words(wait)
    )


def start_race(race: Race) -> None:
    """Starts the runs, each named by its side and seed, and chooses the first of each side."""
    names = side_names(race)
    members = [
        (config, f"{setting_words('seed', config.seed)} · {names[race.side_of(config)]}") for config in configs(race)
    ]
    if started := request_group(Kind.RACE, race.to_dict(), members):
        choose_only([run.id for run in started[:2]])
