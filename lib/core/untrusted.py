"""Makes values from outside (a link, a file, a database) fit to quote in a sentence: one line, short, printable."""

from __future__ import annotations

import unicodedata

MOST_LETTERS = 60
"""Longer values are cut to this many letters."""
JOINERS = "\u200c\u200d"
"""Zero-width letters that some scripts and emoji need."""
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of letters that control text instead of being text: control characters, formats (such as marks
that change the writing direction), surrogates, line and paragraph separators."""


def beginning(value: object, letters: int = MOST_LETTERS) -> str:
    """The value as text on one line, cut to its first `letters` letters."""
    text = str(value)
    cut = printable(text[:letters])
    return cut if len(text) <= letters else f"{cut}…"


def printable(text: str) -> str:
    """`text` on one line: line breaks and tabs become spaces, control characters become “�”."""
    return "".join(" " if letter in "\n\r\t" else seen(letter) for letter in text)


def seen(letter: str) -> str:
    """The letter, or “�” if it would be invisible."""
    return "�" if unicodedata.category(letter) in UNPRINTABLE and letter not in JOINERS else letter
