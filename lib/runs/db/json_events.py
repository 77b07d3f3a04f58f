"""Events in the database: their kind by name, and their fields as strict JSON.

Every value is restored with its type: see `lib.core.codec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from lib.core import codec
from lib.core.studies.events import StudyEvent, stored_name
from lib.core.training.events import Event

AnyEvent = Event | StudyEvent
"""All events of training runs and studies."""

KINDS: Mapping[str, type[AnyEvent]] = {stored_name(kind): kind for kind in get_args(AnyEvent)}
"""Every kind of event by its name in the database."""


def event_to_json(event: AnyEvent) -> str:
    """The fields of `event`; its kind is stored separately."""
    return codec.to_json(event)


def event_from_json(kind: str, text: str) -> AnyEvent:
    """The event of this kind with these fields. Fields that this version no longer has are ignored.

    Raises ValueError for an unknown kind, or a field that is missing or of another type.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise ValueError(f"no event is called {kind!r}")
    try:
        return codec.from_json(cls, text)
    except codec.Misfit as misfit:
        raise ValueError(f"{kind} cannot be read: {misfit}") from misfit
