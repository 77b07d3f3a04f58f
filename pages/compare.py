"""Time eager, graph, XLA and TensorFlow 1's Session, so that the answer can be believed."""

import streamlit as st

from lib.ui import compare_settings as settings
from lib.ui.compare_guess import ask_for_guess
from lib.ui.compare_result import show_reference, watch_comparison
from lib.ui.compare_sections import choose_section, show_section
from lib.ui.compare_start import start_comparison
from lib.ui.language import _
from lib.ui.study_control import current_study, study_buttons
from lib.ui.trouble import show_trouble

st.title(_("Compare"))
st.markdown(
    _(
        "Sessions were slow, eager is easy, `tf.function` takes the place of sessions: so the notes say. "
        "Check it here, on this machine, with the same work, the same weights and the same data in every mode."
    )
)
show_trouble()
section = choose_section()
study = current_study("compare")
settings.adopt_link(study.config if study else None)
if section == "measure":
    settings.show_refusals()
    # A phone's visitor meets Start before the settings that few need; a screen reader as well.
    first, press, more = st.container(), st.container(horizontal=True, vertical_alignment="bottom"), st.container()
    config = settings.settings_form(first, more)
    if config:
        settings.write_link(config)
    with press:
        ask_for_guess(config)
        study_buttons("compare", _("Start"), start_comparison, study, disabled=config is None)
    if study:
        watch_comparison(study)
    else:
        show_reference(config or settings.DEFAULT)
else:
    show_section(section)
