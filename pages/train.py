"""Train a network and watch it learn."""

import streamlit as st

from lib.ui import controls, overview, summary
from lib.ui.following import following
from lib.ui.language import _
from lib.ui.live import show_nothing_yet, watch
from lib.ui.run_control import run_buttons, shown_run
from lib.ui.settings_file import show_settings_file

st.title(_("Train"))
run = shown_run()
controls.adopt_link(run.config if run else None)

# The chart comes first, on a phone too; the settings are filled in first because Start needs them.
chart_column, settings_column = st.columns([0.68, 0.32], gap="large")
with settings_column:
    controls.show_refusals()
    config = controls.settings_form()
    if config:
        controls.write_link(config)
    show_settings_file(config)
with chart_column:
    run_buttons(config, run)
    if run is None:
        show_nothing_yet()
    else:
        watch(run.id)
    seen = following(run.id).look() if run else None
    if seen and seen.epochs and not seen.run.is_open:
        summary.show_summary(seen)
    network, data, code, numbers = st.tabs([_("Network"), _("Data"), _("Code"), _("Numbers")])
    if config:
        with network:
            overview.show_network(config)
        with data:
            overview.show_data(config)
        with code:
            overview.show_code(config)
    with numbers:
        summary.show_numbers(run)
