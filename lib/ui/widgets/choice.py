"""A choice of one out of a few names, shown as a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import streamlit as st

from lib.ui.shell.language import language

T = TypeVar("T")


def choose(
    label: str, names: Mapping[T, str], key: str, first: T | None = None, named: bool = True, lasting: bool = True
) -> T:
    """The one of `names` that the visitor chose; `first` until then, or if the choice is no longer offered.

    `names` maps each value to its text; without `first` the default is the first of them. The `label` is shown if the
    row is `named`, and read out in any case. A `lasting` choice is remembered while the row is not on the page.
    """
    start = next(iter(names)) if first is None else first
    if st.session_state.get(key) not in names:
        st.session_state[key] = start
    about: dict[str, Any] = {"persist_state": "session"} if lasting else {}
    if not named:
        about["label_visibility"] = "collapsed"
    # Its value is also its default, as in `lib.ui.widgets.form.setting_widget`.
    chosen: T | None = st.segmented_control(
        label,
        list(names),
        key=key,
        default=st.session_state[key],
        required=True,
        format_func=names.__getitem__,
        **about,
    )
    return start if chosen is None else chosen


def choose_from_list(label: str, names: Mapping[T, str], key: str, width: int) -> T:
    """The one of `names` that the visitor chose in a box that opens; the first of them until then. Width in pixels."""
    labels_in = f"{key}_labels_in"
    if st.session_state.get(labels_in) != language() or st.session_state.get(key) not in names:
        # The box would keep the labels of the former language.
        now = st.session_state.get(key)
        st.session_state[key] = now if now in names else next(iter(names))
        st.session_state[labels_in] = language()
    return st.selectbox(
        label, list(names), key=key, format_func=names.__getitem__, width=width, persist_state="session"
    )
