"""Own digits from a file: added to those that the visitor keeps, on whichever page the file is given."""

from __future__ import annotations

import numpy as np

from lib.core.mydigits.digit_sets import Digits, from_npz, white_on_black
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor


def bring_file(data: bytes) -> str:
    """Keeps the digits of a file, white on black. Raises OwnDigitsError."""
    digits, inverted = white_on_black(from_npz(data))
    said = bring(digits)
    if inverted:
        turned = _("Black on white, so inverted to white on black as the networks know it: {count}.")
        said += " " + turned.format(count=f"{inverted:,}")
    return said


def bring(digits: Digits) -> str:
    """Adds those digits that are not kept yet. Raises OwnDigitsError if they are too many."""
    me = visitor()
    there = {(one.label, one.image.tobytes()) for one in store().own_digits(me)}
    new: list[int] = []
    for place, one in enumerate(digits.known_by()):
        if one not in there:
            there.add(one)
            new.append(place)
    count = store().keep_digits(me, digits.some(np.array(new, np.int64))) if new else 0
    said = _("Added: {count}.").format(count=f"{count:,}")
    if count < len(digits):
        said += " " + _("There already: {count}.").format(count=f"{len(digits) - count:,}")
    return said
