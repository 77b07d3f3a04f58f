"""Write digits by hand, and see what a network makes of them."""

import streamlit as st

from lib.ui.draw.answer import draw_and_read
from lib.ui.draw.mydigits.view import show_own_digits
from lib.ui.draw.reading.choice import choose_models
from lib.ui.shell.language import _

st.title(_("Draw"))
models = choose_models()
draw_and_read(models)
show_own_digits(models)
