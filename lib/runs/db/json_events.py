"""Events as strict JSON and back: every value comes back equal, with its type.

What JSON lacks is written as an object with one key: {"$float": "nan"}, {"$map": {…}} and
{"$array": [type, shape, base64]}. Lists come back as tuples: events are frozen.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from lib.core.studies.events import StudyEvent
from lib.core.training.events import Event

AnyEvent = Event | StudyEvent
"""What can happen to a training run or in a study."""

KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(AnyEvent)}
"""Every kind of event by its name in the database."""


def event_to_json(event: AnyEvent) -> str:
    """The fields of `event`; its kind is kept beside it."""
    fields = {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event)}
    return json.dumps(fields, allow_nan=False)


def event_from_json(kind: str, text: str) -> AnyEvent:
    """The event that was written. Fields that this version no longer has are left out.

    Raises ValueError where the kind is unknown or a field is missing.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise ValueError(f"no event is called {kind!r}")
    known = {f.name for f in dataclasses.fields(cls)}
    fields = {name: _value(plain) for name, plain in json.loads(text).items() if name in known}
    try:
        event: AnyEvent = cls(**fields)
    except TypeError as error:
        raise ValueError(f"{kind} cannot be read: {error}") from error
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, Mapping):
        return {"$map": {key: _plain(inner) for key, inner in value.items()}}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {"$array": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(inner) for inner in plain)
    if not isinstance(plain, dict):
        return plain
    ((tag, content),) = plain.items()
    if tag == "$float":
        return float(content)
    if tag == "$map":
        return {key: _value(inner) for key, inner in content.items()}
    dtype, shape, data = content
    return np.frombuffer(base64.b64decode(data), dtype).reshape(shape)
