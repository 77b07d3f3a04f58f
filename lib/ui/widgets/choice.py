"""A row of a few names to choose one of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def choose(
    label: str, names: Mapping[T, str], key: str, first: T | None = None, named: bool = True, lasting: bool = True
) -> T:
    """The one of `names` that the visitor chose; until then, or where it is not offered any more, `first` of them.

    `names` say what each is called; without `first` it is theirs. The `label` is seen where the row is `named`, and
    read out in any case. A `lasting` choice is remembered while the row is not on the page.
    """
    start = next(iter(names)) if first is None else first
    if st.session_state.get(key) not in names:
        st.session_state[key] = start
    about: dict[str, Any] = {"persist_state": "session"} if lasting else {}
    if not named:
        about["label_visibility"] = "collapsed"
    chosen: T | None = st.segmented_control(
        label, list(names), key=key, required=True, format_func=names.__getitem__, **about
    )
    return start if chosen is None else chosen
