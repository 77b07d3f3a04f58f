"""Numbers and times as text in the visitor's language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from lib.core import numbers
from lib.core.korean import tight
from lib.ui.shell.language import _, language


def bold(text: str) -> str:
    """`text` in bold, as Markdown."""
    return f"**{text}**"


def percent(share: float, digits: int = 2) -> str:
    """0.98412 as '98.41 %', in Korean as '98.41%'."""
    return in_language(numbers.percent(share, digits))


def certainty(probability: float) -> str:
    """A probability as a percentage, never more certain than it is."""
    return in_language(numbers.certainty(probability))


def in_language(number: str) -> str:
    """A percentage as the visitor's language writes it."""
    return tight(number) if language() == "ko" else number


def duration(seconds: float) -> str:
    """Seconds as people say them, such as '42 s', '3 min 5 s', '1 min'."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("{seconds} s").format(seconds=rest)
    if not rest:
        return _("{minutes} min").format(minutes=minutes)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


def moment(when: datetime) -> str:
    """A timestamp in the visitor's time zone."""
    try:
        local = when.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        local = when
    return f"{local:%Y-%m-%d %H:%M}"
