"""The limit on what a whole class asks of this server at a time."""

from __future__ import annotations

from lib.ui.shell.language import _
from lib.ui.shell.room import seat
from lib.ui.shell.services import store


def refusal_of_full_class(limit: int) -> str | None:
    """Why this visitor's class has no room for more runs, in their language; None outside of one, or if it has.

    Whoever has none that waits or is under way is not asked: a class never keeps anybody from a first one.
    """
    here = seat()
    if here is None or not (here.is_teacher or here.is_inside):
        return None
    count = store().classwork.open_count(here.room.id)
    if count < limit:
        return None
    return _(
        "The runs and measurements of your class that are waiting or under way: {count}. This server allows {limit} a "
        "class at a time. You have one among them: start another when it has ended."
    ).format(count=count, limit=limit)
