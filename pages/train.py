"""Train a network and watch it learn."""

import streamlit as st

from lib.ui.jobs.finetune_result import follow_tuned
from lib.ui.jobs.shared_processors import show_shared_processors
from lib.ui.shell.language import _
from lib.ui.shell.store_health import show_trouble
from lib.ui.train import overview, summary
from lib.ui.train.buttons import guess_or_rate, run_buttons, say_not_done, say_whose, shown_run
from lib.ui.train.inspect.view import show_inside
from lib.ui.train.live import show_nothing_yet, watch
from lib.ui.train.preset_choice import choose_preset, what_to_watch
from lib.ui.train.settings_file import show_settings_file
from lib.ui.train.settings_form import FORM, show_settings
from lib.ui.train.ways_on import show_ways_on

with st.container(horizontal=True, vertical_alignment="center", key="train_head"):
    st.title(_("Train"), width="content")
    presets = st.container(width="content")
    show_shared_processors()
show_trouble()
run = shown_run()
FORM.adopt_link(run.config if run else None)
with presets:
    choose_preset()
buttons = st.container()  # stays on the screen while one scrolls (`assets/frame.css`)

# The chart comes first and is drawn first, on a phone too: it shows the effect of a click. Start needs the settings.
chart_column, settings_column = st.columns([0.68, 0.32], gap="large")
with chart_column:
    say_not_done()
    if run is None:
        show_nothing_yet()
    else:
        watch(run)
        follow_tuned(run)
with settings_column:
    FORM.show_refusals()
    what_to_watch()
    guess_or_rate(run)
    config = show_settings()
    if config:
        FORM.write_link(config)
    show_settings_file(config)
with buttons:
    run_buttons(config, run)
with chart_column:
    say_whose(run)
    show_ways_on(config)
    if run:
        summary.show_result(run)
    inside, numbers, network, data, code = st.tabs(
        [_("Inside"), _("Numbers"), _("Network"), _("Data"), _("Code")], default=_("Inside") if run else _("Network")
    )
    with inside:
        show_inside(run)
    with numbers:
        summary.show_numbers(run)
    if config:
        with network:
            overview.show_network(config)
        with data:
            overview.show_data(config)
        with code:
            overview.show_code(config)
