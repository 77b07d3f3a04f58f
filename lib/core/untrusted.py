"""Values from outside (a link, a file, a database) on their way into a sentence: whole, short and printable."""

from __future__ import annotations

import unicodedata

MOST_LETTERS = 60
"""Of a value that is longer a sentence shows the beginning."""
JOINERS = "\u200c\u200d"
"""Letters of no width that some scripts and emoji need."""
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what controls a text instead of being one: control characters, formats such as those that
turn the direction of writing, halves of a pair, separators of lines and paragraphs."""


def beginning(value: object, letters: int = MOST_LETTERS) -> str:
    """The value as text on one line; of a long one the beginning."""
    text = str(value)
    cut = printable(text[:letters])
    return cut if len(text) <= letters else f"{cut}…"


def printable(text: str) -> str:
    """`text` on one line: breaks and tabs become blanks, and what only controls it becomes “�”."""
    return "".join(" " if letter in "\n\r\t" else seen(letter) for letter in text)


def seen(letter: str) -> str:
    """The letter, or “�” where nothing of it would be seen."""
    return "�" if unicodedata.category(letter) in UNPRINTABLE and letter not in JOINERS else letter
