"""All runs: find, name, keep and delete them, lay them over one another, and take them away."""

import streamlit as st

from lib.ui.runs.archive import offer_archive
from lib.ui.runs.beside import show_beside
from lib.ui.runs.bring import offer_to_bring, show_brought
from lib.ui.runs.choice import choose_which, chosen_runs
from lib.ui.runs.exports import offer_exports
from lib.ui.runs.following import follow
from lib.ui.runs.groups.progress import show_group
from lib.ui.runs.groups.race import offer_race
from lib.ui.runs.groups.sweep import offer_sweep
from lib.ui.runs.presses import show_presses
from lib.ui.runs.scatter import show_scatter
from lib.ui.runs.table import show_list
from lib.ui.runs.takeaway import offer_files
from lib.ui.runs.together import show_together
from lib.ui.shell.language import _
from lib.ui.shell.store_health import show_trouble
from lib.ui.train.settings_form import FORM

with st.container(horizontal=True, vertical_alignment="center", key="runs_head"):
    st.title(_("Runs"), width="content")
    offer_to_bring(FORM.adopt_given)
show_trouble()
show_brought()


def show_runs() -> None:
    """Everything but the title."""
    which = choose_which()
    show_list(which)
    chosen = chosen_runs()
    show_presses(chosen)
    offer_sweep(chosen)
    offer_race(chosen)
    show_group(chosen)
    show_together(chosen)
    if len(chosen) == 1:
        offer_files(chosen[0])
        offer_archive(chosen[0])
        offer_exports(chosen[0])
    show_scatter(which)
    show_beside()


follow(show_runs)
