"""What a class makes together in its room: guesses about one run, and digits on one wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lib.core.data.dataset import Bytes
from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.mydigits.digit_sets import MAX_DIGITS

MOST_OF_ONE = 200
"""Digits on the wall by one member."""
MOST_ASKED = 5
"""Runs and comparisons that wait for a class's guesses at a time."""

SENTENCES: Mapping[str, str] = {
    "outside": mark("You are not in this room (any more), so nothing was added to what the class does."),
    "late": mark("It has begun, so it takes no more guesses."),
    "asked": mark("The class is guessing about {asked} others already: start or stop one of them first."),
    "wall_full": mark("The wall is full: it takes {most} digits."),
    "own_full": mark("You have put {own} digits on the wall, as many as it takes of one person."),
}


class ClassworkError(Refusal):
    """Refused in what a class does together; `code` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        self.code, self.template = code, SENTENCES[code]
        super().__init__(asked=MOST_ASKED, most=f"{MAX_DIGITS:,}", own=MOST_OF_ONE)


@dataclass(frozen=True, slots=True)
class Guesses:
    """The guesses of a class about one run (shares from 0 to 1) or comparison (times as fast).

    `values` are in ascending order, and None until the run is over: till then nobody but their author knows any, the
    teacher included. `mine` is the reader's own.
    """

    count: int
    values: tuple[float, ...] | None
    mine: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WallDigit:
    """A digit that a member shows to the class: uint8 (28, 28), white on black, and its label, 0 to 9.

    `read` is what the model on the Draw page took it for, None if it did not answer.
    """

    number: int
    visitor: str
    label: int
    image: Bytes = field(repr=False)
    read: int | None
    made_at: datetime
