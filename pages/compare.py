"""Time eager, graph, XLA and TensorFlow 1's Session reliably."""

import streamlit as st

from lib.ui.compare import settings
from lib.ui.compare.guess import ask_for_guess
from lib.ui.compare.result import offer_reference, watch_comparison
from lib.ui.compare.sections import choose_section, say_what_this_is, show_section
from lib.ui.compare.shared import is_shown_instead, show_shared
from lib.ui.compare.start import offer_to_ask, start_comparison
from lib.ui.jobs.studies import current_study, show_not_started, study_button
from lib.ui.shell.language import _
from lib.ui.shell.store_health import show_trouble

st.title(_("Compare"))
section = choose_section()
show_trouble()
study = current_study("compare")
settings.adopt_link(study.config if study else None)
if section != "measure":
    show_section(section)
else:
    settings.FORM.show_refusals()
    config = settings.FORM.chosen_if_allowed()
    if config:
        settings.FORM.write_link(config)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        settings.choose_settings()
        ask_for_guess(config)
        study_button("compare", _("Start"), start_comparison, study, disabled=config is None)
        offer_to_ask(disabled=config is None)
        show_shared(config or settings.DEFAULT, study)
    settings.FORM.show_error("compare_error")
    show_not_started("compare")
    if study and not is_shown_instead(study):
        watch_comparison(study)
    else:
        offer_reference(config or settings.DEFAULT)
    if config and not (study and study.is_open):
        settings.show_time(config)
    if study is None:
        say_what_this_is()
