"""What the app is, the machine's state, and the way to the first run."""

import streamlit as st

from lib.core.tour.lessons import LESSONS
from lib.ui.home.machine import show_machine
from lib.ui.shell import page_paths
from lib.ui.shell.language import _
from lib.ui.tour.progress import forget_left_at, left_at, place, recall

st.title("TF2 Lab")
st.markdown("#### " + _("Understand TensorFlow 2 by running it."))
st.markdown(
    _(
        "Sessions and graphs gave way to eager execution and `tf.function`, tf.keras became the one high-level API: "
        "so the notes say. Here each of these statements is something to run, to measure and to look into."
    )
)
if st.button(_("1 · The Tour: each statement of the notes"), key="go_tour", type="primary", icon=":material/school:"):
    st.switch_page(page_paths.TOUR)
recall()
if (last := place() or left_at()) and st.button(
    _("Go on where you were: {title}").format(title=_(LESSONS[last].title)), key="go_on", icon=":material/resume:"
):
    forget_left_at()
    st.switch_page(page_paths.TOUR, query_params={"lesson": last})
if st.button(_("2 · Train the network of the notes"), key="go_train", icon=":material/play_arrow:"):
    st.switch_page(page_paths.TRAIN)
if st.button(_("3 · Time eager, graph, XLA and Session"), key="go_compare", icon=":material/speed:"):
    st.switch_page(page_paths.COMPARE)
if st.button(_("4 · Write a digit by hand"), key="go_draw", icon=":material/draw:"):
    st.switch_page(page_paths.DRAW)

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
with machine:
    show_machine()
