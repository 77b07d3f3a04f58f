"""The overview as one HTML file, for a projector without this app, or for the lesson's notes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

import streamlit as st

from lib.runs.model.room import Room
from lib.ui.classroom.cards import SIGNS, counted
from lib.ui.classroom.overview import Overview, overview_of
from lib.ui.shell.language import _, language
from lib.ui.widgets.text import moment

STYLE = """
:root { color-scheme: light dark; font: 1.25rem/1.4 system-ui, sans-serif }
body { margin: 2rem }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .5rem; padding: 0 }
li { list-style: none; padding: .5rem; border: 1px solid #8886; border-radius: .5rem }
li b { display: block }
td, th { padding: .25rem 1rem .25rem 0; text-align: left; border-bottom: 1px solid #8886 }
"""


def offer_snapshot(room: Room) -> None:
    """A press that makes the file as the class is at that moment."""
    st.download_button(
        _("Snapshot"),
        data=lambda: snapshot(overview_of(room)).encode(),
        file_name=f"class-{datetime.now(UTC):%Y-%m-%d-%H%M}.html",
        mime="text/html",
        key="class_snapshot",
        icon=":material/photo_camera:",
        on_click="ignore",
    )


def snapshot(now: Overview) -> str:
    """The whole file; it needs nothing else, and has neither the room's code nor who is behind a nickname."""
    title = _("Class, {when}").format(when=moment(datetime.now(UTC)))
    cards = [
        f"<li>{SIGNS[card.state]} <b>{escape(card.called)}</b>{escape(card.where)}<br>{escape(card.said)}</li>"
        for card in now.cards
    ]
    head = (_("Who"), _("What"), _("Status"), _("Accuracy"))
    lines = [(line.who, line.what, line.state, line.accuracy) for line in now.newest]
    faults = [f"<p>{fault.count}× {escape(fault.said)}</p>" for fault in now.faults]
    return "\n".join(
        (
            f'<!doctype html><html lang="{language()}"><meta charset="utf-8"><title>{escape(title)}</title>',
            f"<style>{STYLE}</style><h1>{escape(title)}</h1>",
            f"<p>{escape(counted(now.cards))}</p><ul>{''.join(cards)}</ul>",
            f"<table><tr>{cells(head, 'th')}</tr>{''.join(f'<tr>{cells(line)}</tr>' for line in lines)}</table>",
            *faults,
            "</html>",
        )
    )


def cells(texts: Iterable[str], tag: str = "td") -> str:
    """A row of a table."""
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
