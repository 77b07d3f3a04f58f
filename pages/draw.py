"""Write digits by hand, and see what a network makes of them."""

import streamlit as st

from lib.ui.draw.answer import draw_and_read
from lib.ui.draw.mydigits.view import show_own_digits
from lib.ui.draw.reading.choice import choose_models
from lib.ui.shell.language import _

top = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="draw_top")
with top:
    st.title(_("Draw"), width="content")
models = choose_models(top)
draw_and_read(models)
show_own_digits(models)
