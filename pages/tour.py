"""The statements of the notes, one after the other: run, varied, checked."""

import streamlit as st

from lib.ui.shell.language import _
from lib.ui.shell.store_health import show_trouble
from lib.ui.tour.course import choose_lesson, show_map, show_neighbours
from lib.ui.tour.page import show_lesson

st.title(_("Tour"))
show_trouble()
lesson, study = choose_lesson()
show_map(lesson)
show_lesson(lesson, study)
show_neighbours(lesson)
