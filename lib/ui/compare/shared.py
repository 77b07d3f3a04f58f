"""On a machine whose processors are shared, a comparison recorded on a machine of its own is offered."""

from __future__ import annotations

import streamlit as st

from lib.core.studies.configs import CompareConfig
from lib.runs.model.run import Study
from lib.ui.compare.result import decline, reference_for
from lib.ui.jobs.shared_processors import show_shared_processors
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text

INSTEAD = "compare_recorded_instead"
"""Session-state key: the study in whose place the visitor looks at the recorded result."""


def show_shared(config: CompareConfig, study: Study | None) -> None:
    """The badge, with the way to the recorded result and back."""
    show_shared_processors(lambda: offer_recorded(config, study))


def offer_recorded(config: CompareConfig, study: Study | None) -> None:
    """What there is of a recorded result of the same work."""
    if reference_for(config) is None:
        return
    st.markdown(as_text(_("The same was recorded on a machine with nothing else to do.")))
    if study is None:
        st.caption(_("It stands below."))
    elif is_shown_instead(study):
        st.button(_("Show the own result"), key="compare_own", on_click=show_own)
    elif study.is_over:
        st.button(_("Show the recorded result"), key="compare_recorded", on_click=show_recorded, args=(study.id,))


def is_shown_instead(study: Study | None) -> bool:
    """Whether the recorded result is shown in place of this study."""
    return study is not None and st.session_state.get(INSTEAD) == study.id


def show_recorded(study_id: str) -> None:
    """Shows the recorded result in place of the study, without asking for a guess: an own result is there."""
    st.session_state[INSTEAD] = study_id
    decline()


def show_own() -> None:
    """Shows the visitor's own result again."""
    st.session_state.pop(INSTEAD, None)
