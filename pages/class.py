"""A class in a room: joined with a code, and seen at one glance by its teacher."""

import streamlit as st

from lib.ui.classroom.views import show_class
from lib.ui.shell.language import _
from lib.ui.shell.store_health import show_trouble

st.title(_("Class"))
show_trouble()
show_class()
