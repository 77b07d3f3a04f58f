"""Events as the database keeps them: their kind by its name, and their fields as strict JSON.

Every value comes back equal, with its type: see `lib.core.codec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from lib.core import codec
from lib.core.studies.events import StudyEvent
from lib.core.training.events import Event

AnyEvent = Event | StudyEvent
"""What can happen to a training run or in a study."""

KINDS: Mapping[str, type[AnyEvent]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
"""Every kind of event by its name in the database."""


def event_to_json(event: AnyEvent) -> str:
    """The fields of `event`; its kind is kept beside it."""
    return codec.to_json(event)


def event_from_json(kind: str, text: str) -> AnyEvent:
    """The event that was written. Fields that this version no longer has are left out.

    Raises ValueError where the kind is unknown or a field is missing or of another type.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise ValueError(f"no event is called {kind!r}")
    try:
        return codec.from_json(cls, text)
    except codec.Misfit as misfit:
        raise ValueError(f"{kind} cannot be read: {misfit}") from misfit
