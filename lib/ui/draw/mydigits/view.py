"""Own digits on the Draw page: browse them, test models on them, train on them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.core.i18n import mark
from lib.core.mydigits.digit_sets import MAX_DIGITS
from lib.ui.draw.mydigits.files import as_digits, show_files
from lib.ui.draw.mydigits.finetune import follow_tuning, offer_tuning
from lib.ui.draw.mydigits.gallery import show_gallery
from lib.ui.draw.mydigits.presses import OWN
from lib.ui.draw.mydigits.test import show_tests
from lib.ui.draw.reading.models import Model
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose

VIEW = "own_view"
VIEWS = {
    "gallery": mark("Gallery"),
    "test": mark("Test models"),
    "tune": mark("Fine-tune"),
    "files": mark("Files"),
}

LOOK = """<span></span><style>
.st-key-own_keep .stButtonGroup [role], .st-key-own_relabel [role] { max-width: 16rem }
.st-key-own_keep .stButtonGroup button, .st-key-own_relabel button { width: 2.75rem; height: 2.75rem }
@media (min-width: 1000px) { .st-key-own_keep .stHorizontalBlock .stButtonGroup [role] { max-width: none } }
.st-key-own_chosen button { height: auto; padding: 4px 6px; border-radius: 0.5rem }
.st-key-own_chosen button img { height: 48px; width: 48px; max-height: none; margin: 0; border-radius: 4px;
  object-fit: contain; image-rendering: pixelated }
</style>"""
"""Labels large enough for a fingertip, five in a row, and pictures larger than letters.

The `<span>` is needed: Streamlit puts bare styles of all fragments into one place, where they replace one another.
"""


def show_own_digits(models: Sequence[Model]) -> None:
    """The visitor's own digits in the chosen view; `models` are those that read the drawing."""
    st.divider()
    st.subheader(_("Your own digits"))
    st.caption(
        _(
            "Only you see them: a cookie of this browser knows you. To share them, take their file along and give it "
            "away. A run that you tune on them is seen by whoever has its link, without the digits."
        )
    )
    names = {code: _(name) for code, name in VIEWS.items()}
    view = choose(_("What to do with them"), names, VIEW, named=False)

    def work() -> None:
        with st.container(key="own_digits"), says_when_store_unavailable():
            show(view, models)

    st.fragment(work, key=OWN)()
    if view == "tune":
        follow_tuning(models)
    st.html(LOOK)


def show(view: str, models: Sequence[Model]) -> None:
    """The number of digits, and one view of them."""
    digits = store().own_digits(visitor())
    st.markdown(_("Kept: {count} of at most {most}.").format(count=f"{len(digits):,}", most=f"{MAX_DIGITS:,}"))
    match view:
        case "test":
            show_tests(models, as_digits(digits))
        case "tune":
            offer_tuning(models, as_digits(digits))
        case "files":
            show_files(digits)
        case "gallery":
            show_gallery(digits)
        case _:
            raise ValueError(f"there is no view {view!r}")
