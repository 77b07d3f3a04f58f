"""The frame around every page: title, navigation, language. Streamlit runs this file on each action of a visitor."""

from pathlib import Path

import streamlit as st

from lib.ui.language import _, choose_language

PAGES = Path(__file__).parents[2] / "pages"

st.set_page_config(page_title="TF2 Lab", page_icon=":material/experiment:", layout="wide")
with st.sidebar:
    choose_language()

page = st.navigation(
    [
        st.Page(PAGES / "home.py", title=_("Start"), icon=":material/home:", url_path="home", default=True),
        st.Page(PAGES / "train.py", title=_("Train"), icon=":material/model_training:", url_path="train"),
    ]
)
page.run()
