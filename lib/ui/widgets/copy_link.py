"""A press that copies the page's link, for a message or a course's page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lib.ui.shell.language import _

CODE = Path(__file__).parents[1] / "assets" / "copy_link.js"

_component = st.components.v2.component("copy_link", js=CODE.read_text(encoding="utf-8"), isolate_styles=False)


def copy_link() -> None:
    """The button; where the browser forbids copying, it shows the link, selected."""
    words = {"copy": _("Copy the link"), "copied": _("Copied"), "link": _("The link to this page")}
    _component(key="copy_link", data=words, width="content")
