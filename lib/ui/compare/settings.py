"""The widgets of a comparison's settings: those of the form, and the switch between one size and many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.core.benchmark.intervals import FEWEST
from lib.core.benchmark.labels import mode_label, mode_short
from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.settings import Setting
from lib.core.studies.configs import CompareConfig, StudyConfig, compare_settings, promised_seconds, read_compare
from lib.core.studies.works import WORKS
from lib.ui.shell.language import _
from lib.ui.widgets.form import SettingsForm, from_widget, setting_widget
from lib.ui.widgets.text import duration

SWEEP_MODES = ("eager", "graph", "xla", "session")
"""A sweep measures these by default: more would take too long."""
DEFAULT = CompareConfig()
"""The comparison of a link without settings."""
ROW = 60
"""Letters, in English, of choices that fit side by side."""


class NothingToCompare(Refusal):
    """Fewer than two modes are chosen: none is wrong, but another is needed."""

    template = mark("Choose at least two ways of running it: a comparison needs something to compare with.")


def make(values: dict[str, Any]) -> CompareConfig:
    """The comparison with these widgets' values. Raises StudyError or NothingToCompare."""
    if len(values["modes"]) < 2:  # an empty list would mean the usual modes
        raise NothingToCompare
    return CompareConfig(**values)


def known(values: Mapping[str, Any]) -> Mapping[str, Setting]:
    """The settings of the chosen work, by default those of the default work."""
    return compare_settings(values.get("work", DEFAULT.work))


FORM = SettingsForm(
    prefix="compare_",
    other_params=frozenset({"compare", "show"}),
    known=known,
    read=read_compare,
    make=make,
)


def adopt_link(shown: StudyConfig | None) -> None:
    """Adopts the settings of the visitor's link, once; a link without settings brings those of `shown`."""
    FORM.adopt_link(shown if isinstance(shown, CompareConfig) else None)


def change_work() -> None:
    """Another work has other modes and sizes; a sweep stays a sweep."""
    if st.session_state[FORM.key("work")] not in WORKS:  # the page does not offer it
        st.session_state[FORM.key("work")] = DEFAULT.work
    work, sweep = WORKS[st.session_state[FORM.key("work")]], st.session_state[FORM.key("sweep")]
    st.session_state[FORM.key("modes")] = [mode for mode in work.modes if mode in SWEEP_MODES or not sweep]
    st.session_state[FORM.key("sizes")] = ", ".join(map(str, work.sweep if sweep else (work.size,)))


def show_time(config: CompareConfig) -> None:
    """The maximum duration, before anyone starts it."""
    st.caption(
        _(
            "Takes {time} at most, once the worker is ready: where it must be, fewer rounds are made. Only where even "
            "{fewest} of them do not fit, as on a very busy machine, does it take longer."
        ).format(time=duration(promised_seconds(config)), fewest=2 * FEWEST)
    )


def choose_settings() -> None:
    """What is compared, and in a box that opens everything else, so that the result stays on the first screen."""
    FORM.follow_language()
    widget("work", on_change=change_work, width=230)
    with st.popover(_("Settings"), icon=":material/tune:", key="compare_more"):
        widget("depth")
        sweep_field()
        work = WORKS[st.session_state[FORM.key("work")]]
        labels = {mode: mode_short(mode, _) for mode in work.modes}
        widget(
            "modes",
            help="\n".join(f"- {mode_label(mode, _)}" for mode in work.modes),
            format_func=labels.__getitem__,
        )
        with st.container(horizontal=True):
            widget("sizes", width=380)
            widget("seed", width=200)


def widget(name: str, help: str | None = None, **about: Any) -> None:
    """One setting as a widget."""
    setting = FORM.settings()[name]
    explained = _(setting.help).format(low=f"{setting.low:,}", high=f"{setting.high:,}") if setting.help else None
    setting_widget(FORM.key(name), setting, help or explained, ROW, **about)


def sweep_field() -> None:
    """The switch between one size and many; it follows the sizes, however they were set."""
    given = from_widget(FORM.settings()["sizes"], st.session_state[FORM.key("sizes")])
    st.session_state[FORM.key("sweep")] = len(set(given)) > 1
    st.toggle(
        _("Sweep over sizes"),
        value=st.session_state[FORM.key("sweep")],
        key=FORM.key("sweep"),
        on_change=change_work,
        help=_("The same at several sizes, from tiny to large: where does a graph stop winning?"),
    )
