"""The code of a room: short enough to be read from a board and typed on a phone.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): of letters and digits that look alike it
has one each, and no U. What people type for the others is read as the one.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
"""A billion codes: with a thousand rooms open, one guess in a million finds one."""
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
LONGEST_TYPED = 100
"""Letters that are looked at: nobody types more between the six."""


def new_code() -> str:
    """A random code, which cannot be guessed from others."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in any case, with any blanks and dashes; None if it can be none."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    code = "".join(letter for letter in plain if letter.isalnum()).translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def spaced(code: str) -> str:
    """The code in two groups of three, as it is shown."""
    return f"{code[:3]} {code[3:]}"
