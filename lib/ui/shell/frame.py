"""The frame around every page: title, navigation, language. Streamlit runs this file on each action of a visitor."""

import streamlit as st

from lib.ui.shell import counts, page_paths
from lib.ui.shell.history import OPENED
from lib.ui.shell.language import _, choose_language, refuse_language
from lib.ui.shell.page_turns import page_turn
from lib.ui.shell.projector import offer_projector
from lib.ui.shell.room_bar import show_room_bar
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import remember_visitor

# The browser draws an emoji as the tab's icon by itself; Streamlit's own symbols would be fetched from Google.
st.set_page_config(page_title="TF2 Lab", page_icon="🔢", layout="wide")

page = st.navigation(
    [
        st.Page(page_paths.HOME, title=_("Home"), icon=":material/home:", url_path="home", default=True),
        st.Page(page_paths.TOUR, title=_("Tour"), icon=":material/school:", url_path="tour"),
        st.Page(page_paths.TRAIN, title=_("Train"), icon=":material/model_training:", url_path="train"),
        st.Page(page_paths.COMPARE, title=_("Compare"), icon=":material/speed:", url_path="compare"),
        st.Page(page_paths.DRAW, title=_("Draw"), icon=":material/draw:", url_path="draw"),
        st.Page(page_paths.RUNS, title=_("Runs"), icon=":material/history:", url_path="runs"),
        st.Page(page_paths.CLASS, title=_("Class"), icon=":material/groups:", url_path="class"),
    ],
    position="top",
)
with st.container(horizontal=True, key="frame_tools"):  # `assets/frame.css` puts them beside the navigation
    offer_projector()
    choose_language()
    remember_visitor()
refuse_language()
counts.page_drawn(page.url_path)
with page_turn(), says_when_store_unavailable():
    page.run()
    st.session_state.pop(OPENED, None)
    show_room_bar(page.url_path or "home")
