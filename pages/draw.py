"""Write digits by hand, and see what a network makes of them."""

import streamlit as st

from lib.ui.draw import draw_and_read
from lib.ui.draw_choice import choose_models
from lib.ui.draw_own import show_own_digits
from lib.ui.language import _

st.title(_("Draw"))
models = choose_models()
draw_and_read(models)
show_own_digits(models)
