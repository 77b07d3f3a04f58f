"""The frame around every page: title, navigation, language. Streamlit runs this file on each action of a visitor."""

import streamlit as st

from lib.ui import places
from lib.ui.language import _, choose_language
from lib.ui.trouble import said_where_store_is_away

# A tab's icon that is an emoji is drawn by the browser; the pages' own symbols would be fetched from Google.
st.set_page_config(page_title="TF2 Lab", page_icon="🔢", layout="wide")
with st.sidebar:
    choose_language()

page = st.navigation(
    [
        st.Page(places.HOME, title=_("Home"), icon=":material/home:", url_path="home", default=True),
        st.Page(places.TRAIN, title=_("Train"), icon=":material/model_training:", url_path="train"),
        st.Page(places.COMPARE, title=_("Compare"), icon=":material/speed:", url_path="compare"),
        st.Page(places.DRAW, title=_("Draw"), icon=":material/draw:", url_path="draw"),
    ]
)
with said_where_store_is_away():
    page.run()
