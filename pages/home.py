"""What the app is, alive at the first look, and the ways into it."""

import streamlit as st

from lib.ui.home.front import show_front
from lib.ui.home.machine import show_machine
from lib.ui.home.ways_in import offer_to_go_on, show_ways_in
from lib.ui.shell import page_paths
from lib.ui.shell.language import _

with st.container(horizontal=True, vertical_alignment="center", key="home_title"):
    st.title("TF2 Lab", width="content")
    offer_to_go_on()
st.markdown(
    _("Understand TensorFlow 2 by running it.")
    + " "
    + _(
        "“The notes” are a page of 2020 on what changed (eager execution, `tf.function` instead of sessions, one "
        "tf.keras), with an example that learns to read digits: each statement is here to run, to measure and to look "
        "into."
    )
)
show_ways_in()
show_front()

st.divider()
what, machine = st.columns([0.6, 0.4], gap="large")
with what:
    st.markdown(
        "\n".join(
            (
                "##### " + _("What you will see"),
                "- " + _("A network learning 60,000 handwritten digits: the loss of every single step, live."),
                "- "
                + _("The same work in up to seven ways, from eager to XLA, timed so that the answer can be believed."),
                "- " + _("Your own handwriting, read by the network that you trained."),
                "- " + _("Every setting in your hands, and in the link: what you set up is what you share."),
                "- " + _("The code that runs, as it stands in its file."),
            )
        )
    )
    st.page_link(
        page_paths.CLASS, label=_("In front of a class? Make a room for all of them"), icon=":material/groups:"
    )
with machine:
    show_machine()
